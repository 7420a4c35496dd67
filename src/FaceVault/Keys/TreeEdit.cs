using FaceVault.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Keys;

/// <summary>The pages a commit changes, opened once each. Sealing gives every one of them a new key, up to the crown.</summary>
/// <remarks>
/// Works on the commit's own clone of the crown. The tail leaf's key goes to the crown until the leaf is full, so a single grant writes one page and the
/// crown; a page left empty is pruned. Dropped without sealing, nothing has happened.
/// </remarks>
internal sealed class TreeEdit(IKeyStoreReader reader, Crown crown) : IDisposable
{
    private readonly SortedDictionary<uint, KeyPage> leaves = [];
    private readonly SortedDictionary<uint, KeyPage> branches = [];
    private readonly uint firstTail = (crown.NextSlot - 1) / KeyPage.EntriesPerLeaf;

    /// <summary>The entry of a slot, writable; its leaf is written by this commit.</summary>
    public KeyEntry Entry(uint slot)
    {
        uint number = KeyPage.LeafOf(slot);
        if (!leaves.TryGetValue(number, out KeyPage? leaf))
            leaves.Add(number, leaf = OpenLeaf(number));
        return leaf.Entry(slot);
    }

    /// <summary>Gives out the next slot, empty; its leaf is written by this commit.</summary>
    public uint Allocate()
    {
        if (crown.NextSlot == uint.MaxValue - 1)
            throw Error.CapacityExceeded();
        uint slot = crown.NextSlot;
        _ = Entry(slot);
        crown.NextSlot = slot + 1;
        return slot;
    }

    /// <summary>Seals every opened page under a new key and puts the keys into their parents, up to the crown's clone.</summary>
    public void Seal(List<KeyWrite> writes)
    {
        // The former tail is full now, or passed by: its key moves from the crown to its branch.
        if (!crown.IsTail(firstTail) && !leaves.ContainsKey(firstTail) && crown.DangerousTailLeafKey.ContainsAnyExcept((byte)0))
            leaves.Add(firstTail, OpenLeaf(firstTail));
        if (!crown.IsTail(firstTail))
            crown.DangerousTailLeafKey.Clear();

        foreach ((uint number, KeyPage leaf) in leaves)
        {
            Span<byte> key = crown.IsTail(number) ? crown.DangerousTailLeafKey : Branch(KeyPage.BranchOf(number)).DangerousChildKey(number);
            writes.Add(Seal(leaf, KeyTable.Leaf, key));
        }

        foreach ((uint number, KeyPage branch) in branches)
            writes.Add(Seal(branch, KeyTable.Branch, crown.DangerousBranchKey(number)));
    }

    public void Dispose()
    {
        foreach (KeyPage page in leaves.Values.Concat(branches.Values))
            page.Dispose();
    }

    private KeyWrite Seal(KeyPage page, KeyTable table, Span<byte> key)
    {
        if (page.IsEmpty)
        {
            key.Clear();
            return new KeyWrite(table, page.Number, default);
        }

        SecureRandom.Fill(key);
        return new KeyWrite(table, page.Number, page.Seal(new PageKey(key), crown.VaultId));
    }

    private KeyPage OpenLeaf(uint number)
    {
        ReadOnlySpan<byte> key = number == firstTail ? crown.DangerousTailLeafKey
            : number > firstTail ? default
            : Branch(KeyPage.BranchOf(number)).DangerousChildKey(number);
        return TreeCursor.OpenPage(reader, crown.VaultId, PageKind.Leaf, number, KeyTable.Leaf, key) ?? new KeyPage(PageKind.Leaf, number);
    }

    private KeyPage Branch(uint number)
    {
        if (!branches.TryGetValue(number, out KeyPage? branch))
        {
            branch = TreeCursor.OpenPage(reader, crown.VaultId, PageKind.Branch, number, KeyTable.Branch, crown.DangerousBranchKey(number))
                ?? new KeyPage(PageKind.Branch, number);
            branches.Add(number, branch);
        }

        return branch;
    }
}
