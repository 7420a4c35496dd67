using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Ledger;

/// <content>Writes entries. The three kinds that are written tens of thousands of times a second go straight into the caller's buffer.</content>
internal sealed partial class LedgerEntry
{
    /// <summary>Writes a <c>key-created</c> line, at most <see cref="MaxLength"/> bytes, and answers its length. Allocates nothing.</summary>
    internal static int WriteKeyCreated(
        Span<byte> destination, DateTimeOffset time, ReadOnlySpan<char> purpose, int version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> consent, KeyCause cause, bool synthetic)
    {
        CheckCommitments(key, consent);
        CheckText(purpose, 256, nameof(purpose));
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        var json = new CanonicalJsonWriter(destination);
        json.Raw("{\"cause\":"u8);
        json.Text(LedgerNames.Of(cause));
        json.Raw(",\"consent\":"u8);
        json.Hex(consent);
        json.Raw(",\"key\":"u8);
        json.Hex(key);
        json.Raw(",\"kind\":\"key-created\",\"purpose\":"u8);
        json.Text(purpose);
        json.Raw(",\"synthetic\":"u8);
        json.Boolean(synthetic);
        json.Raw(",\"time\":"u8);
        json.Time(time);
        json.Raw(",\"version\":"u8);
        json.Integer(version);
        json.Raw("}"u8);
        return Length(ref json, nameof(destination));
    }

    /// <summary>Writes a <c>key-removed</c> line of at most 400 bytes and answers its length. Allocates nothing.</summary>
    internal static int WriteKeyRemoved(
        Span<byte> destination, DateTimeOffset time, long created, ReadOnlySpan<byte> key, ReadOnlySpan<byte> consent, DeletionTrigger trigger, long epochFrom, long epochTo)
    {
        CheckCommitments(key, consent);
        CheckInteger(created, nameof(created));
        CheckInteger(epochFrom, nameof(epochFrom));
        CheckInteger(epochTo, nameof(epochTo));
        var json = new CanonicalJsonWriter(destination);
        json.Raw("{\"consent\":"u8);
        json.Hex(consent);
        json.Raw(",\"created\":"u8);
        json.Integer(created);
        json.Raw(",\"epoch\":{\"from\":"u8);
        json.Integer(epochFrom);
        json.Raw(",\"to\":"u8);
        json.Integer(epochTo);
        json.Raw("},\"key\":"u8);
        json.Hex(key);
        json.Raw(",\"kind\":\"key-removed\",\"time\":"u8);
        json.Time(time);
        json.Raw(",\"trigger\":"u8);
        json.Text(LedgerNames.Of(trigger));
        json.Raw("}"u8);
        return Length(ref json, nameof(destination));
    }

    /// <summary>Writes a <c>destruction-completed</c> line of at most 200 bytes and answers its length. Allocates nothing.</summary>
    internal static int WriteDestructionCompleted(Span<byte> destination, DateTimeOffset time, long removed, ReadOnlySpan<byte> bodyHash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bodyHash.Length, MerkleHash.Size, nameof(bodyHash));
        CheckInteger(removed, nameof(removed));
        var json = new CanonicalJsonWriter(destination);
        json.Raw("{\"body\":"u8);
        json.Hex(bodyHash);
        json.Raw(",\"kind\":\"destruction-completed\",\"removed\":"u8);
        json.Integer(removed);
        json.Raw(",\"time\":"u8);
        json.Time(time);
        json.Raw("}"u8);
        return Length(ref json, nameof(destination));
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
        var json = new CanonicalJsonWriter(destination);
        json.Raw("{"u8);
        Integer(ref json, "commit", Commit);
        Integer(ref json, "count", Count);
        Integer(ref json, "created", Created);
        String(ref json, "definition", Definition);
        Integer(ref json, "epoch", Epoch);
        String(ref json, "kind", LedgerNames.Of(Kind));
        String(ref json, "medium", Medium, 128);
        String(ref json, "model", Model, 256);
        String(ref json, "origin", Origin);
        String(ref json, "place", Place);
        String(ref json, "processing", Processing);
        String(ref json, "purpose", Purpose);
        Integer(ref json, "threshold", Threshold);
        Name(ref json, "time");
        json.Time(Time);
        String(ref json, "type", Type is null ? null : LedgerNames.Of(Type.Value));
        String(ref json, "vault", Vault);
        String(ref json, "verifier", Verifier, 512);
        Integer(ref json, "version", Version);
        json.Raw("}"u8);
        return Length(ref json, nameof(destination));
    }

    private static void Integer(ref CanonicalJsonWriter json, string name, long? value)
    {
        if (value is null)
            return;
        CheckInteger(value.Value, name);
        Name(ref json, name);
        json.Integer(value.Value);
    }

    private static void String(ref CanonicalJsonWriter json, string name, string? value, int maxBytes = 256)
    {
        if (value is null)
            return;
        CheckText(value, maxBytes, name);
        Name(ref json, name);
        json.Text(value);
    }

    private static void Name(ref CanonicalJsonWriter json, string name)
    {
        if (json.Written.Length > 1)
            json.Raw(","u8);
        json.Text(name);
        json.Raw(":"u8);
    }

    private static int Length(ref CanonicalJsonWriter json, string parameter)
    {
        int length = json.Written.Length;
        bool fits = json.FitsInitial && length <= MaxLength;
        json.Dispose();
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
