using System.Security.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The Merkle tree hash of RFC 6962 §2.1: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), the left child of n leaves holding the largest power of two below n.</summary>
/// <remarks>Pure and thread-safe. Example: the root of no leaves is <c>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</c>.</remarks>
public static class MerkleTree
{
    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static MerkleHash EmptyRoot { get; } = new(SHA256.HashData(ReadOnlySpan<byte>.Empty));

    /// <summary>The hash of one entry.</summary>
    /// <param name="entry">The entry's bytes, exactly as they are kept; of any length.</param>
    public static MerkleHash LeafHash(ReadOnlySpan<byte> entry)
    {
        Span<byte> input = entry.Length <= 1024 ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        input[0] = 0x00;
        entry.CopyTo(input[1..]);
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        SHA256.HashData(input, hash);
        return new MerkleHash(hash);
    }

    /// <summary>The hash of two children.</summary>
    public static MerkleHash NodeHash(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * MerkleHash.Size)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + MerkleHash.Size)..]);
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        SHA256.HashData(input, hash);
        return new MerkleHash(hash);
    }

    /// <summary>The root of the tree over these leaf hashes, in order. One hash per leaf.</summary>
    public static MerkleHash Root(ReadOnlySpan<MerkleHash> leaves)
    {
        var frontier = new MerkleFrontier();
        foreach (ref readonly MerkleHash leaf in leaves)
            frontier.Append(leaf);
        return frontier.Root();
    }
}
