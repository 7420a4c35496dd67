using System.Globalization;
using System.Text;

namespace FaceVault.Ledger;

/// <summary>The lines that proofs and checkpoints are made of: a decimal number, base64 hashes up to an empty line. Each ends with one LF.</summary>
internal static class MerkleLines
{
    /// <summary>The text of a proof: a header with its number, hashes up to an empty line, and the checkpoint that they lead to.</summary>
    public static string FormatProof(string header, long number, ReadOnlySpan<MerkleHash> hashes, SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string note = checkpoint.ToString();
        var text = new StringBuilder(header.Length + 21 + (45 * hashes.Length) + 1 + note.Length);
        text.Append(header).Append(CultureInfo.InvariantCulture, $"{number}").Append('\n');
        Append(text, hashes);
        return text.Append('\n').Append(note).ToString();
    }

    /// <summary>Reads exactly what <see cref="FormatProof"/> writes. The note is a checkpoint; nothing is checked against it.</summary>
    /// <exception cref="FormatException">Any other text.</exception>
    public static (long Number, MerkleHash[] Hashes) ParseProof(string text, string header, out SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > SignedNote.MaxLength || !text.StartsWith(header, StringComparison.Ordinal))
            throw Error.MalformedProof();
        ReadOnlySpan<char> rest = text.AsSpan(header.Length);
        if (!TryNumber(ref rest, out long number) || !TryHashes(ref rest, out MerkleHash[] hashes))
            throw Error.MalformedProof();
        checkpoint = SignedNote.Parse(rest.ToString());
        _ = TreeHead.Parse(checkpoint.Text);
        return (number, hashes);
    }

    private static void Append(StringBuilder text, ReadOnlySpan<MerkleHash> hashes)
    {
        Span<char> line = stackalloc char[45];
        line[44] = '\n';
        foreach (ref readonly MerkleHash hash in hashes)
        {
            Convert.TryToBase64Chars(hash.Bytes, line, out _);
            text.Append(line);
        }
    }

    /// <summary>Takes one line off the front, without its LF.</summary>
    public static bool TryLine(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> line)
    {
        int end = rest.IndexOf('\n');
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return end >= 0;
    }

    /// <summary>A decimal number from 0 to 2⁶³ − 1 without leading zeros, alone on its line.</summary>
    public static bool TryNumber(ref ReadOnlySpan<char> rest, out long number)
    {
        number = 0;
        return TryLine(ref rest, out ReadOnlySpan<char> line)
            && line.Length is > 0 and <= 19
            && (line[0] != '0' || line.Length == 1)
            && line.IndexOfAnyExceptInRange('0', '9') < 0 // the framework's parser forgives trailing U+0000
            && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Hashes, one a line, at most 63, and the empty line behind them.</summary>
    private static bool TryHashes(ref ReadOnlySpan<char> rest, out MerkleHash[] hashes)
    {
        var found = new List<MerkleHash>();
        hashes = [];
        while (TryLine(ref rest, out ReadOnlySpan<char> line))
        {
            if (line.IsEmpty)
            {
                hashes = [.. found];
                return true;
            }
            if (found.Count == 63 || !MerkleHash.TryParseBase64(line, out MerkleHash hash))
                return false;
            found.Add(hash);
        }
        return false;
    }
}
