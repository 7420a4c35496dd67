using System.Numerics;

namespace FaceVault.Ledger;

/// <summary>What is needed to go on appending to a tree: the roots of its perfect subtrees, from left (largest) to right; as many as the size has one bits.</summary>
/// <remarks>Written as these hashes, 32 bytes each, at most 63: the size stands beside them. Not thread-safe.</remarks>
internal sealed class MerkleFrontier
{
    private readonly MerkleHash[] roots = new MerkleHash[63];

    public long Size { get; private set; }

    public int WrittenSize => BitOperations.PopCount((ulong)Size) * MerkleHash.Size;

    public static int WrittenSizeOf(long size) => BitOperations.PopCount((ulong)size) * MerkleHash.Size;

    public void Append(in MerkleHash leaf)
    {
        int count = BitOperations.PopCount((ulong)Size);
        MerkleHash hash = leaf;
        for (long rest = Size; (rest & 1) == 1; rest >>= 1)
            hash = MerkleHash.OfNode(roots[--count], hash);
        roots[count] = hash;
        Size = checked(Size + 1);
    }

    public MerkleHash Root()
    {
        int count = BitOperations.PopCount((ulong)Size);
        if (count == 0)
            return MerkleHash.OfNothing;
        MerkleHash root = roots[--count];
        while (count > 0)
            root = MerkleHash.OfNode(roots[--count], root);
        return root;
    }

    /// <summary>Writes <see cref="WrittenSize"/> bytes and answers how many.</summary>
    public int Write(Span<byte> destination)
    {
        int count = BitOperations.PopCount((ulong)Size);
        for (int i = 0; i < count; i++)
            roots[i].CopyTo(destination[(i * MerkleHash.Size)..]);
        return count * MerkleHash.Size;
    }

    /// <summary>Reads what <see cref="Write"/> wrote for a tree of this size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or does not go with the number of bytes.</exception>
    public static MerkleFrontier Read(ReadOnlySpan<byte> source, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, WrittenSizeOf(size), nameof(source));
        var frontier = new MerkleFrontier { Size = size };
        for (int i = 0; i < source.Length / MerkleHash.Size; i++)
            frontier.roots[i] = new MerkleHash(source.Slice(i * MerkleHash.Size, MerkleHash.Size));
        return frontier;
    }

    public MerkleFrontier Clone()
    {
        var clone = new MerkleFrontier { Size = Size };
        roots.CopyTo(clone.roots, 0);
        return clone;
    }
}
