using System.Numerics;

namespace FaceVault.Ledger;

/// <summary>All leaf and interior hashes of a growing tree in memory (64 bytes a leaf), so that a proof is a walk without hashing.</summary>
/// <remarks>One writer appends while any number of readers ask about sizes that they have seen in <see cref="Size"/>.</remarks>
internal sealed class MerkleLog
{
    private const int ChunkBits = 11;
    private const int ChunkSize = 1 << ChunkBits;

    // levels[k] holds the roots of the perfect subtrees of 2^k leaves in chunks; a directory that grows is replaced, never changed under a reader.
    private readonly MerkleHash[][][] levels = new MerkleHash[63][][];
    private Spine? lastSpine;
    private long size;

    public MerkleLog() => Array.Fill(levels, []);

    public long Size => Volatile.Read(ref size);

    public void Append(in MerkleHash leaf)
    {
        MerkleHash hash = leaf;
        long index = size;
        int level = 0;
        Set(level, index, hash);
        for (; (index & 1) == 1; index >>= 1)
        {
            hash = MerkleHash.OfNode(At(level, index - 1), hash);
            Set(++level, index >> 1, hash);
        }
        Volatile.Write(ref size, checked(size + 1));
    }

    public void Append(ReadOnlySpan<MerkleHash> leaves)
    {
        foreach (ref readonly MerkleHash leaf in leaves)
            Append(leaf);
    }

    public MerkleHash Leaf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return At(0, index);
    }

    public MerkleHash Root(long ofSize) => ofSize == 0 ? MerkleHash.OfNothing : SpineOf(ofSize).Suffixes[0];

    /// <summary>The path of one leaf in the tree of the first <paramref name="inSize"/> leaves. About 18 lookups in a tree of 10⁵.</summary>
    public InclusionProof ProveInclusion(long index, long inSize)
    {
        Spine spine = SpineOf(inSize);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, inSize);
        int part = 0;
        while (index >= spine.Starts[part] + (1L << spine.Levels[part]))
            part++;
        int height = spine.Levels[part];
        bool isLast = part == spine.Levels.Length - 1;
        var hashes = new MerkleHash[height + (isLast ? 0 : 1) + part];
        long node = index;
        for (int level = 0; level < height; level++, node >>= 1)
            hashes[level] = At(level, node ^ 1);
        int count = height;
        if (!isLast)
            hashes[count++] = spine.Suffixes[part + 1];
        while (--part >= 0)
            hashes[count++] = At(spine.Levels[part], spine.Starts[part] >> spine.Levels[part]);
        return new InclusionProof(index, hashes);
    }

    /// <summary>That the first <paramref name="oldSize"/> leaves of the tree of <paramref name="newSize"/> are the old tree (RFC 6962 §2.1.2).</summary>
    public ConsistencyProof ProveConsistency(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newSize, Size);
        var hashes = new List<MerkleHash>();
        if (oldSize > 0 && oldSize < newSize)
            ProveSubtree(oldSize, 0, newSize, isOldRoot: true, hashes);
        return new ConsistencyProof(oldSize, [.. hashes]);
    }

    private void ProveSubtree(long oldEnd, long start, long end, bool isOldRoot, List<MerkleHash> hashes)
    {
        if (oldEnd == end)
        {
            if (!isOldRoot)
                hashes.Add(RangeRoot(start, end));
            return;
        }
        long middle = start + LargestPowerBelow(end - start);
        if (oldEnd <= middle)
        {
            ProveSubtree(oldEnd, start, middle, isOldRoot, hashes);
            hashes.Add(RangeRoot(middle, end));
        }
        else
        {
            ProveSubtree(oldEnd, middle, end, isOldRoot: false, hashes);
            hashes.Add(RangeRoot(start, middle));
        }
    }

    private MerkleHash RangeRoot(long start, long end)
    {
        long length = end - start;
        if (BitOperations.IsPow2(length))
        {
            int level = BitOperations.TrailingZeroCount(length);
            return At(level, start >> level);
        }
        long middle = start + LargestPowerBelow(length);
        return MerkleHash.OfNode(RangeRoot(start, middle), RangeRoot(middle, end));
    }

    private static long LargestPowerBelow(long length) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(length - 1)));

    private Spine SpineOf(long ofSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ofSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ofSize, Size);
        Spine? known = Volatile.Read(ref lastSpine);
        if (known?.Size == ofSize)
            return known;
        int count = BitOperations.PopCount((ulong)ofSize);
        var spine = new Spine(ofSize, new long[count], new int[count], new MerkleHash[count]);
        long start = 0;
        for (int i = 0; i < count; i++)
        {
            int level = 63 - BitOperations.LeadingZeroCount((ulong)(ofSize - start));
            (spine.Starts[i], spine.Levels[i]) = (start, level);
            start += 1L << level;
        }
        for (int i = count - 1; i >= 0; i--)
        {
            MerkleHash root = At(spine.Levels[i], spine.Starts[i] >> spine.Levels[i]);
            spine.Suffixes[i] = i == count - 1 ? root : MerkleHash.OfNode(root, spine.Suffixes[i + 1]);
        }
        Volatile.Write(ref lastSpine, spine);
        return spine;
    }

    private ref readonly MerkleHash At(int level, long index) => ref Volatile.Read(ref levels[level])[index >> ChunkBits][index & (ChunkSize - 1)];

    private void Set(int level, long index, in MerkleHash hash)
    {
        MerkleHash[][] directory = levels[level];
        int chunk = checked((int)(index >> ChunkBits));
        if (chunk >= directory.Length || directory[chunk] is null)
        {
            if (chunk >= directory.Length)
                Array.Resize(ref directory, Math.Max(4, directory.Length * 2));
            directory[chunk] = new MerkleHash[ChunkSize];
            Volatile.Write(ref levels[level], directory);
        }
        directory[chunk][index & (ChunkSize - 1)] = hash;
    }

    /// <summary>The perfect subtrees of a tree of one size, and the roots of what lies from each to the end.</summary>
    private sealed record Spine(long Size, long[] Starts, int[] Levels, MerkleHash[] Suffixes);
}
