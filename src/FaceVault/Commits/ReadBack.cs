using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Step 3b: what a store says over a new read-only connection, after the checkpoint.</summary>
/// <param name="Crown">Whether the stored crown opened with the new root key.</param>
/// <param name="Pages">Rewritten pages that were opened from it.</param>
/// <param name="Passed">Whether all of it is as it must be.</param>
internal readonly record struct ReadBackResult(bool Crown, int Pages, bool Passed)
{
    /// <summary>Opens the stored crown and every rewritten page, sees that the slots' template keys are zero, and compares every row with the write set, byte for byte.</summary>
    public static ReadBackResult Check(IKeyStoreReader reader, Cryptography.RootKey key, ReadOnlySpan<byte> vaultId, IReadOnlyList<KeyWrite> writes, IReadOnlyCollection<uint> gone)
    {
        if (reader.Read(KeyTable.Crown, 0) is not { } blob || CrownCodec.TryOpen(blob, key, vaultId) is not { } crown)
            return default;
        using (crown)
        {
            int pages = 0;
            foreach (KeyWrite write in writes)
            {
                byte[]? stored = reader.Read(write.Table, write.Key);
                if (write.Blob.IsEmpty ? stored is not null : stored is null || !write.Blob.Span.SequenceEqual(stored))
                    return new ReadBackResult(true, pages, false);
                if (write.Table is KeyTable.Leaf or KeyTable.Branch)
                    pages++;
            }

            return new ReadBackResult(true, pages, AllGone(reader, crown, gone));
        }
    }

    /// <summary>The same without a write set, at a later open: the crown opens, the slots' pages open, their template keys are zero.</summary>
    public static ReadBackResult Check(IKeyStoreReader reader, Cryptography.RootKey key, ReadOnlySpan<byte> vaultId, IReadOnlyCollection<uint> gone)
    {
        int pages = gone.Select(KeyPage.LeafOf).Distinct().Count();
        return Check(reader, key, vaultId, [], gone) with { Pages = pages };
    }

    private static bool AllGone(IKeyStoreReader reader, Crown crown, IReadOnlyCollection<uint> gone)
    {
        using var cursor = new TreeCursor(reader, crown);
        foreach (uint slot in gone.Order())
            if (cursor.TryGet(slot, out KeyEntry entry) && entry.IsLiving)
                return false;
        return true;
    }
}
