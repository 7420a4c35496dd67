using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>Writes and reads the crown's bytes, and seals and opens them.</summary>
/// <remarks>
/// <code>
/// vault id 16 · epoch i64 · commit i64 · next slot i64 · ledger size i64 · tail-leaf key 32 · signing seed 32 · ledger key 32 · tag key 32 · fenced key id u64   184 bytes
/// frontier: count u8, 32 each · branch keys: count u32, 32 each · next purpose u16 · purposes: count u16, (number u16, version u16, secret 32) each
/// places: count u8, (id 16, kind u8, state u8, confirmed i64) each · work list: count u16, (slot i64, state u8, trigger u8, minute u32, removed index i64) each
/// heads: count u8, (commit i64, SHA-256 of the sealed crown 32) each
/// seeds of rotations, where a purpose has one or counts follow: count u16, (purpose number u16, seed 32) each
/// counts, where there are any: 1 u8, first day i32, first line i64, sum 32
/// zeros, so that the sealed blob is a multiple of 4,096 bytes
/// </code>
/// Integers are little-endian; work items ascend by slot, heads by commit, seeds by purpose. Sealed: <c>nonce 24 ‖ ciphertext ‖ tag 16</c>; associated data: label ‖ vault id.
/// Reading is strict: every list within its limit, its numbers ascending and below their next number, known kinds and states only, nothing but zeros after the last byte.
/// </remarks>
internal static class CrownCodec
{
    private const int Step = 4096;
    private const int MostBytes = 64 * 1024 * 1024;

    public static byte[] Seal(Crown crown, RootKey key)
    {
        int sealedLength = SealedLength(crown);
        using var plain = new SecretBuffer(sealedLength - Aead.Overhead);
        Write(crown, plain.DangerousBytes);
        var blob = new byte[sealedLength];
        Aead.Seal(key.DangerousBytes, plain.DangerousBytes, AssociatedData(crown.VaultId, stackalloc byte[32]), blob);
        return blob;
    }

    /// <summary>The crown, or null when the blob was not sealed under this key for this vault.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>: it opened, and what it says is no crown.</exception>
    public static Crown? TryOpen(ReadOnlySpan<byte> blob, RootKey key, ReadOnlySpan<byte> vaultId)
    {
        if (blob.Length < Step || blob.Length % Step != 0 || blob.Length > MostBytes)
            return null;
        using var plain = new SecretBuffer(blob.Length - Aead.Overhead);
        if (!Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, stackalloc byte[32]), plain.DangerousBytes))
            return null;
        Crown crown = Read(plain.DangerousBytes) ?? throw Error.StoreDamaged("the crown");
        if (blob.Length == SealedLength(crown))
            return crown;
        crown.Dispose();
        throw Error.StoreDamaged("the crown");
    }

    private static int SealedLength(Crown crown) => (Length(crown) + Aead.Overhead + Step - 1) / Step * Step;

    internal static int Length(Crown crown) =>
        184 + 1 + crown.Frontier.Length + 4 + (32 * crown.BranchCount) + 2 + 2 + (36 * crown.Purposes.Count) + 1 + (26 * crown.Places.Count)
        + 2 + (WorkItem.Size * crown.Work.Count) + 1 + (CrownMark.Size * crown.Heads.Count) + SeedsLength(crown) + (crown.Counts is null ? 0 : CrownCounts.Size);

    /// <summary>Nothing where there are none: a crown of before there were seeds is as it was.</summary>
    private static int SeedsLength(Crown crown) => crown.Purposes.Count(p => p.IsRotated) is var seeds && seeds == 0 && crown.Counts is null ? 0 : 2 + (34 * seeds);

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, Span<byte> destination)
    {
        Labels.Crown.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        return destination;
    }

    private static void Write(Crown crown, Span<byte> destination)
    {
        var w = new SpanWriter(destination);
        w.Bytes(crown.VaultId);
        w.Int64(crown.Epoch);
        w.Int64(crown.Commit);
        w.Int64(crown.NextSlot);
        w.Int64(crown.LedgerSize);
        w.Bytes(crown.DangerousTailLeafKey);
        w.Bytes(crown.DangerousSigningSeed);
        w.Bytes(crown.DangerousLedgerKey);
        w.Bytes(crown.DangerousTagKey);
        w.UInt64(crown.FencedKeyId);
        w.Byte((byte)(crown.Frontier.Length / 32));
        w.Bytes(crown.Frontier);
        w.UInt32((uint)crown.BranchCount);
        for (uint branch = 0; branch < crown.BranchCount; branch++)
            w.Bytes(crown.DangerousBranchKey(branch));
        w.UInt16(crown.NextPurpose);
        w.UInt16((ushort)crown.Purposes.Count);
        foreach (PurposeSecret purpose in crown.Purposes)
        {
            w.UInt16(purpose.Number);
            w.UInt16(purpose.Version);
            w.Bytes(purpose.DangerousBytes);
        }

        w.Byte((byte)crown.Places.Count);
        foreach (Place place in crown.Places)
        {
            w.Bytes(place.Id);
            w.Byte((byte)place.Kind);
            w.Byte((byte)place.State);
            w.Int64(place.Confirmed);
        }

        w.UInt16((ushort)crown.Work.Count);
        foreach (WorkItem item in crown.Work.Values)
        {
            w.Int64(item.Slot);
            w.Byte((byte)item.State);
            w.Byte(item.Trigger);
            w.UInt32(item.Minute);
            w.Int64(item.RemovedIndex);
        }

        w.Byte((byte)crown.Heads.Count);
        foreach (CrownMark head in crown.Heads)
        {
            w.Int64(head.Commit);
            w.Bytes(head.Hash);
        }

        PurposeSecret[] rotated = [.. crown.Purposes.Where(p => p.IsRotated)];
        if (SeedsLength(crown) == 0)
            return;
        w.UInt16((ushort)rotated.Length);
        foreach (PurposeSecret purpose in rotated)
        {
            w.UInt16(purpose.Number);
            w.Bytes(purpose.DangerousSeed);
        }

        if (crown.Counts is not { } counts)
            return;
        w.Byte(1);
        w.UInt32((uint)counts.FirstDay);
        w.Int64(counts.FirstLine);
        w.Bytes(counts.Sum);
    }

    private static Crown? Read(ReadOnlySpan<byte> source)
    {
        var r = new SpanReader(source);
        byte[] vaultId = r.Bytes(16).ToArray();
        long epoch = r.Int64(), commit = r.Int64(), nextSlot = r.Int64(), ledgerSize = r.Int64();
        ReadOnlySpan<byte> tail = r.Bytes(32), seed = r.Bytes(32), ledgerKey = r.Bytes(32), tagKey = r.Bytes(32);
        ulong fenced = r.UInt64();
        ReadOnlySpan<byte> frontier = r.Bytes(32 * r.Byte());
        if (r.Failed || epoch < 1 || commit < 0 || nextSlot is < 1 or > uint.MaxValue || ledgerSize < 0 || frontier.Length / 32 != long.PopCount(ledgerSize))
            return null;
        var crown = new Crown
        {
            VaultId = vaultId,
            Epoch = epoch,
            Commit = commit,
            NextSlot = (uint)nextSlot,
            FencedKeyId = fenced,
            LedgerSize = ledgerSize,
            Frontier = frontier.ToArray(),
        };
        tail.CopyTo(crown.DangerousTailLeafKey);
        seed.CopyTo(crown.DangerousSigningSeed);
        ledgerKey.CopyTo(crown.DangerousLedgerKey);
        tagKey.CopyTo(crown.DangerousTagKey);
        if (ReadLists(ref r, crown))
            return crown;
        crown.Dispose();
        return null;
    }

    private static bool ReadLists(ref SpanReader r, Crown crown) =>
        ReadBranches(ref r, crown) && ReadPurposes(ref r, crown) && ReadPlaces(ref r, crown) && ReadWork(ref r, crown) && ReadHeads(ref r, crown) && ReadSeeds(ref r, crown) && ReadCounts(ref r, crown) && !r.Failed && r.RestIsZero;

    private static bool ReadBranches(ref SpanReader r, Crown crown)
    {
        uint branches = r.UInt32();
        if (branches > r.Remaining / 32 || branches > KeyPage.BranchOf((crown.NextSlot - 1) / KeyPage.EntriesPerLeaf) + 1)
            return false;
        crown.GrowBranches((int)branches);
        for (uint branch = 0; branch < branches; branch++)
            r.Bytes(32).CopyTo(crown.DangerousBranchKey(branch));
        return true;
    }

    private static bool ReadPurposes(ref SpanReader r, Crown crown)
    {
        crown.NextPurpose = r.UInt16();
        int count = r.UInt16();
        ushort last = 0;
        for (int i = 0; i < count; i++)
        {
            ushort number = r.UInt16(), version = r.UInt16();
            ReadOnlySpan<byte> secret = r.Bytes(32);
            if (r.Failed || number <= last || number >= crown.NextPurpose || version == 0)
                return false;
            last = number;
            var purpose = new PurposeSecret(number, version);
            crown.Purposes.Add(purpose);
            secret.CopyTo(purpose.DangerousBytes);
        }

        return crown.NextPurpose > 0 && count <= Crown.MostPurposes;
    }

    private static bool ReadPlaces(ref SpanReader r, Crown crown)
    {
        int count = r.Byte();
        for (int i = 0; i < count; i++)
        {
            var place = new Place(r.Bytes(16).ToArray(), (PlaceKind)r.Byte(), (PlaceState)r.Byte(), r.Int64());
            if (r.Failed || place.Kind is < PlaceKind.Root or > PlaceKind.Mirror || place.State is < PlaceState.Listed or > PlaceState.RetiredUnconfirmed
                || place.Confirmed < 0 || crown.Places.Exists(p => p.Id.AsSpan().SequenceEqual(place.Id)))
                return false;
            crown.Places.Add(place);
        }

        return count <= Crown.MostPlaces;
    }

    private static bool ReadWork(ref SpanReader r, Crown crown)
    {
        int count = r.UInt16();
        long last = 0;
        for (int i = 0; i < count; i++)
        {
            long slot = r.Int64();
            if (slot <= last || slot >= crown.NextSlot)
                return false;
            var item = new WorkItem((uint)slot, (WorkState)r.Byte(), r.Byte(), r.UInt32(), r.Int64());
            if (r.Failed || item.State is < WorkState.Stopped or > WorkState.RemovedAndStopped || item.Trigger == 0
                || item.RemovedIndex < 0 || (item.State != WorkState.Stopped && item.RemovedIndex >= crown.LedgerSize))
                return false;
            last = slot;
            crown.Work.Add(item.Slot, item);
        }

        return count <= Crown.MostWorkItems;
    }

    private static bool ReadHeads(ref SpanReader r, Crown crown)
    {
        int count = r.Byte();
        long last = 0;
        for (int i = 0; i < count; i++)
        {
            var head = new CrownMark(r.Int64(), r.Bytes(32).ToArray());
            if (r.Failed || head.Commit <= last || head.Commit >= crown.Commit)
                return false;
            last = head.Commit;
            crown.Heads.Add(head);
        }

        return count <= Crown.MostHeads;
    }

    private static bool ReadSeeds(ref SpanReader r, Crown crown)
    {
        if (r.RestIsZero)
            return true; // none
        int count = r.UInt16();
        ushort last = 0;
        for (int i = 0; i < count; i++)
        {
            ushort number = r.UInt16();
            ReadOnlySpan<byte> seed = r.Bytes(SecretKey.Size);
            if (r.Failed || number <= last || crown.FindPurpose(number) is not { } purpose)
                return false;
            last = number;
            seed.CopyTo(purpose.AddSeed());
        }

        return count > 0 || !r.RestIsZero; // counts follow
    }

    private static bool ReadCounts(ref SpanReader r, Crown crown)
    {
        if (r.RestIsZero)
            return true; // none
        byte there = r.Byte();
        uint day = r.UInt32();
        long line = r.Int64();
        crown.Counts = new CrownCounts((int)Math.Min(day, int.MaxValue), line, r.Bytes(CrownCounts.SumSize).ToArray());
        return !r.Failed && there == 1 && day is >= 1 and <= ushort.MaxValue && line >= 0 && line <= crown.LedgerSize;
    }
}
