using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Keys;

/// <summary>The tree of fixed shape: crown, branches, leaves, at every size where it changes its shape.</summary>
public sealed class KeyTreeTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(63, 1, 0)]
    [InlineData(64, 1, 1)]
    [InlineData(65, 2, 1)]
    [InlineData(128, 2, 1)]
    [InlineData(16_127, 252, 1)]
    [InlineData(16_128, 252, 1)]
    [InlineData(16_129, 253, 1)]
    [InlineData(16_192, 253, 2)]
    public void Every_slot_is_found_again_and_the_tree_has_the_pages_it_must(int slots, int leaves, int branches)
    {
        using var bed = new TreeBed();
        bed.Grant(Math.Max(0, slots - 1));
        if (slots > 0)
            bed.Grant(1);
        SortedDictionary<uint, uint> found = bed.Walk();
        Assert.Equal(slots, found.Count);
        Assert.All(found, row => Assert.Equal(row.Key, row.Value));
        Assert.Equal(leaves, bed.Rows().Count(r => r.Table == KeyTable.Leaf));
        Assert.Equal(branches, bed.Rows().Count(r => r.Table == KeyTable.Branch));
        Assert.Equal(bed.Rows(), bed.PageKeys().Keys.ToHashSet());
        using var cursor = new TreeCursor(bed.Store, bed.Crown);
        Assert.False(cursor.TryGet(0, out _));
        Assert.False(cursor.TryGet((uint)slots + 1, out _));
        Assert.False(cursor.TryGet(uint.MaxValue, out _));
        if (slots > 0)
        {
            Assert.True(cursor.TryGet((uint)slots, out KeyEntry last));
            Assert.Equal(~(uint)slots, last.UseEnds);
        }
    }

    [Fact]
    public void A_million_consents_have_15625_leaves_63_branches_and_a_crown_of_4_KiB()
    {
        using var bed = new TreeBed();
        for (int granted = 0; granted < 1_000_000; granted += 100_000)
            bed.Grant(100_000);
        Assert.Equal(15_625, bed.Store.Scan(KeyTable.Leaf).Count());
        Assert.Equal(63, bed.Store.Scan(KeyTable.Branch).Count());
        Assert.Equal(4096, bed.Store.Read(KeyTable.Crown, 0)!.Length);
        long visited = 0;
        using Crown crown = bed.Reopen();
        using var cursor = new TreeCursor(bed.Store, crown);
        cursor.Walk((slot, entry) => visited += entry.Given == slot && entry.UseEnds == ~slot && entry.IsLiving ? 1 : 0);
        Assert.Equal(1_000_000, visited);
        IReadOnlyList<KeyWrite> one = bed.Grant(1);
        Assert.Equal([(KeyTable.Leaf, 15_625L)], one.Select(w => (w.Table, w.Key)));
        IReadOnlyList<KeyWrite> middle = bed.Commit(edit => edit.Entry(500_000).Shred());
        Assert.Equal([(KeyTable.Leaf, 7_812L), (KeyTable.Branch, 31L)], middle.Select(w => (w.Table, w.Key)));
    }

    [Fact]
    public void A_single_grant_writes_one_leaf_and_keeps_its_key_in_the_crown()
    {
        using var bed = new TreeBed();
        for (int slot = 1; slot <= 130; slot++)
        {
            IReadOnlyList<KeyWrite> pages = bed.Grant(1);
            bool isFull = slot % 64 == 0;
            Assert.Equal(isFull ? 2 : 1, pages.Count);
            Assert.Equal((KeyTable.Leaf, (long)((slot - 1) / 64)), (pages[0].Table, pages[0].Key));
            Assert.Equal(!isFull, bed.Crown.DangerousTailLeafKey.ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Every_page_that_is_written_gets_a_new_key_and_no_other_page_does()
    {
        using var bed = new TreeBed();
        var random = new Random(5);
        bed.Grant(16_200);
        var everUsed = new HashSet<string>(bed.PageKeys().Values);
        for (int commit = 0; commit < 40; commit++)
        {
            Dictionary<(KeyTable, long), string> before = bed.PageKeys();
            Dictionary<(KeyTable, long), byte[]> blobs = before.Keys.ToDictionary(k => k, k => bed.Store.Read(k.Item1, k.Item2)!);
            IReadOnlyList<KeyWrite> pages = bed.Commit(edit =>
            {
                for (int i = 0; i < random.Next(1, 4); i++)
                    edit.Entry((uint)random.Next(1, (int)bed.Crown.NextSlot)).Live++;
                for (int i = 0; i < random.Next(0, 40); i++)
                    TreeBed.Mark(edit, edit.Allocate());
            });
            Dictionary<(KeyTable, long), string> after = bed.PageKeys();
            HashSet<(KeyTable, long)> written = [.. pages.Select(w => (w.Table, w.Key))];
            foreach (((KeyTable Table, long Number) page, string key) in after)
            {
                if (written.Contains(page))
                    Assert.True(everUsed.Add(key), $"{page} has a key that was used before");
                else
                    Assert.Equal(before[page], key);
            }

            // An old page cannot be slipped back in.
            KeyWrite leaf = pages.First(p => p.Table == KeyTable.Leaf && blobs.ContainsKey((p.Table, p.Key)));
            bed.Location.Tamper(KeyTable.Leaf, leaf.Key, blobs[(KeyTable.Leaf, leaf.Key)]);
            VaultException refusal = Assert.Throws<VaultException>(() => bed.Walk());
            Assert.Equal(VaultErrorCode.StoreDamaged, refusal.Code);
            bed.Location.Tamper(KeyTable.Leaf, leaf.Key, leaf.Blob.ToArray());
        }

        Assert.Equal((int)bed.Crown.NextSlot - 1, bed.Walk().Count);
    }

    [Fact]
    public void A_page_left_empty_is_pruned_with_its_key_and_an_empty_branch_with_its_own()
    {
        using var bed = new TreeBed();
        bed.Grant(16_129 + 64);
        IReadOnlyList<KeyWrite> pages = bed.Commit(edit => Clear(edit, 65, 128));
        Assert.Equal([(KeyTable.Leaf, 1L, true), (KeyTable.Branch, 0L, false)], pages.Select(w => (w.Table, w.Key, w.Blob.IsEmpty)));
        Assert.DoesNotContain((KeyTable.Leaf, 1L), bed.Rows());
        Assert.Equal(bed.Rows(), bed.PageKeys().Keys.ToHashSet());
        using (var cursor = new TreeCursor(bed.Store, bed.Crown))
            Assert.False(cursor.TryGet(70, out _));

        bed.Commit(edit =>
        {
            Clear(edit, 1, 64);
            Clear(edit, 129, 16_128);
        });
        Assert.Equal([(KeyTable.Leaf, 252L), (KeyTable.Leaf, 253L), (KeyTable.Branch, 1L)], bed.Rows());
        Assert.Equal(new byte[32], bed.Crown.DangerousBranchKey(0));
        Assert.Equal(Enumerable.Range(16_129, 65).Select(i => (uint)i), bed.Walk().Keys);

        // The tail, emptied, has no key either; the next grant begins it anew.
        bed.Commit(edit => Clear(edit, 16_193, 16_193));
        Assert.DoesNotContain((KeyTable.Leaf, 253L), bed.Rows());
        Assert.Equal(new byte[32], bed.Crown.DangerousTailLeafKey);
        bed.Grant(1);
        Assert.Equal(65, bed.Walk().Count);
        Assert.Contains(16_194u, bed.Walk().Keys);
    }

    [Fact]
    public void A_pruned_leaf_takes_no_slot_again()
    {
        using var bed = new TreeBed();
        bed.Grant(64);
        bed.Commit(edit => Clear(edit, 1, 64));
        Assert.Empty(bed.Rows());
        bed.Grant(1);
        Assert.Equal([65u], bed.Walk().Keys);
    }

    [Fact]
    public void Any_history_of_commits_leaves_what_it_says()
    {
        for (int seed = 0; seed < Deep.Runs(20); seed++)
        {
            var random = new Random(seed);
            using var bed = new TreeBed();
            var model = new SortedDictionary<uint, uint>();
            for (int commit = 0; commit < 25; commit++)
            {
                bed.Commit(edit =>
                {
                    for (int i = random.Next(0, 3) == 0 ? random.Next(0, 200) : random.Next(0, 3); i > 0; i--)
                    {
                        uint slot = edit.Allocate();
                        TreeBed.Mark(edit, slot);
                        model[slot] = slot;
                    }

                    foreach (uint slot in model.Keys.Where(_ => random.Next(0, 6) == 0).ToArray())
                    {
                        if (random.Next(0, 2) == 0)
                        {
                            edit.Entry(slot).Clear();
                            model.Remove(slot);
                        }
                        else
                        {
                            KeyEntry entry = edit.Entry(slot);
                            entry.Given = model[slot] = (uint)random.Next(1, int.MaxValue);
                        }
                    }
                });
                Assert.Equal(model, bed.Walk());
                Assert.Equal(bed.Rows(), bed.PageKeys().Keys.ToHashSet());
                uint from = (uint)random.Next(1, (int)bed.Crown.NextSlot + 2);
                Assert.Equal(model.Where(m => m.Key >= from), bed.Walk(from));
            }
        }
    }

    [Fact]
    public void An_edit_that_is_dropped_has_changed_nothing()
    {
        using var bed = new TreeBed();
        bed.Grant(70);
        Dictionary<(KeyTable, long), string> keys = bed.PageKeys();
        using (Crown draft = bed.Crown.Clone())
        using (var edit = new TreeEdit(bed.Store, draft))
        {
            edit.Entry(3).Clear();
            edit.Allocate();
            edit.Seal([]);
        }

        Assert.Equal(keys, bed.PageKeys());
        Assert.Equal(71u, bed.Crown.NextSlot);
        Assert.Equal(70, bed.Walk().Count);
    }

    [Fact]
    public void A_missing_page_is_damage_and_not_an_empty_one()
    {
        using var bed = new TreeBed();
        bed.Grant(130);
        foreach ((KeyTable table, long number) in bed.Rows())
        {
            byte[] blob = bed.Store.Read(table, number)!;
            bed.Location.Tamper(table, number, null);
            VaultException refusal = Assert.Throws<VaultException>(() => bed.Walk());
            Assert.Equal(VaultErrorCode.StoreDamaged, refusal.Code);
            bed.Location.Tamper(table, number, blob);
        }

        Assert.Equal(130, bed.Walk().Count);
    }

    private static void Clear(TreeEdit edit, uint from, uint to)
    {
        for (uint slot = from; slot <= to; slot++)
            edit.Entry(slot).Clear();
    }
}
