using System.Runtime.InteropServices;
using System.Text.Json;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <content>Reads and writes the file.</content>
public sealed partial class DeletionCertificate
{
    /// <summary>Reads the one spelling of a certificate. Nothing is checked: see <see cref="Check(VerifierKey)"/>.</summary>
    /// <param name="utf8">The file, at most <see cref="MaxLength"/> bytes, with nothing behind the JSON.</param>
    /// <exception cref="FormatException">Not a certificate, or another spelling of one.</exception>
    public static DeletionCertificate Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            throw Error.MalformedCertificate();
        DeletionCertificate certificate;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth });
            certificate = Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Error.MalformedCertificate();
        }
        return certificate.ToJson().AsSpan().SequenceEqual(utf8) ? certificate : throw Error.MalformedCertificate();
    }

    /// <summary>The one spelling, in UTF-8, without a line end. About 6 KB.</summary>
    public byte[] ToJson()
    {
        var json = new CanonicalJsonWriter(stackalloc byte[8192]);
        try
        {
            json.Raw("{\"body\":"u8);
            json.Raw(bodyUtf8);
            json.Raw(",\"evidence\":{\"completed\":"u8);
            json.Text(completedLine);
            json.Raw(",\"proofs\":{\"completed\":"u8);
            proofs[2].WriteJson(ref json, notes[2]);
            json.Raw(",\"created\":"u8);
            proofs[0].WriteJson(ref json, notes[0]);
            json.Raw(",\"removed\":"u8);
            proofs[1].WriteJson(ref json, notes[1]);
            json.Raw("}}}"u8);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>The JSON as text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(ToJson());

    private static DeletionCertificate Read(JsonElement file)
    {
        byte[] raw = JsonMarshal.GetRawUtf8Value(file.GetProperty("body")).ToArray();
        JsonElement evidence = file.GetProperty("evidence");
        JsonElement texts = evidence.GetProperty("proofs");
        var paths = new InclusionProof[3];
        var heads = new SignedNote[3];
        foreach ((int i, string name) in (ReadOnlySpan<(int, string)>)[(0, "created"), (1, "removed"), (2, "completed")])
            paths[i] = InclusionProof.Parse(Text(texts, name), out heads[i]);
        var certificate = new DeletionCertificate(raw, Text(evidence, "completed"), paths, heads);
        // Parsed once here, so that no property of a certificate that was read can throw.
        _ = (certificate.Body, certificate.Created, certificate.Removed, certificate.Completed);
        return certificate;
    }

    private static string Text(JsonElement members, string name) => members.GetProperty(name).GetString() ?? throw Error.MalformedCertificate();
}
