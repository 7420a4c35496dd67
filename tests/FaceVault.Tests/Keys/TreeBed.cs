using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Keys;

/// <summary>A key tree over a store in memory, committed as the vault does it and without the vault around it.</summary>
internal sealed class TreeBed : IDisposable
{
    private readonly SecretKey root = SecretKey.Random();
    private byte[] sealedCrown = [];

    public TreeBed() => Store = Location.Create(SecureRandom.Bytes(16));

    public InMemoryKeyStoreLocation Location { get; } = new();

    public IKeyStore Store { get; }

    public Crown Crown { get; private set; } = new() { VaultId = SecureRandom.Bytes(16) };

    /// <summary>Changes the tree in one commit and answers the pages it wrote, in the order in which they were sealed.</summary>
    public IReadOnlyList<KeyWrite> Commit(Action<TreeEdit> change)
    {
        Crown next = Crown.Clone();
        next.Commit++;
        var writes = new List<KeyWrite>();
        using (var edit = new TreeEdit(Store, next))
        {
            change(edit);
            edit.Seal(writes);
        }

        List<KeyWrite> pages = [.. writes];
        byte[] blob = CrownCodec.Seal(next, root.AsRootKey());
        writes.Add(new KeyWrite(KeyTable.Crown, 0, blob));
        Assert.True(Store.Commit(sealedCrown, writes, new StoreNumbers(next.Epoch, next.Commit)));
        sealedCrown = blob;
        Crown.Dispose();
        Crown = next;
        return pages;
    }

    /// <summary>Grants slots; each entry carries its slot's number in several fields.</summary>
    public IReadOnlyList<KeyWrite> Grant(int count) => Commit(edit =>
    {
        for (int i = 0; i < count; i++)
            Mark(edit, edit.Allocate());
    });

    public static void Mark(TreeEdit edit, uint slot)
    {
        KeyEntry entry = edit.Entry(slot);
        SecureRandom.Fill(entry.DangerousTemplateKey);
        SecureRandom.Fill(entry.DangerousEvidenceKey);
        entry.State = SlotState.Active;
        entry.Given = slot;
        entry.UseEnds = ~slot;
    }

    /// <summary>Opens the stored crown anew and walks the whole tree from it: slot and what its entry says.</summary>
    public SortedDictionary<uint, uint> Walk(uint from = 1)
    {
        var found = new SortedDictionary<uint, uint>();
        using Crown opened = Reopen();
        using IKeyStoreReader reader = Location.OpenReader();
        using var cursor = new TreeCursor(reader, opened);
        cursor.Walk((slot, entry) => found.Add(slot, entry.Given), from);
        return found;
    }

    public Crown Reopen() => CrownCodec.TryOpen(Store.Read(KeyTable.Crown, 0), root.AsRootKey(), Crown.VaultId)!;

    /// <summary>The key of every page that has one, as its parent holds it.</summary>
    public Dictionary<(KeyTable Table, long Number), string> PageKeys()
    {
        var keys = new Dictionary<(KeyTable, long), string>();
        for (uint branch = 0; branch < Crown.BranchCount; branch++)
        {
            using KeyPage? page = TreeCursor.OpenPage(Store, Crown.VaultId, PageKind.Branch, branch, KeyTable.Branch, Crown.DangerousBranchKey(branch));
            if (page is null)
                continue;
            keys.Add((KeyTable.Branch, branch), Convert.ToHexString(Crown.DangerousBranchKey(branch)));
            for (uint leaf = branch * KeyPage.ChildrenPerBranch; leaf < (branch + 1) * KeyPage.ChildrenPerBranch; leaf++)
                if (page.DangerousChildKey(leaf).ContainsAnyExcept((byte)0))
                    keys.Add((KeyTable.Leaf, leaf), Convert.ToHexString(page.DangerousChildKey(leaf)));
        }

        if (Crown.DangerousTailLeafKey.ContainsAnyExcept((byte)0))
            keys.Add((KeyTable.Leaf, (Crown.NextSlot - 1) / KeyPage.EntriesPerLeaf), Convert.ToHexString(Crown.DangerousTailLeafKey));
        return keys;
    }

    /// <summary>Every stored page.</summary>
    public HashSet<(KeyTable Table, long Number)> Rows() =>
        [.. Store.Scan(KeyTable.Leaf).Select(r => (KeyTable.Leaf, r.Key)), .. Store.Scan(KeyTable.Branch).Select(r => (KeyTable.Branch, r.Key))];

    public void Dispose()
    {
        Crown.Dispose();
        Store.Dispose();
        root.Dispose();
    }
}
