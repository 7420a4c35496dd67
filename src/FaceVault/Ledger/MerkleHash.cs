using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>A hash in the Merkle tree of RFC 6962 §2.1: 32 bytes of SHA-256. Spelled in base64 (44 characters) in checkpoints and proofs, in lowercase hex (64 characters) elsewhere.</summary>
/// <remarks>
/// A leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), the left child of n leaves holding the largest power of two below n; the root of no leaves is SHA-256 of nothing,
/// <c>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</c>. The default value is 32 zero bytes, which is the hash of nothing known. Public data: compared in ordinary time. Immutable and thread-safe.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct MerkleHash : IEquatable<MerkleHash>
{
    /// <summary>Bytes in a hash: 32.</summary>
    public const int Size = 32;

    private readonly ulong first;
    private readonly ulong second;
    private readonly ulong third;
    private readonly ulong fourth;

    /// <summary>Copies a hash.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 32 bytes.</exception>
    public MerkleHash(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size, nameof(bytes));
        this = MemoryMarshal.Read<MerkleHash>(bytes);
    }

    [UnscopedRef]
    internal ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<MerkleHash>(in this));

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    internal static MerkleHash OfNothing { get; } = new(SHA256.HashData(ReadOnlySpan<byte>.Empty));

    /// <summary>The leaf of one entry of a ledger, as <see cref="LedgerLine.LeafHash"/> gives it.</summary>
    /// <param name="entry">The entry's bytes, exactly as they are kept; of any length.</param>
    public static MerkleHash OfEntry(ReadOnlySpan<byte> entry)
    {
        Span<byte> input = entry.Length <= 1024 ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        input[0] = 0x00;
        entry.CopyTo(input[1..]);
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(input, hash);
        return new MerkleHash(hash);
    }

    /// <summary>The hash of two children.</summary>
    internal static MerkleHash OfNode(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Size)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Size)..]);
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(input, hash);
        return new MerkleHash(hash);
    }

    /// <summary>The root of the tree over these leaves, to be compared with a checkpoint's. One hash per leaf.</summary>
    /// <param name="leaves">The leaves from the ledger's first entry on, without a gap.</param>
    public static MerkleHash OfTree(ReadOnlySpan<MerkleHash> leaves)
    {
        var frontier = new MerkleFrontier();
        foreach (ref readonly MerkleHash leaf in leaves)
            frontier.Append(leaf);
        return frontier.Root();
    }

    /// <summary>Reads the one base64 spelling of a hash (RFC 4648 §4, padded).</summary>
    /// <param name="text">44 characters.</param>
    /// <param name="hash">The hash; 32 zero bytes when there is none.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out MerkleHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size + 1];
        if (text.Length != 44 || !CanonicalBase64.TryDecode(text, bytes, out int written) || written != Size)
            return false;
        hash = new MerkleHash(bytes[..Size]);
        return true;
    }

    /// <summary>Reads the one hexadecimal spelling of a hash.</summary>
    /// <param name="text">64 lowercase digits.</param>
    /// <param name="hash">The hash; 32 zero bytes when there is none.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryParseHex(ReadOnlySpan<char> text, out MerkleHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!LowercaseHex.TryDecode(text, bytes))
            return false;
        hash = new MerkleHash(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">At least 32 bytes; what follows them stays as it was.</param>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    /// <summary>44 characters of base64, as notes and proofs spell it.</summary>
    public string ToBase64() => Convert.ToBase64String(Bytes);

    /// <summary>64 lowercase hex digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(Bytes);

    /// <summary>The base64 form.</summary>
    public override string ToString() => ToBase64();

    /// <inheritdoc/>
    public bool Equals(MerkleHash other) => first == other.first && second == other.second && third == other.third && fourth == other.fourth;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MerkleHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => first.GetHashCode();

    /// <summary>Whether both are the same 32 bytes.</summary>
    public static bool operator ==(MerkleHash left, MerkleHash right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(MerkleHash left, MerkleHash right) => !left.Equals(right);
}
