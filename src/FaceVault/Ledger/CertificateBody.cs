using System.Security.Cryptography;

namespace FaceVault.Ledger;

/// <summary>The part of a deletion certificate that the ledger's <c>destruction-completed</c> entry binds by its SHA-256: canonical JSON, about 2.5 KB.</summary>
/// <remarks>What the members mean stands in docs/formats.md. <c>limits</c> is a fixed text that names the vault and <see cref="MadeAt"/>.</remarks>
internal sealed partial class CertificateBody
{
    public const string Format = "facevault-deletion-certificate/v1";

    /// <summary>Origin of the vault.</summary>
    public required string Vault { get; init; }

    /// <summary>The <c>key-created</c> entry exactly as it was hashed.</summary>
    public required string Created { get; init; }

    /// <summary>The <c>key-removed</c> entry exactly as it was hashed.</summary>
    public required string Removed { get; init; }

    public required DeletionTrigger Trigger { get; init; }

    public required long EpochFrom { get; init; }

    public required long EpochTo { get; init; }

    /// <summary>Every root location, the store, every mirror.</summary>
    public required IReadOnlyList<CertificateLocation> Locations { get; init; }

    /// <summary>One result for the store and for each mirror.</summary>
    public required IReadOnlyList<CertificateReadBack> ReadBack { get; init; }

    /// <summary>How many open galleries were purged.</summary>
    public required int Galleries { get; init; }

    /// <summary>How many templates the key sealed.</summary>
    public required int TemplateCount { get; init; }

    /// <summary>SHA-256 of each of their ciphertexts that was there, 32 bytes each, one after the other.</summary>
    public required ReadOnlyMemory<byte> TemplateDigests { get; init; }

    public required bool Synthetic { get; init; }

    /// <summary>The time of the <c>destruction-completed</c> entry.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    public CertificateMethod Method { get; init; } = CertificateMethod.Current;

    public string Limits =>
        $"This is the signed statement of {Vault}, made at {UtcSeconds.Write(MadeAt)} by its own clock, that the only copies it knew of the key named here were destroyed in the places listed. " +
        "It cannot be altered or withdrawn without that being visible to whoever keeps this file or a checkpoint. " +
        "It does not prove that no other copy of the key, of the root key, of the photo or of the template exists or ever existed. " +
        "If one appears, the key commitment shows that this statement was false.";

    /// <summary>SHA-256 of a body, as the <c>destruction-completed</c> entry carries it.</summary>
    public static void Hash(ReadOnlySpan<byte> bodyUtf8, Span<byte> destination) => SHA256.HashData(bodyUtf8, destination);

    /// <summary>The canonical JSON. About 5 µs.</summary>
    public byte[] ToUtf8()
    {
        var text = new Utf8Text(stackalloc byte[4096]);
        try
        {
            text.Raw("{\"created\":"u8);
            text.String(Created);
            text.Raw(",\"epoch\":{\"from\":"u8);
            text.Integer(EpochFrom);
            text.Raw(",\"to\":"u8);
            text.Integer(EpochTo);
            text.Raw("},\"format\":\"facevault-deletion-certificate/v1\",\"galleries\":"u8);
            text.Integer(Galleries);
            text.Raw(",\"limits\":"u8);
            text.String(Limits);
            WriteLocations(ref text);
            WriteMethod(ref text);
            WriteReadBack(ref text);
            text.Raw("],\"removed\":"u8);
            text.String(Removed);
            text.Raw(",\"synthetic\":"u8);
            text.Boolean(Synthetic);
            WriteTemplates(ref text);
            text.Raw("]},\"trigger\":"u8);
            text.String(LedgerNames.Of(Trigger));
            text.Raw(",\"vault\":"u8);
            text.String(Vault);
            text.Raw("}"u8);
            return text.Written.ToArray();
        }
        finally
        {
            text.Dispose();
        }
    }

    private void WriteLocations(ref Utf8Text text)
    {
        text.Raw(",\"locations\":["u8);
        for (int i = 0; i < Locations.Count; i++)
        {
            text.Raw(i == 0 ? "{\"confirmed\":"u8 : ",{\"confirmed\":"u8);
            text.Boolean(Locations[i].Confirmed);
            text.Raw(",\"medium\":"u8);
            text.String(Locations[i].Medium);
            text.Raw(",\"method\":"u8);
            text.String(Locations[i].Method);
            text.Raw(",\"type\":"u8);
            text.String(LedgerNames.Of(Locations[i].Type));
            text.Raw("}"u8);
        }
    }

    private void WriteMethod(ref Utf8Text text)
    {
        text.Raw("],\"method\":{\"algorithm\":"u8);
        text.String(Method.Algorithm);
        text.Raw(",\"keyLevel\":"u8);
        text.String(Method.KeyLevel);
        text.Raw(",\"sp80088\":{\"method\":"u8);
        text.String(Method.Method);
        text.Raw(",\"target\":"u8);
        text.String(Method.Target);
        text.Raw(",\"verification\":"u8);
        text.String(Method.Verification);
        text.Raw("},\"tool\":"u8);
        text.String(Method.Tool);
        text.Raw(",\"version\":"u8);
        text.String(Method.Version);
    }

    private void WriteReadBack(ref Utf8Text text)
    {
        text.Raw("},\"readBack\":["u8);
        for (int i = 0; i < ReadBack.Count; i++)
        {
            text.Raw(i == 0 ? "{\"crown\":"u8 : ",{\"crown\":"u8);
            text.Boolean(ReadBack[i].Crown);
            text.Raw(",\"pages\":"u8);
            text.Integer(ReadBack[i].Pages);
            text.Raw(",\"passed\":"u8);
            text.Boolean(ReadBack[i].Passed);
            text.Raw(",\"type\":"u8);
            text.String(LedgerNames.Of(ReadBack[i].Type));
            text.Raw("}"u8);
        }
    }

    private void WriteTemplates(ref Utf8Text text)
    {
        text.Raw(",\"templates\":{\"count\":"u8);
        text.Integer(TemplateCount);
        text.Raw(",\"sha256\":["u8);
        ReadOnlySpan<byte> digests = TemplateDigests.Span;
        for (int i = 0; i < digests.Length; i += MerkleHash.Size)
        {
            if (i > 0)
                text.Raw(","u8);
            text.Hex(digests.Slice(i, MerkleHash.Size));
        }
    }
}
