using System.Text.Json;

namespace FaceVault.Ledger;

/// <content>Reads a body: what is read is written again, and only the same bytes are accepted.</content>
internal sealed partial class CertificateBody
{
    private const string MadeAtLead = ", made at ";

    /// <summary>Reads the one spelling of a body.</summary>
    /// <exception cref="FormatException">Not a body with exactly its members, or not canonical.</exception>
    public static CertificateBody Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth });
            CertificateBody body = Read(document.RootElement);
            return body.ToUtf8().AsSpan().SequenceEqual(utf8) ? body : throw Error.MalformedCertificate();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or KeyNotFoundException or OverflowException)
        {
            throw Error.MalformedCertificate();
        }
    }

    private static CertificateBody Read(JsonElement body)
    {
        string vault = Text(body, "vault", 256);
        JsonElement epoch = body.GetProperty("epoch");
        JsonElement templates = body.GetProperty("templates");
        byte[] digests = ReadDigests(templates.GetProperty("sha256"));
        return new CertificateBody
        {
            Vault = vault,
            Created = Text(body, "created", LedgerEntry.MaxLength),
            Removed = Text(body, "removed", LedgerEntry.MaxLength),
            Trigger = LedgerNames.TriggerOf(Text(body, "trigger", 64)),
            EpochFrom = Integer(epoch, "from"),
            EpochTo = Integer(epoch, "to"),
            Locations = [.. body.GetProperty("locations").EnumerateArray().Select(ReadLocation)],
            ReadBack = [.. body.GetProperty("readBack").EnumerateArray().Select(ReadReadBack)],
            Galleries = checked((int)Integer(body, "galleries")),
            TemplateCount = Integer(templates, "count") is var count && count >= digests.Length / MerkleHash.Size ? checked((int)count) : throw Error.MalformedCertificate(),
            TemplateDigests = digests,
            Synthetic = body.GetProperty("synthetic").GetBoolean(),
            MadeAt = ReadMadeAt(Text(body, "limits", 4096), vault),
            Method = ReadMethod(body.GetProperty("method")),
        };
    }

    private static DateTimeOffset ReadMadeAt(string limits, string vault)
    {
        int at = "This is the signed statement of ".Length + vault.Length + MadeAtLead.Length;
        return limits.Length > at + UtcSeconds.Length && UtcSeconds.TryParse(limits.Substring(at, UtcSeconds.Length), out DateTimeOffset time)
            ? time
            : throw Error.MalformedCertificate();
    }

    private static CertificateLocation ReadLocation(JsonElement location) => new(
        LedgerNames.LocationOf(Text(location, "type", 64)),
        Text(location, "medium", 128),
        Text(location, "method", 256),
        location.GetProperty("confirmed").GetBoolean());

    private static CertificateReadBack ReadReadBack(JsonElement result) => new(
        LedgerNames.LocationOf(Text(result, "type", 64)),
        result.GetProperty("crown").GetBoolean(),
        checked((int)Integer(result, "pages")),
        result.GetProperty("passed").GetBoolean());

    private static CertificateMethod ReadMethod(JsonElement method)
    {
        JsonElement fields = method.GetProperty("sp80088");
        return new CertificateMethod(
            Text(method, "algorithm", 256), Text(method, "keyLevel", 256), Text(method, "tool", 256), Text(method, "version", 256),
            Text(fields, "method", 256), Text(fields, "target", 256), Text(fields, "verification", 256));
    }

    private static byte[] ReadDigests(JsonElement list)
    {
        var digests = new byte[list.GetArrayLength() * MerkleHash.Size];
        int at = 0;
        foreach (JsonElement digest in list.EnumerateArray())
        {
            if (!LowercaseHex.TryDecode(digest.GetString(), digests.AsSpan(at, MerkleHash.Size)))
                throw Error.MalformedCertificate();
            at += MerkleHash.Size;
        }
        return digests;
    }

    private static string Text(JsonElement members, string name, int maxLength) =>
        members.GetProperty(name).GetString() is { Length: > 0 } text && text.Length <= maxLength ? text : throw Error.MalformedCertificate();

    private static long Integer(JsonElement members, string name) =>
        members.GetProperty(name).TryGetInt64(out long value) && value is >= 0 and <= CanonicalJson.MaxInteger ? value : throw Error.MalformedCertificate();
}
