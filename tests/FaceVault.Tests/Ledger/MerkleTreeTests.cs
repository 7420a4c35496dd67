using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

[Trait("Claim", "E7")]
public sealed class MerkleTreeTests
{
    private const int LargestTree = 260;
    private const int LargestPair = 130;

    // The eight leaves and roots of the Certificate Transparency test suite (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc).
    private static readonly string[] KnownLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] KnownRoots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static byte[][] Entries(int count) => [.. Enumerable.Range(0, count).Select(i => BitConverter.GetBytes(i * 7919))];

    private static MerkleLog LogOf(byte[][] entries)
    {
        var log = new MerkleLog();
        foreach (byte[] entry in entries)
            log.Append(MerkleHash.OfEntry(entry));
        return log;
    }

    private static void AssertSame(List<byte[]> expected, IReadOnlyList<MerkleHash> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Assert.Equal(new MerkleHash(expected[i]), actual[i]);
    }

    [Fact]
    public void The_empty_root_is_the_hash_of_nothing() =>
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MerkleHash.OfNothing.ToHex());

    [Fact]
    public void Roots_of_the_published_leaves_are_the_published_roots()
    {
        var log = new MerkleLog();
        var frontier = new MerkleFrontier();
        for (int i = 0; i < KnownLeaves.Length; i++)
        {
            MerkleHash leaf = MerkleHash.OfEntry(Convert.FromHexString(KnownLeaves[i]));
            log.Append(leaf);
            frontier.Append(leaf);
            Assert.Equal(KnownRoots[i], log.Root(i + 1).ToHex());
            Assert.Equal(KnownRoots[i], frontier.Root().ToHex());
        }
    }

    [Fact]
    public void Every_inclusion_proof_of_every_tree_to_260_leaves_is_the_one_of_the_standard_and_holds()
    {
        byte[][] entries = Entries(LargestTree);
        MerkleLog log = LogOf(entries);
        var naive = new NaiveTree(entries);
        var frontier = new MerkleFrontier();
        for (int size = 1; size <= LargestTree; size++)
        {
            frontier.Append(MerkleHash.OfEntry(entries[size - 1]));
            MerkleHash root = new(naive.Root(0, size));
            Assert.Equal(root, log.Root(size));
            Assert.Equal(root, frontier.Root());
            for (int index = 0; index < size; index++)
            {
                InclusionProof proof = log.ProveInclusion(index, size);
                AssertSame(naive.Path(index, size), proof.Hashes);
                Assert.True(proof.Check(MerkleHash.OfEntry(entries[index]), size, root));
            }
        }
    }

    [Fact]
    public void An_inclusion_proof_holds_for_nothing_but_its_leaf_index_size_and_root()
    {
        byte[][] entries = Entries(40);
        MerkleLog log = LogOf(entries);
        for (int size = 1; size <= 40; size++)
        {
            for (int index = 0; index < size; index++)
            {
                InclusionProof proof = log.ProveInclusion(index, size);
                MerkleHash leaf = MerkleHash.OfEntry(entries[index]);
                MerkleHash root = log.Root(size);
                Assert.False(proof.Check(MerkleHash.OfEntry(entries[(index + 1) % 40]), size, root));
                Assert.False(proof.Check(leaf, size, log.Root((size % 40) + 1)));
                Assert.False(proof.Check(leaf, index, root));
                MerkleHash[] hashes = [.. proof.Hashes];
                Assert.False(new InclusionProof(index, [.. hashes, root]).Check(leaf, size, root));
                for (int other = 0; other < size; other++)
                    Assert.Equal(other == index, new InclusionProof(other, hashes.AsSpan()).Check(leaf, size, root));
                if (hashes.Length > 0)
                    Assert.False(new InclusionProof(index, hashes.AsSpan(1)).Check(leaf, size, root));
                for (int i = 0; i < hashes.Length; i++)
                {
                    MerkleHash[] changed = [.. hashes];
                    changed[i] = leaf == changed[i] ? root : leaf;
                    Assert.False(new InclusionProof(index, changed.AsSpan()).Check(leaf, size, root));
                }
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_of_every_pair_to_130_leaves_is_the_one_of_the_standard_and_holds()
    {
        byte[][] entries = Entries(LargestPair);
        MerkleLog log = LogOf(entries);
        var naive = new NaiveTree(entries);
        for (int size = 1; size <= LargestPair; size++)
        {
            for (int old = 1; old <= size; old++)
            {
                ConsistencyProof proof = log.ProveConsistency(old, size);
                AssertSame(naive.Consistency(old, size), proof.Hashes);
                Assert.True(proof.Check(log.Root(old), size, log.Root(size)));
            }
        }
    }

    [Fact]
    public void A_consistency_proof_holds_for_nothing_but_its_two_trees()
    {
        const int count = 32;
        byte[][] entries = Entries(count);
        MerkleLog log = LogOf(entries);
        entries[3] = [1];
        MerkleLog fork = LogOf(entries);
        for (int size = 4; size <= count; size++)
        {
            for (int old = 4; old <= size; old++)
            {
                ConsistencyProof proof = log.ProveConsistency(old, size);
                Assert.False(proof.Check(fork.Root(old), size, log.Root(size)));
                Assert.False(proof.Check(log.Root(old), size, fork.Root(size)));
                Assert.False(proof.Check(log.Root(old - 1), size, log.Root(size)));
                Assert.False(proof.Check(log.Root(old), old - 1, log.Root(size)));
                Assert.False(new ConsistencyProof(old, [.. proof.Hashes, log.Root(size)]).Check(log.Root(old), size, log.Root(size)));
                for (int i = 0; i < proof.Hashes.Count; i++)
                {
                    MerkleHash[] changed = [.. proof.Hashes];
                    changed[i] = new MerkleHash(new byte[32]);
                    Assert.False(new ConsistencyProof(old, changed.AsSpan()).Check(log.Root(old), size, log.Root(size)));
                    Assert.False(new ConsistencyProof(old, changed.AsSpan(0, changed.Length - 1)).Check(log.Root(old), size, log.Root(size)));
                }
            }
        }
    }

    [Fact]
    public void Nothing_is_the_beginning_of_every_tree()
    {
        MerkleLog log = LogOf(Entries(5));
        Assert.True(log.ProveConsistency(0, 5).Check(MerkleHash.OfNothing, 5, log.Root(5)));
        Assert.True(log.ProveConsistency(0, 0).Check(MerkleHash.OfNothing, 0, MerkleHash.OfNothing));
        Assert.False(log.ProveConsistency(0, 5).Check(log.Root(1), 5, log.Root(5)));
        Assert.False(new ConsistencyProof(0, [log.Root(1)]).Check(MerkleHash.OfNothing, 5, log.Root(5)));
    }

    [Fact]
    public void A_frontier_read_back_goes_on_like_the_one_written()
    {
        byte[][] entries = Entries(130);
        var frontier = new MerkleFrontier();
        MerkleLog log = LogOf(entries);
        foreach (byte[] entry in entries)
        {
            var bytes = new byte[frontier.WrittenSize];
            Assert.Equal(bytes.Length, frontier.Write(bytes));
            MerkleFrontier clone = frontier.Clone();
            frontier = MerkleFrontier.Read(bytes, frontier.Size);
            frontier.Append(MerkleHash.OfEntry(entry));
            Assert.Equal(log.Root(frontier.Size), frontier.Root());
            Assert.Equal(frontier.Size - 1, clone.Size);
            Assert.Equal(clone.Size == 0 ? MerkleHash.OfNothing : log.Root(clone.Size), clone.Root());
        }
    }

    [Fact]
    public void A_frontier_of_another_size_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleFrontier.Read(new byte[32], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleFrontier.Read([], -1));
    }

    [Fact]
    public void Large_trees_agree_with_the_frontier_and_prove_their_leaves()
    {
        const int count = 70_000;
        var log = new MerkleLog();
        var frontier = new MerkleFrontier();
        var leaves = new MerkleHash[count];
        for (int i = 0; i < count; i++)
            leaves[i] = MerkleHash.OfEntry(BitConverter.GetBytes(i));
        log.Append(leaves);
        foreach (MerkleHash leaf in leaves)
            frontier.Append(leaf);
        Assert.Equal(frontier.Root(), log.Root(count));
        Assert.Equal(frontier.Root(), MerkleHash.OfTree(leaves));
        for (int i = 0; i < count; i += 997)
            Assert.True(log.ProveInclusion(i, count).Check(leaves[i], count, frontier.Root()));
        Assert.True(log.ProveConsistency(65_537, count).Check(log.Root(65_537), count, frontier.Root()));
    }

    [Fact]
    public void Sizes_and_indices_that_do_not_exist_are_refused()
    {
        MerkleLog log = LogOf(Entries(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Root(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Root(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ProveInclusion(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ProveInclusion(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ProveConsistency(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Leaf(3));
    }
}
