namespace FaceVault.Tests.Attack;

/// <summary>An entry of an opened leaf page, parsed as docs/formats.md has it.</summary>
internal sealed record StolenEntry(long Slot, byte[] TemplateKey, byte[] EvidenceKey, byte[] SubjectTag, byte[] ConsentTag, uint PurposeVersion, byte State, ushort First, ushort Next, ushort Live)
{
    public const int PerLeaf = 64;

    public bool HasTemplateKey => TemplateKey.AsSpan().ContainsAnyExcept((byte)0);

    public bool HasEvidenceKey => EvidenceKey.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>The entries of a leaf that are not wholly zero.</summary>
    public static IEnumerable<StolenEntry> ReadLeaf(long leaf, byte[] plain)
    {
        for (int i = 0; i < PerLeaf; i++)
            if (plain.AsSpan(i * 126, 126).ContainsAnyExcept((byte)0))
                yield return Read((leaf * PerLeaf) + i + 1, plain.AsSpan(i * 126, 126));
    }

    private static StolenEntry Read(long slot, ReadOnlySpan<byte> bytes)
    {
        var reader = new PlainReader(bytes);
        byte[] template = reader.Key(), evidence = reader.Key(), subject = reader.Bytes(16).ToArray(), consent = reader.Bytes(16).ToArray();
        return new StolenEntry(slot, template, evidence, subject, consent, reader.UInt32(), reader.Byte(), reader.UInt16(), reader.UInt16(), reader.UInt16());
    }
}
