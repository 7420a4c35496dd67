using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>
/// What a thief of every copy ever made, and of the root key store as it is now, can read: the crowns that a root key opens, the pages that they open, the template keys in these.
/// Every write set ever handed to a store counts, also one that failed.
/// </summary>
internal sealed class Closure
{
    private readonly Dictionary<(KeyTable Table, long Key), List<byte[]>> blobs = [];
    private readonly HashSet<string> seen = [];
    private readonly HashSet<string> keys = [];
    private readonly HashSet<string> completed = [];

    private Closure(TestVault test)
    {
        foreach (InMemoryKeyStoreLocation store in test.MirrorStores.Prepend(test.Store))
        {
            foreach (IReadOnlyList<KeyWrite> attempt in store.Attempts)
                foreach (KeyWrite write in attempt)
                    Keep(write.Table, write.Key, write.Blob.ToArray());
            if (store.Snapshot() is { } now)
                foreach ((KeyTable table, long key, byte[] blob) in now.Blobs())
                    Keep(table, key, blob);
        }
    }

    /// <summary>Commitments of all template keys that can be read.</summary>
    public IReadOnlySet<string> Keys => keys;

    /// <summary>Commitments of keys that the ledger calls removed, and their destruction completed.</summary>
    public IReadOnlySet<string> Completed => completed;

    public static Closure Of(TestVault test)
    {
        var closure = new Closure(test);
        using var store = new InMemoryRootKeyStore(test.Media);
        foreach (IRootLocation location in store.Locations)
        {
            using RootReading reading = location.Read();
            foreach (RootRecord record in reading.Records)
            {
                foreach (byte[] blob in closure.blobs.GetValueOrDefault((KeyTable.Crown, 0)) ?? [])
                {
                    using Crown? crown = CrownCodec.TryOpen(blob, new RootKey(record.DangerousKey), record.VaultId.ToArray());
                    if (crown is null)
                        continue;
                    closure.Read(crown);
                    if (test.Store.Snapshot() is { } now && now.CrownIs(blob))
                        closure.ReadLedger(crown, now);
                }
            }
        }

        return closure;
    }

    /// <summary>No key whose destruction is certified can be read.</summary>
    public static void AssertNothingCertifiedIsReadable(TestVault test)
    {
        Closure closure = Of(test);
        Assert.Empty(closure.Completed.Intersect(closure.Keys));
    }

    private void Keep(KeyTable table, long key, byte[] blob)
    {
        if (blob.Length == 0 || !seen.Add($"{table} {key} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(blob))}"))
            return;
        if (!blobs.TryGetValue((table, key), out List<byte[]>? list))
            blobs.Add((table, key), list = []);
        list.Add(blob);
    }

    private void Read(Crown crown)
    {
        uint tail = (crown.NextSlot - 1) / KeyPage.EntriesPerLeaf;
        ReadLeaf(crown, tail, crown.DangerousTailLeafKey);
        for (uint number = 0; number < crown.BranchCount; number++)
            foreach (KeyPage branch in Pages(crown, PageKind.Branch, KeyTable.Branch, number, crown.DangerousBranchKey(number)))
                using (branch)
                    for (uint leaf = 0; leaf <= tail; leaf++)
                        if (KeyPage.BranchOf(leaf) == number)
                            ReadLeaf(crown, leaf, branch.DangerousChildKey(leaf));
    }

    private void ReadLeaf(Crown crown, uint number, ReadOnlySpan<byte> key)
    {
        foreach (KeyPage leaf in Pages(crown, PageKind.Leaf, KeyTable.Leaf, number, key))
        {
            using (leaf)
            {
                for (uint slot = (number * KeyPage.EntriesPerLeaf) + 1; slot <= (number + 1) * KeyPage.EntriesPerLeaf; slot++)
                {
                    KeyEntry entry = leaf.Entry(slot);
                    if (entry.IsEmpty || !entry.IsLiving)
                        continue;
                    var commitment = new byte[32];
                    Commitments.Key(entry.TemplateKey, commitment);
                    keys.Add(Convert.ToHexStringLower(commitment));
                }
            }
        }
    }

    private List<KeyPage> Pages(Crown crown, PageKind kind, KeyTable table, uint number, ReadOnlySpan<byte> key)
    {
        var opened = new List<KeyPage>();
        if (!key.ContainsAnyExcept((byte)0))
            return opened;
        foreach (byte[] blob in blobs.GetValueOrDefault((table, (long)number)) ?? [])
        {
            var page = new KeyPage(kind, number);
            if (page.TryOpen(new PageKey(key), crown.VaultId, blob))
                opened.Add(page);
            else
                page.Dispose();
        }

        return opened;
    }

    /// <summary>What the primary's ledger, as it stands now, calls removed and completed.</summary>
    private void ReadLedger(Crown crown, KeyStoreImage primary)
    {
        var removedAt = new Dictionary<long, string>();
        foreach ((long first, byte[] row) in primary[KeyTable.Ledger].Range(0, long.MaxValue))
        {
            string[] lines = System.Text.Encoding.UTF8.GetString(LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, row)).TrimEnd('\n').Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                LedgerEntry entry = LedgerEntry.Parse(System.Text.Encoding.UTF8.GetBytes(lines[i]));
                if (entry.Kind == LedgerEntryKind.KeyRemoved)
                    removedAt[first + i] = entry.Key!;
                else if (entry.Kind == LedgerEntryKind.DestructionCompleted)
                    completed.Add(removedAt[entry.Removed!.Value]);
            }
        }
    }
}
