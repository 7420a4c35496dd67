using System.Buffers.Binary;

namespace FaceVault.Samples;

/// <summary>A root key store of one's own, over a <see cref="Token"/>: what somebody writes whose root key is not to lie in a file. Make one for each vault object; the token outlives it.</summary>
public sealed class TokenRootKeyStore(Token token) : IRootKeyStore
{
    private readonly TokenLocation location = new(token);

    public IReadOnlyList<IRootLocation> Locations => [location];

    public void CheckPlacement(string vaultDirectory, bool creating)
    {
        if (creating && !token.IsPlugged)
            throw new VaultException(VaultErrorCode.RootPathRefused, "The token is not plugged in. Plug it in and try again.");
    }

    public void Dispose() => location.Dispose();
}

/// <summary>Two objects that hold keys and one that holds the head.</summary>
internal sealed class TokenLocation(Token token) : IRootLocation
{
    private const string Head = "head";
    private static readonly string[] Keys = ["key 0", "key 1"];

    public string Medium => "token";

    public string DestructionMethod => "the token erases the object";

    public string Description => "the token";

    public bool TryLock()
    {
        if (!token.IsPlugged || token.IsBlank)
            throw Away();
        token.Owner ??= this;
        return token.Owner == this;
    }

    public int? ReadLockHolder() => token.Owner is null ? null : Environment.ProcessId;

    public void Create(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!token.IsPlugged)
            throw Away();
        if ((token.Owner ??= this) != this)
            throw new VaultException(VaultErrorCode.VaultInUse, "Another process holds the token. Try again when it has ended.");
        if (ReadHead() is { Commit: > 0 } || (ReadHead() is null && Keys.Any(k => !token.Read(k).IsEmpty)))
            throw new VaultException(VaultErrorCode.VaultExists, "The token holds the key of a vault. Use another token, or open that vault.");
        // Without a key the token counts as unused, whatever its head says.
        foreach (string name in Keys)
            token.Erase(name);
        Write(new RootHead(record.VaultId, record.Epoch, 0, 1, 0, new byte[32]));
        Write(Keys[0], record);
    }

    public RootReading Read()
    {
        if (!token.IsPlugged)
            return RootReading.Missing;
        RootRecord[] records = [.. Keys.Select(ReadRecord).OfType<RootRecord>().OrderBy(r => r.Epoch)];
        return records.Length > 0 ? new RootReading(records, ReadHead()) : token.IsBlank ? RootReading.Missing : RootReading.Damaged;
    }

    public void Stage(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckLocked();
        string? free = null;
        foreach (string name in Keys)
        {
            using RootRecord? present = ReadRecord(name);
            if (present is null)
                free ??= name;
            else if (!present.VaultId.Span.SequenceEqual(record.VaultId.Span) || !present.PlaceId.Span.SequenceEqual(record.PlaceId.Span))
                throw new VaultException(VaultErrorCode.RootKeyForeign, "The token belongs to another vault. Plug in the right one.");
            else if (present.KeyId == record.KeyId)
                throw new InvalidOperationException("This key is there already.");
        }

        Write(free ?? throw new InvalidOperationException("A key is staged already."), record);
    }

    public void Promote(ulong keyId)
    {
        CheckLocked();
        string survivor = Array.Find(Keys, name => Holds(name, keyId))
            ?? throw new VaultException(VaultErrorCode.RootKeyDamaged, "The token does not hold the key that has to stay; nothing was erased. Plug in the right token.");
        foreach (string name in Keys.Where(name => name != survivor))
            token.Erase(name);
    }

    public void Discard(ulong survivingKeyId) => Promote(survivingKeyId);

    public void RecordHead(RootHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        CheckLocked();
        if (ReadHead() is { } before && head.Commit < before.Commit)
            throw new InvalidOperationException("A head never goes back.");
        Write(head);
    }

    public void Dispose()
    {
        if (token.Owner == this)
            token.Owner = null;
    }

    private bool Holds(string name, ulong keyId)
    {
        using RootRecord? record = ReadRecord(name);
        return record?.KeyId == keyId;
    }

    private void CheckLocked()
    {
        if (!token.IsPlugged)
            throw Away();
        if (token.Owner != this)
            throw new InvalidOperationException("Lock the token first.");
    }

    private RootRecord? ReadRecord(string name)
    {
        ReadOnlySpan<byte> b = token.Read(name);
        return b.IsEmpty ? null : new RootRecord(BinaryPrimitives.ReadUInt64LittleEndian(b), BinaryPrimitives.ReadInt64LittleEndian(b[8..]), b[16..32], b[32..48], b[48..80]);
    }

    private RootHead? ReadHead()
    {
        ReadOnlySpan<byte> b = token.Read(Head);
        return b.IsEmpty ? null : new RootHead(
            b[..16].ToArray(), BinaryPrimitives.ReadInt64LittleEndian(b[16..]), BinaryPrimitives.ReadInt64LittleEndian(b[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(b[32..]), BinaryPrimitives.ReadInt64LittleEndian(b[40..]), b[48..80].ToArray());
    }

    // A real device takes the key from the span; on this stack it lies for a moment and is wiped.
    private void Write(string name, RootRecord record)
    {
        Span<byte> b = stackalloc byte[80];
        BinaryPrimitives.WriteUInt64LittleEndian(b, record.KeyId);
        BinaryPrimitives.WriteInt64LittleEndian(b[8..], record.Epoch);
        record.VaultId.Span.CopyTo(b[16..]);
        record.PlaceId.Span.CopyTo(b[32..]);
        record.DangerousKey.CopyTo(b[48..]);
        token.Write(name, b);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(b);
    }

    private void Write(RootHead head)
    {
        Span<byte> b = stackalloc byte[80];
        head.VaultId.Span.CopyTo(b);
        BinaryPrimitives.WriteInt64LittleEndian(b[16..], head.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(b[24..], head.Commit);
        BinaryPrimitives.WriteInt64LittleEndian(b[32..], head.NextSlot);
        BinaryPrimitives.WriteInt64LittleEndian(b[40..], head.LedgerSize);
        head.CrownHash.Span.CopyTo(b[48..]);
        token.Write(Head, b);
    }

    private static VaultException Away() => new(VaultErrorCode.PlaceUnreachable, "The token is not plugged in, or is blank. Plug the right one in and try again.");
}
