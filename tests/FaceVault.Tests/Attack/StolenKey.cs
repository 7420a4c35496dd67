namespace FaceVault.Tests.Attack;

/// <summary>What a key was found as, which says what to try it on first.</summary>
internal enum KeyRole
{
    None = 0,
    Root,
    Branch,
    Leaf,
    Template,
    Evidence,
    Purpose,
    Ledger,

    /// <summary>Opens nothing: turns templates back.</summary>
    Seed,

    /// <summary>Signing seed, tag key, salts, hashes, whatever else has 32 bytes.</summary>
    Other,
}

/// <summary>32 bytes that were found, and where: the number is that of the page, slot or purpose.</summary>
internal readonly record struct StolenKey(KeyRole Role, long Number, byte[] Bytes)
{
    public string Hex => Convert.ToHexString(Bytes);
}

/// <summary>A template that was opened: the encoded numbers, and what they were before they were turned, by every seed that the attacker knows by now.</summary>
internal sealed record StolenTemplate(long Slot, ushort Ordinal, string KeyHex, byte[] Encoded, IReadOnlyCollection<StolenRotation> Rotations)
{
    public IEnumerable<byte[]> Vectors => [Encoded, .. Rotations.Select(rotation => rotation.Undo(Encoded)).OfType<byte[]>()];
}

/// <summary>How far the attacker goes.</summary>
internal enum Thoroughness
{
    /// <summary>A key is tried on what its kind opens.</summary>
    ByKind = 0,

    /// <summary>Then every run of 32 bytes in anything opened is tried on everything closed, until nothing new opens.</summary>
    Everything,
}
