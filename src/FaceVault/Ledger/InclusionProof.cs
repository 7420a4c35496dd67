using FaceVault.Cryptography;

namespace FaceVault.Ledger;

/// <summary>That one entry stands at one index of a ledger: the audit path of RFC 6962 §2.1.1, the leaf's sibling first.</summary>
/// <remarks>
/// With a checkpoint it is written as C2SP <c>tlog-proof</c>: the line <c>c2sp.org/tlog-proof@v1</c>, <c>index N</c>, one base64 hash a line, an empty line, the checkpoint.
/// The optional line <c>extra</c> is never written and refused. Immutable and thread-safe.
/// </remarks>
internal sealed class InclusionProof
{
    private const string Header = "c2sp.org/tlog-proof@v1\nindex ";
    private readonly MerkleHash[] hashes;

    /// <summary>Makes a proof of hashes from elsewhere.</summary>
    /// <param name="index">The entry's index, from 0.</param>
    /// <param name="hashes">The path, the leaf's sibling first; at most 63.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative index or more than 63 hashes.</exception>
    public InclusionProof(long index, ReadOnlySpan<MerkleHash> hashes)
        : this(index, hashes.ToArray())
    {
    }

    internal InclusionProof(long index, MerkleHash[] hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Length, 63, nameof(hashes));
        Index = index;
        this.hashes = hashes;
    }

    /// <summary>The entry's index in the ledger, from 0.</summary>
    public long Index { get; }

    /// <summary>The path, the leaf's sibling first, the root's child last.</summary>
    public IReadOnlyList<MerkleHash> Hashes => hashes;

    /// <summary>Whether the leaf stands at <see cref="Index"/> in the tree of this size and root. One hash per element of the path.</summary>
    /// <param name="leaf"><see cref="MerkleHash.OfEntry"/> of the entry.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="root">The tree's root, from a checkpoint whose signature was checked.</param>
    public bool Check(MerkleHash leaf, long size, MerkleHash root)
    {
        if (Index >= size)
            return false;
        long node = Index;
        long last = size - 1;
        MerkleHash hash = leaf;
        foreach (ref readonly MerkleHash sibling in hashes.AsSpan())
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHash.OfNode(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = MerkleHash.OfNode(hash, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && hash == root;
    }

    /// <summary>The <c>tlog-proof</c> text: this path and the checkpoint it leads to.</summary>
    public string Format(SignedNote checkpoint) => MerkleLines.FormatProof(Header, Index, hashes, checkpoint);

    /// <summary>Writes what <see cref="Format"/> gives as a JSON string, without making it: many certificates are written at once.</summary>
    internal void WriteJson(ref CanonicalJsonWriter json, SignedNote checkpoint)
    {
        json.Raw("\"c2sp.org/tlog-proof@v1\\nindex "u8);
        json.Integer(Index);
        json.Raw("\\n"u8);
        foreach (ref readonly MerkleHash hash in hashes.AsSpan())
        {
            json.Base64Content(hash.Bytes);
            json.Raw("\\n"u8);
        }
        json.Raw("\\n"u8);
        json.TextContent(checkpoint.ToString());
        json.Raw("\""u8);
    }

    /// <summary>Reads exactly what <see cref="Format"/> writes. Nothing is checked against the checkpoint.</summary>
    /// <param name="text">At most 128 Ki characters.</param>
    /// <param name="checkpoint">The note that follows the path: it is a <see cref="TreeHead"/>; its signatures are not verified.</param>
    /// <exception cref="FormatException">Any other text.</exception>
    public static InclusionProof Parse(string text, out SignedNote checkpoint)
    {
        (long index, MerkleHash[] hashes) = MerkleLines.ParseProof(text, Header, out checkpoint);
        return new InclusionProof(index, hashes);
    }
}
