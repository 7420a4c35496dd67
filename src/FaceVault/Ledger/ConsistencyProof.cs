using System.Numerics;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>That a ledger only grew: everything under an older root stands unchanged under a newer one (RFC 6962 §2.1.2).</summary>
/// <remarks>
/// With the newer checkpoint it is written as the body of a C2SP <c>tlog-witness</c> request: <c>old N</c>, one base64 hash a line, an empty line, the checkpoint.
/// Immutable and thread-safe.
/// </remarks>
public sealed class ConsistencyProof
{
    private const string Header = "old ";
    private readonly MerkleHash[] hashes;

    /// <summary>A proof of hashes from elsewhere.</summary>
    /// <param name="oldSize">The older tree's size.</param>
    /// <param name="hashes">The path in the order of the RFC; at most 63; none when either tree is empty or both are the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative size or more than 63 hashes.</exception>
    internal ConsistencyProof(long oldSize, ReadOnlySpan<MerkleHash> hashes)
        : this(oldSize, hashes.ToArray())
    {
    }

    internal ConsistencyProof(long oldSize, MerkleHash[] hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Length, 63, nameof(hashes));
        OldSize = oldSize;
        this.hashes = hashes;
    }

    /// <summary>The older tree's size.</summary>
    public long OldSize { get; }

    /// <summary>The path in the order of RFC 6962.</summary>
    public IReadOnlyList<MerkleHash> Hashes => hashes;

    /// <summary>Whether the newer ledger begins with the whole of the older one. At most 63 hashes; signatures are not looked at: <see cref="Checkpoint.Check"/> both.</summary>
    /// <param name="older">A checkpoint that was kept, of size <see cref="OldSize"/>.</param>
    /// <param name="newer">The checkpoint that the proof leads to.</param>
    /// <returns>False also when the older one is of another size.</returns>
    public bool Check(Checkpoint older, Checkpoint newer)
    {
        ArgumentNullException.ThrowIfNull(older);
        ArgumentNullException.ThrowIfNull(newer);
        return older.Size == OldSize && Check(older.Root, newer.Size, newer.Root);
    }

    /// <summary>Whether the tree of <see cref="OldSize"/> leaves with <paramref name="oldRoot"/> is the beginning of the newer one.</summary>
    /// <param name="oldRoot">Root of the older tree, from a checkpoint that was kept.</param>
    /// <param name="newSize">Size of the newer tree.</param>
    /// <param name="newRoot">Root of the newer tree.</param>
    internal bool Check(MerkleHash oldRoot, long newSize, MerkleHash newRoot)
    {
        if (OldSize > newSize)
            return false;
        if (OldSize == 0)
            return hashes.Length == 0 && oldRoot == MerkleHash.OfNothing && (newSize > 0 || newRoot == MerkleHash.OfNothing);
        if (OldSize == newSize)
            return hashes.Length == 0 && oldRoot == newRoot;
        long node = OldSize - 1;
        long last = newSize - 1;
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        ReadOnlySpan<MerkleHash> path = hashes;
        MerkleHash start = oldRoot;
        if (!BitOperations.IsPow2(OldSize))
        {
            if (path.IsEmpty)
                return false;
            start = path[0];
            path = path[1..];
        }
        MerkleHash old = start;
        MerkleHash grown = start;
        foreach (ref readonly MerkleHash sibling in path)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                old = MerkleHash.OfNode(sibling, old);
                grown = MerkleHash.OfNode(sibling, grown);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                grown = MerkleHash.OfNode(grown, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && old == oldRoot && grown == newRoot;
    }

    /// <summary>The text: old size, path, and the newer checkpoint it leads to.</summary>
    /// <param name="checkpoint">The newer checkpoint.</param>
    public string Format(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return MerkleLines.FormatProof(Header, OldSize, hashes, checkpoint.Note);
    }

    /// <summary>Reads exactly what <see cref="Format"/> writes. Nothing is checked against the checkpoint.</summary>
    /// <param name="text">At most 128 Ki characters.</param>
    /// <param name="checkpoint">The checkpoint that follows the path; its signatures are not verified.</param>
    /// <exception cref="FormatException">Any other text.</exception>
    public static ConsistencyProof Parse(string text, out Checkpoint checkpoint)
    {
        (long oldSize, MerkleHash[] hashes) = MerkleLines.ParseProof(text, Header, out SignedNote note);
        checkpoint = new Checkpoint(note);
        return new ConsistencyProof(oldSize, hashes);
    }
}
