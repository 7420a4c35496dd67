using System.Text;
using System.Text.Json;

namespace FaceVault.Ledger;

/// <content>Reads entries: whatever is read is written again, and only the same bytes are accepted.</content>
internal sealed partial class LedgerEntry
{
    private static readonly string[] ProcessingNames = ["verification", "identification", "analysis"];

    /// <summary>Reads the one spelling of an entry.</summary>
    /// <param name="utf8">At most <see cref="MaxLength"/> bytes.</param>
    /// <exception cref="FormatException">Not an entry of a known kind with exactly its members, or not canonical.</exception>
    public static LedgerEntry Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            throw Error.MalformedEntry();
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = 2 });
            LedgerEntry entry = Read(document.RootElement);
            Span<byte> line = stackalloc byte[MaxLength];
            line = line[..entry.Write(line)];
            if (!line.SequenceEqual(utf8))
                throw Error.MalformedEntry();
            entry.Line = Encoding.UTF8.GetString(line);
            return entry;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            // A member is missing, of another type, or outside its range.
            throw Error.MalformedEntry();
        }
    }

    /// <summary>Reads the one spelling of an entry.</summary>
    /// <exception cref="FormatException">Not an entry of a known kind with exactly its members, or not canonical.</exception>
    public static LedgerEntry Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Length <= MaxLength && NoteText.IsWellFormed(line) ? Parse(Encoding.UTF8.GetBytes(line)) : throw Error.MalformedEntry();
    }

    private static LedgerEntry Read(JsonElement members)
    {
        LedgerEntryKind kind = LedgerNames.KindOf(String(members, "kind"));
        if (!UtcSeconds.TryParse(String(members, "time"), out DateTimeOffset time))
            throw Error.MalformedEntry();
        switch (kind)
        {
            case LedgerEntryKind.VaultCreated:
                string origin = String(members, "origin");
                return VerifierKey.IsName(origin) ? new(kind, time) { Origin = origin, Vault = Hex(members, "vault", 16) } : throw Error.MalformedEntry();
            case LedgerEntryKind.RolledBack:
                return new(kind, time) { Epoch = Integer(members, "epoch"), Commit = Integer(members, "commit") };
            case LedgerEntryKind.PurposeRegistered or LedgerEntryKind.PurposeVersionAdded:
                return new(kind, time)
                {
                    Purpose = String(members, "purpose"),
                    Version = PurposeVersion(members),
                    Processing = Processed(members),
                    Definition = Hex(members, "definition", 32),
                };
            case LedgerEntryKind.ClockAccepted:
                return new(kind, time);
            case LedgerEntryKind.PurposeRetired:
                return new(kind, time) { Purpose = String(members, "purpose") };
            case LedgerEntryKind.ModelAdmitted or LedgerEntryKind.ModelRetired:
                return new(kind, time) { Purpose = String(members, "purpose"), Model = String(members, "model") };
            case LedgerEntryKind.KeyCreated:
                return new(kind, time)
                {
                    Purpose = String(members, "purpose"),
                    Version = PurposeVersion(members),
                    Key = Hex(members, "key", 32),
                    Consent = Hex(members, "consent", 32),
                    Cause = LedgerNames.CauseOf(String(members, "cause")),
                    Synthetic = members.GetProperty("synthetic").GetBoolean(),
                };
            case LedgerEntryKind.KeyRemoved:
                JsonElement epoch = members.GetProperty("epoch");
                return new(kind, time)
                {
                    Created = Integer(members, "created"),
                    Key = Hex(members, "key", 32),
                    Consent = Hex(members, "consent", 32),
                    Trigger = LedgerNames.TriggerOf(String(members, "trigger")),
                    EpochFrom = Integer(epoch, "from"),
                    EpochTo = Integer(epoch, "to"),
                };
            case LedgerEntryKind.DestructionCompleted:
                return new(kind, time) { Removed = Integer(members, "removed"), Body = Hex(members, "body", 32) };
            case LedgerEntryKind.EvidenceDestroyed:
                return new(kind, time) { Created = Integer(members, "created") };
            case LedgerEntryKind.HoldSet or LedgerEntryKind.HoldLifted or LedgerEntryKind.TemplatesCopied:
                return new(kind, time) { Count = Integer(members, "count") };
            case LedgerEntryKind.LocationAdded or LedgerEntryKind.LocationRetired:
                return new(kind, time)
                {
                    Place = Hex(members, "place", 16),
                    Type = LedgerNames.LocationOf(String(members, "type")),
                    Medium = String(members, "medium"),
                };
            case LedgerEntryKind.SigningKeyChanged:
                return new(kind, time) { Verifier = VerifierKey.Parse(String(members, "verifier")).ToString() };
            case LedgerEntryKind.FilingThresholdCrossed or LedgerEntryKind.FilingRecorded:
                return new(kind, time) { Threshold = Integer(members, "threshold") };
            default:
                throw Error.MalformedEntry();
        }
    }

    private static string String(JsonElement members, string name) => members.GetProperty(name).GetString() ?? throw Error.MalformedEntry();

    private static long Integer(JsonElement members, string name) => members.GetProperty(name).TryGetInt64(out long value) ? value : throw Error.MalformedEntry();

    private static int PurposeVersion(JsonElement members) => Integer(members, "version") is >= 1 and <= int.MaxValue and var version ? (int)version : throw Error.MalformedEntry();

    private static string Processed(JsonElement members) => String(members, "processing") is var name && ProcessingNames.Contains(name) ? name : throw Error.MalformedEntry();

    private static string Hex(JsonElement members, string name, int bytes) =>
        String(members, name) is var hex && LowercaseHex.IsHex(hex, bytes) ? hex : throw Error.MalformedEntry();
}
