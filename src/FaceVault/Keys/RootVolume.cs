using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>
/// The protocol of one root location over its medium. 73,728 bytes: head sectors at 0 and 4,096 (512 bytes each, in blocks of their own so that no torn block takes both),
/// record areas at 8,192 and 40,960 (32,768 bytes each); every other byte is zero.
/// </summary>
/// <remarks>
/// What a crash leaves: in <see cref="Create"/> a location that counts as unused; in <see cref="Stage"/> a torn area, which counts as free; in <see cref="Promote"/> and
/// <see cref="Discard"/> the surviving record and an area that is wiped, torn or as it was; in <see cref="RecordHead"/> the older head. The area of the last valid record is never written.
/// A failed write or flush is answered by writing again, at most <see cref="Attempts"/> times. What was wiped is read back before the verb returns; what was staged, the next reading shows.
/// Under the lock nobody else writes here: what the areas hold is read once and then known. One thread at a time.
/// A bad block costs what lies in it and no more: an area or sector that cannot be read counts as damaged, but nothing is staged while one cannot be read, since it could hold the last key.
/// </remarks>
internal sealed class RootVolume(IRootFile file, RootPassphrases? passphrases, Func<string> description)
{
    public const int Size = 73_728;
    public const int HeadSpacing = 4_096;
    public const int AreasOffset = 2 * HeadSpacing;

    /// <summary>How often one write is tried before the location counts as failed.</summary>
    public const int Attempts = 3;

    // The headers of both areas as this object last read or durably wrote them; null: read first. An area that could not be read is never known.
    private RootRecordHeader?[]? known;

    // The newest head as this object wrote it durably and the sector it lies in; null: read first.
    private (int Sector, RootHead Head)? newest;

    public static long AreaOffset(int area) => AreasOffset + ((long)area * RootRecordCodec.Size);

    public static long HeadOffset(int sector) => (long)sector * HeadSpacing;

    /// <summary>Makes an unused location out of an empty file, one that a broken creation left, or one whose heads all say commit 0.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>, <see cref="VaultErrorCode.RootPathRefused"/>, <see cref="VaultErrorCode.RootKeyFailed"/>.</exception>
    public void Create(RootRecord record)
    {
        CheckUnused();
        known = null;
        newest = null;
        // First nothing that could be a key, then heads that say commit 0, then the key: each state on the way counts as unused.
        using (var zeros = new SecretBuffer(Size - AreasOffset))
            Write(AreasOffset, zeros.DangerousBytes, readBack: true);
        byte[] heads = new byte[AreasOffset];
        RootHeadCodec.Write(new RootHead(record.VaultId, record.Epoch, 0, 1, 0, new byte[32]), heads.AsSpan(0, RootHeadCodec.Size));
        Write(0, heads, readBack: true);
        WriteRecord(record, 0);
    }

    /// <summary>The valid records and the newest valid head.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPassphraseWrong"/>, <see cref="VaultErrorCode.FormatTooNew"/>; never for a damaged or unreadable medium.</exception>
    public RootReading Read()
    {
        var records = new List<RootRecord>(2);
        try
        {
            if (file.Length != Size)
                return RootReading.Damaged;
            ReadRecords(records);
            if (records.Count == 0 || (records.Count == 2 && !IsSamePlace(records[0], records[1])))
            {
                Dispose(records);
                return RootReading.Damaged;
            }

            return new RootReading(records, (newest ?? ReadNewestHead(records[0].VaultId.Span))?.Head);
        }
        catch (IOException)
        {
            Dispose(records);
            return RootReading.Damaged;
        }
        catch
        {
            Dispose(records);
            throw;
        }
    }

    public void Stage(RootRecord record)
    {
        CheckLength();
        RootRecordHeader?[] areas = known ?? Inspect(mayBeUnreadable: false);
        if (areas[0] is not null && areas[1] is not null)
            throw new InvalidOperationException("A root key is staged already; promote or discard it first.");
        RootRecordHeader? present = areas[0] ?? areas[1];
        if (present is not null && !present.IsOf(record))
            throw Error.RootKeyForeign(description());
        if (present?.KeyId == record.KeyId)
            throw new InvalidOperationException("This root key is there already.");
        WriteRecord(record, areas[0] is null ? 0 : 1);
    }

    public void Promote(ulong keyId) => WipeAllBut(keyId);

    public void Discard(ulong survivingKeyId) => WipeAllBut(survivingKeyId);

    public void RecordHead(RootHead head)
    {
        Span<byte> sector = stackalloc byte[RootHeadCodec.Size];
        RootHeadCodec.Write(head, sector);
        CheckLength();
        (int Sector, RootHead Head)? before = newest ?? ReadNewestHead(head.VaultId.Span);
        if (before is { } known && head.Commit < known.Head.Commit)
            throw new InvalidOperationException("A head never goes back to an earlier commit.");
        newest = null;
        int target = before is null ? 0 : 1 - before.Value.Sector;
        Write(HeadOffset(target), sector, readBack: false);
        newest = (target, head);
    }

    /// <summary>Refuses a medium that holds anything but an unused location. Reads only.</summary>
    public void CheckUnused()
    {
        try
        {
            long length = file.Length;
            if (length == 0)
                return;
            if (length > Size)
                throw Error.RootFileNotOurs(description());
            using var everything = new SecretBuffer((int)length);
            file.Read(0, everything.DangerousBytes);
            if (!everything.DangerousBytes.ContainsAnyExcept((byte)0))
                return;
            if (length < Size)
                throw Error.RootFileNotOurs(description());
            if (!everything.DangerousBytes[AreasOffset..].ContainsAnyExcept((byte)0))
                return;
            ReadOnlySpan<byte> bytes = everything.DangerousBytes;
            int unused = 0;
            for (int s = 0; s < 2; s++)
            {
                ReadOnlySpan<byte> sector = bytes.Slice(s * HeadSpacing, RootHeadCodec.Size);
                RootHead? head = RootHeadCodec.Parse(sector);
                if (head is { Commit: 0 })
                    unused++;
                else if (head is not null)
                    throw Error.RootHoldsVault(description());
                else if (sector.ContainsAnyExcept((byte)0))
                    throw Error.RootFileNotOurs(description());
            }

            if (unused == 0)
                throw HoldsRecord(bytes) ? Error.RootHoldsVault(description()) : Error.RootFileNotOurs(description());
        }
        catch (IOException e)
        {
            throw Error.RootKeyFailed(description(), e);
        }
    }

    private static bool HoldsRecord(ReadOnlySpan<byte> everything) =>
        RootRecordCodec.Inspect(everything.Slice((int)AreaOffset(0), RootRecordCodec.Size), out _) == RootAreaContent.Record
        || RootRecordCodec.Inspect(everything.Slice((int)AreaOffset(1), RootRecordCodec.Size), out _) == RootAreaContent.Record;

    private void ReadRecords(List<RootRecord> records)
    {
        using var buffer = new SecretBuffer(RootRecordCodec.Size);
        var headers = new RootRecordHeader?[2];
        VaultException? wrong = null;
        bool allRead = true;
        for (int i = 0; i < 2; i++)
        {
            if (!TryRead(AreaOffset(i), buffer.DangerousBytes))
            {
                allRead = false;
                continue;
            }

            headers[i] = InspectArea(buffer.DangerousBytes);
            if (headers[i] is not { } header)
                continue;
            try
            {
                if (RootRecordCodec.Open(buffer.DangerousBytes, header, passphrases?.For(header.KeyId), description()) is { } record)
                    records.Add(record);
            }
            catch (VaultException refused) when (refused.Code == VaultErrorCode.RootPassphraseWrong)
            {
                wrong = refused;
                records.Add(Locked(header));
            }
        }

        // A change of the passphrase that broke off leaves two records under two passphrases; whoever has the one that every location opens with can end it or take it back.
        if (wrong is not null && records.TrueForAll(r => r.IsLocked))
            throw wrong;

        known = allRead ? headers : null;
        if (records.Count == 2 && records[0].Epoch > records[1].Epoch)
            records.Reverse();
    }

    private (int Sector, RootHead Head)? ReadNewestHead(ReadOnlySpan<byte> vaultId)
    {
        (int Sector, RootHead Head)? found = null;
        Span<byte> sector = stackalloc byte[RootHeadCodec.Size];
        for (int i = 0; i < 2; i++)
        {
            if (TryRead(HeadOffset(i), sector) && RootHeadCodec.Parse(sector) is { } head && head.VaultId.Span.SequenceEqual(vaultId)
                && (found is null || head.Commit > found.Value.Head.Commit))
                found = (i, head);
        }

        return found;
    }

    private RootRecordHeader?[] Inspect(bool mayBeUnreadable)
    {
        var found = new RootRecordHeader?[2];
        for (int i = 0; i < 2; i++)
            found[i] = Inspect(i, mayBeUnreadable);
        return found;
    }

    private RootRecordHeader? Inspect(int area, bool mayBeUnreadable)
    {
        using var buffer = new SecretBuffer(RootRecordCodec.Size);
        if (TryRead(AreaOffset(area), buffer.DangerousBytes))
            return InspectArea(buffer.DangerousBytes);
        return mayBeUnreadable ? null : throw Error.RootKeyFailed(description(), null);
    }

    private void CheckLength()
    {
        try
        {
            if (file.Length != Size)
                throw Error.RootKeyDamaged(description());
        }
        catch (IOException e)
        {
            throw Error.RootKeyFailed(description(), e);
        }
    }

    // A record of a later version may be the one that opens the crown: with one anywhere, nothing is read or written.
    private RootRecordHeader? InspectArea(ReadOnlySpan<byte> area) =>
        RootRecordCodec.Inspect(area, out RootRecordHeader? header) == RootAreaContent.TooNew ? throw Error.RootFormatTooNew(description()) : header;

    private bool TryRead(long offset, Span<byte> destination)
    {
        try
        {
            file.Read(offset, destination);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void WipeAllBut(ulong keyId)
    {
        CheckLength();
        RootRecordHeader?[] areas = known ?? Inspect(mayBeUnreadable: true);
        known = null;
        int survivor = Array.FindIndex(areas, a => a?.KeyId == keyId);
        if (survivor < 0)
            throw Error.RootSurvivorMissing(description());
        using (var zeros = new SecretBuffer(RootRecordCodec.Size))
            Write(AreaOffset(1 - survivor), zeros.DangerousBytes, readBack: true);
        var left = new RootRecordHeader?[2];
        left[survivor] = Inspect(survivor, mayBeUnreadable: true);
        if (left[survivor]?.KeyId != keyId)
            throw Error.RootSurvivorMissing(description());
        known = left;
    }

    private void WriteRecord(RootRecord record, int area)
    {
        known = null;
        using var buffer = new SecretBuffer(RootRecordCodec.Size);
        RootRecordCodec.Write(record, passphrases?.For(record.KeyId), buffer.DangerousBytes);
        Write(AreaOffset(area), buffer.DangerousBytes, readBack: false);
    }

    private void Write(long offset, ReadOnlySpan<byte> bytes, bool readBack)
    {
        IOException? failure = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                file.Write(offset, bytes);
                file.Flush();
                if (!readBack || Holds(offset, bytes))
                    return;
            }
            catch (IOException e)
            {
                failure = e;
            }
        }

        throw Error.RootKeyFailed(description(), failure);
    }

    private bool Holds(long offset, ReadOnlySpan<byte> bytes)
    {
        using var buffer = new SecretBuffer(bytes.Length);
        file.Read(offset, buffer.DangerousBytes);
        return buffer.DangerousBytes.SequenceEqual(bytes);
    }

    private static RootRecord Locked(RootRecordHeader header)
    {
        using SecretKey unknown = SecretKey.Random();
        return new RootRecord(header.KeyId, header.Epoch, header.VaultId.Span, header.PlaceId.Span, unknown.DangerousBytes) { IsLocked = true };
    }

    private static bool IsSamePlace(RootRecord a, RootRecord b) => a.VaultId.Span.SequenceEqual(b.VaultId.Span) && a.PlaceId.Span.SequenceEqual(b.PlaceId.Span);

    private static void Dispose(List<RootRecord> records)
    {
        foreach (RootRecord record in records)
            record.Dispose();
        records.Clear();
    }
}
