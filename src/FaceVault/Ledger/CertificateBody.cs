using System.Security.Cryptography;
using FaceVault.Cryptography;

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

    /// <summary>How many open galleries were gone through; none held the templates afterwards.</summary>
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
        var json = new CanonicalJsonWriter(stackalloc byte[4096]);
        try
        {
            json.Raw("{\"created\":"u8);
            json.Text(Created);
            json.Raw(",\"epoch\":{\"from\":"u8);
            json.Integer(EpochFrom);
            json.Raw(",\"to\":"u8);
            json.Integer(EpochTo);
            json.Raw("},\"format\":\"facevault-deletion-certificate/v1\",\"galleries\":"u8);
            json.Integer(Galleries);
            json.Raw(",\"limits\":"u8);
            json.Text(Limits);
            WriteLocations(ref json);
            WriteMethod(ref json);
            WriteReadBack(ref json);
            json.Raw("],\"removed\":"u8);
            json.Text(Removed);
            json.Raw(",\"synthetic\":"u8);
            json.Boolean(Synthetic);
            WriteTemplates(ref json);
            json.Raw("]},\"trigger\":"u8);
            json.Text(LedgerNames.Of(Trigger));
            json.Raw(",\"vault\":"u8);
            json.Text(Vault);
            json.Raw("}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    private void WriteLocations(ref CanonicalJsonWriter json)
    {
        json.Raw(",\"locations\":["u8);
        for (int i = 0; i < Locations.Count; i++)
        {
            json.Raw(i == 0 ? "{\"confirmed\":"u8 : ",{\"confirmed\":"u8);
            json.Boolean(Locations[i].Confirmed);
            json.Raw(",\"medium\":"u8);
            json.Text(Locations[i].Medium);
            json.Raw(",\"method\":"u8);
            json.Text(Locations[i].Method);
            json.Raw(",\"type\":"u8);
            json.Text(LedgerNames.Of(Locations[i].Type));
            json.Raw("}"u8);
        }
    }

    private void WriteMethod(ref CanonicalJsonWriter json)
    {
        json.Raw("],\"method\":{\"algorithm\":"u8);
        json.Text(Method.Algorithm);
        json.Raw(",\"keyLevel\":"u8);
        json.Text(Method.KeyLevel);
        json.Raw(",\"sp80088\":{\"method\":"u8);
        json.Text(Method.Method);
        json.Raw(",\"target\":"u8);
        json.Text(Method.Target);
        json.Raw(",\"verification\":"u8);
        json.Text(Method.Verification);
        json.Raw("},\"tool\":"u8);
        json.Text(Method.Tool);
        json.Raw(",\"version\":"u8);
        json.Text(Method.Version);
    }

    private void WriteReadBack(ref CanonicalJsonWriter json)
    {
        json.Raw("},\"readBack\":["u8);
        for (int i = 0; i < ReadBack.Count; i++)
        {
            json.Raw(i == 0 ? "{\"crown\":"u8 : ",{\"crown\":"u8);
            json.Boolean(ReadBack[i].Crown);
            json.Raw(",\"pages\":"u8);
            json.Integer(ReadBack[i].Pages);
            json.Raw(",\"passed\":"u8);
            json.Boolean(ReadBack[i].Passed);
            json.Raw(",\"type\":"u8);
            json.Text(LedgerNames.Of(ReadBack[i].Type));
            json.Raw("}"u8);
        }
    }

    private void WriteTemplates(ref CanonicalJsonWriter json)
    {
        json.Raw(",\"templates\":{\"count\":"u8);
        json.Integer(TemplateCount);
        json.Raw(",\"sha256\":["u8);
        ReadOnlySpan<byte> digests = TemplateDigests.Span;
        for (int i = 0; i < digests.Length; i += MerkleHash.Size)
        {
            if (i > 0)
                json.Raw(","u8);
            json.Hex(digests.Slice(i, MerkleHash.Size));
        }
    }
}
