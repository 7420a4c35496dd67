using System.Text;
using FaceVault.Ledger;

namespace FaceVault;

/// <content>Writes entries. The three kinds that are written tens of thousands of times a second go straight into the caller's buffer.</content>
public sealed partial class LedgerEntry
{
    /// <summary>Writes a <c>key-created</c> line, at most <see cref="MaxLength"/> bytes, and answers its length. Allocates nothing.</summary>
    internal static int WriteKeyCreated(
        Span<byte> destination, DateTimeOffset time, ReadOnlySpan<char> purpose, int version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> consent, KeyCause cause, bool synthetic)
    {
        CheckCommitments(key, consent);
        CheckText(purpose, 256, nameof(purpose));
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        var text = new Utf8Text(destination);
        text.Raw("{\"cause\":"u8);
        text.String(LedgerNames.Of(cause));
        text.Raw(",\"consent\":"u8);
        text.Hex(consent);
        text.Raw(",\"key\":"u8);
        text.Hex(key);
        text.Raw(",\"kind\":\"key-created\",\"purpose\":"u8);
        text.String(purpose);
        text.Raw(",\"synthetic\":"u8);
        text.Boolean(synthetic);
        text.Raw(",\"time\":"u8);
        text.Time(time);
        text.Raw(",\"version\":"u8);
        text.Integer(version);
        text.Raw("}"u8);
        return Length(ref text, nameof(destination));
    }

    /// <summary>Writes a <c>key-removed</c> line of at most 400 bytes and answers its length. Allocates nothing.</summary>
    internal static int WriteKeyRemoved(
        Span<byte> destination, DateTimeOffset time, long created, ReadOnlySpan<byte> key, ReadOnlySpan<byte> consent, DeletionTrigger trigger, long epochFrom, long epochTo)
    {
        CheckCommitments(key, consent);
        CheckInteger(created, nameof(created));
        CheckInteger(epochFrom, nameof(epochFrom));
        CheckInteger(epochTo, nameof(epochTo));
        var text = new Utf8Text(destination);
        text.Raw("{\"consent\":"u8);
        text.Hex(consent);
        text.Raw(",\"created\":"u8);
        text.Integer(created);
        text.Raw(",\"epoch\":{\"from\":"u8);
        text.Integer(epochFrom);
        text.Raw(",\"to\":"u8);
        text.Integer(epochTo);
        text.Raw("},\"key\":"u8);
        text.Hex(key);
        text.Raw(",\"kind\":\"key-removed\",\"time\":"u8);
        text.Time(time);
        text.Raw(",\"trigger\":"u8);
        text.String(LedgerNames.Of(trigger));
        text.Raw("}"u8);
        return Length(ref text, nameof(destination));
    }

    /// <summary>Writes a <c>destruction-completed</c> line of at most 200 bytes and answers its length. Allocates nothing.</summary>
    internal static int WriteDestructionCompleted(Span<byte> destination, DateTimeOffset time, long removed, ReadOnlySpan<byte> bodyHash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bodyHash.Length, MerkleHash.Size, nameof(bodyHash));
        CheckInteger(removed, nameof(removed));
        var text = new Utf8Text(destination);
        text.Raw("{\"body\":"u8);
        text.Hex(bodyHash);
        text.Raw(",\"kind\":\"destruction-completed\",\"removed\":"u8);
        text.Integer(removed);
        text.Raw(",\"time\":"u8);
        text.Time(time);
        text.Raw("}"u8);
        return Length(ref text, nameof(destination));
    }

    private LedgerEntry Finish()
    {
        Span<byte> line = stackalloc byte[MaxLength];
        Line = Encoding.UTF8.GetString(line[..Write(line)]);
        return this;
    }

    private int Write(Span<byte> destination)
    {
        switch (Kind)
        {
            case LedgerEntryKind.KeyCreated:
                return WriteKeyCreated(destination, Time, Purpose, Version!.Value, Bytes(Key, stackalloc byte[32]), Bytes(Consent, stackalloc byte[32]), Cause!.Value, Synthetic!.Value);
            case LedgerEntryKind.KeyRemoved:
                return WriteKeyRemoved(
                    destination, Time, Created!.Value, Bytes(Key, stackalloc byte[32]), Bytes(Consent, stackalloc byte[32]), Trigger!.Value, EpochFrom!.Value, EpochTo!.Value);
            case LedgerEntryKind.DestructionCompleted:
                return WriteDestructionCompleted(destination, Time, Removed!.Value, Bytes(Body, stackalloc byte[32]));
            default:
                return WriteMembers(destination);
        }
    }

    /// <summary>The rare kinds: the members that are there, in the order of their names.</summary>
    private int WriteMembers(Span<byte> destination)
    {
        var text = new Utf8Text(destination);
        text.Raw("{"u8);
        Integer(ref text, "commit", Commit);
        Integer(ref text, "count", Count);
        Integer(ref text, "created", Created);
        String(ref text, "definition", Definition);
        Integer(ref text, "epoch", Epoch);
        String(ref text, "kind", LedgerNames.Of(Kind));
        String(ref text, "medium", Medium, 128);
        String(ref text, "model", Model, 256);
        String(ref text, "origin", Origin);
        String(ref text, "place", Place);
        String(ref text, "processing", Processing);
        String(ref text, "purpose", Purpose);
        Integer(ref text, "threshold", Threshold);
        Name(ref text, "time");
        text.Time(Time);
        String(ref text, "type", Type is null ? null : LedgerNames.Of(Type.Value));
        String(ref text, "vault", Vault);
        String(ref text, "verifier", Verifier, 512);
        Integer(ref text, "version", Version);
        text.Raw("}"u8);
        return Length(ref text, nameof(destination));
    }

    private static void Integer(ref Utf8Text text, string name, long? value)
    {
        if (value is null)
            return;
        CheckInteger(value.Value, name);
        Name(ref text, name);
        text.Integer(value.Value);
    }

    private static void String(ref Utf8Text text, string name, string? value, int maxBytes = 256)
    {
        if (value is null)
            return;
        CheckText(value, maxBytes, name);
        Name(ref text, name);
        text.String(value);
    }

    private static void Name(ref Utf8Text text, string name)
    {
        if (text.Written.Length > 1)
            text.Raw(","u8);
        text.String(name);
        text.Raw(":"u8);
    }

    private static int Length(ref Utf8Text text, string parameter)
    {
        int length = text.Written.Length;
        bool fits = text.FitsInitial && length <= MaxLength;
        text.Dispose();
        return fits ? length : throw Error.EntryTooLong(parameter);
    }

    private static ReadOnlySpan<byte> Bytes(string? hex, Span<byte> destination) =>
        LowercaseHex.TryDecode(hex, destination) ? destination : throw Error.MalformedEntry();

    private static void CheckCommitments(ReadOnlySpan<byte> key, ReadOnlySpan<byte> consent)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Commitments.Size, nameof(key));
        ArgumentOutOfRangeException.ThrowIfNotEqual(consent.Length, Commitments.Size, nameof(consent));
    }

    private static void CheckInteger(long value, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, CanonicalJson.MaxInteger, parameter);
    }

    private static void CheckText(ReadOnlySpan<char> value, int maxBytes, string parameter)
    {
        bool allowed = value.Length > 0 && value.Length <= maxBytes && NoteText.IsWellFormed(value) && Encoding.UTF8.GetByteCount(value) <= maxBytes;
        foreach (char c in value)
            allowed = allowed && !char.IsControl(c);
        if (!allowed)
            throw Error.InvalidEntryText(parameter);
    }
}
