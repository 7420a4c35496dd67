using System.Globalization;

namespace FaceVault.Ledger;

/// <summary>The head of a ledger: whose it is, how long it is, and the root of its Merkle tree (C2SP <c>tlog-checkpoint</c>). The text of a <see cref="SignedNote"/>.</summary>
/// <remarks>
/// Three lines, each ending with LF: origin, decimal size, base64 root. Extension lines are never written and refused. Immutable and thread-safe.
/// </remarks>
internal sealed class TreeHead : IEquatable<TreeHead>
{
    /// <summary>Makes a head.</summary>
    /// <param name="origin">The vault's origin: a name as in <see cref="VerifierKey.Name"/>, or any one-line text of another log.</param>
    /// <param name="size">Number of entries, 0 or more.</param>
    /// <param name="root">Root of their tree.</param>
    /// <exception cref="ArgumentException">The origin is empty, longer than 256 characters, or contains a control character.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative size.</exception>
    public TreeHead(string origin, long size, MerkleHash root)
    {
        ArgumentNullException.ThrowIfNull(origin);
        if (!IsOrigin(origin))
            throw Error.InvalidOrigin(nameof(origin));
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        (Origin, Size, Root) = (origin, size, root);
    }

    /// <summary>Whose ledger it is.</summary>
    public string Origin { get; }

    /// <summary>Number of entries.</summary>
    public long Size { get; }

    /// <summary>Root of the tree over them.</summary>
    public MerkleHash Root { get; }

    /// <summary>Reads the text of a note.</summary>
    /// <exception cref="FormatException">Not the one spelling of a checkpoint.</exception>
    public static TreeHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> rest = text;
        if (!MerkleLines.TryLine(ref rest, out ReadOnlySpan<char> origin)
            || !IsOrigin(origin)
            || !MerkleLines.TryNumber(ref rest, out long size)
            || !MerkleLines.TryLine(ref rest, out ReadOnlySpan<char> line)
            || !MerkleHash.TryParseBase64(line, out MerkleHash root)
            || !rest.IsEmpty)
            throw Error.MalformedCheckpoint();
        return new TreeHead(origin.ToString(), size, root);
    }

    /// <summary>The three lines.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root.ToBase64()}\n");

    /// <inheritdoc/>
    public bool Equals(TreeHead? other) => other is not null && Origin == other.Origin && Size == other.Size && Root == other.Root;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TreeHead);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Size, Root);

    private static bool IsOrigin(ReadOnlySpan<char> origin) =>
        origin.Length is > 0 and <= VerifierKey.MaxNameLength && !origin.Contains('\n') && NoteText.IsAllowed(origin);
}
