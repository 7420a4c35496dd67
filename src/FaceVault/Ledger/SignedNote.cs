using System.Globalization;
using System.Text;

namespace FaceVault.Ledger;

/// <summary>What checking a note against one key found. Zero is not success.</summary>
internal enum NoteFinding
{
    /// <summary>Not checked.</summary>
    None = 0,

    /// <summary>Every signature by this key is right, and there is at least one.</summary>
    Signed,

    /// <summary>No signature is by this key.</summary>
    NotSignedByKey,

    /// <summary>A signature that names this key is wrong: the note is to be rejected.</summary>
    BadSignature,
}

/// <summary>One signature line of a note: <c>— name base64(key id ‖ signature)</c>.</summary>
/// <param name="Name">The signer's name.</param>
/// <param name="KeyId">The four bytes before the signature, read big-endian.</param>
/// <param name="Signature">The bytes after the key id: 64 for an Ed25519 signature, others for other types.</param>
internal sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>A text and the signatures under it (C2SP <c>signed-note</c>).</summary>
/// <remarks>
/// <code>
/// This is an example message.
///
/// — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
/// </code>
/// The text ends with LF and may contain empty lines: the note is split at its last empty line. Each signature is over the text with its final LF.
/// Signatures by unknown keys (witness cosignatures among them) are kept and ignored; at most 64 are read. Immutable and thread-safe.
/// </remarks>
internal sealed class SignedNote
{
    /// <summary>The longest note, in characters: 128 Ki, room for 16 post-quantum signatures.</summary>
    public const int MaxLength = 128 * 1024;

    /// <summary>The most signatures a note may carry: 64.</summary>
    public const int MaxSignatures = 64;

    private const string LineStart = "\u2014 ";
    private readonly NoteSignature[] signatures;
    private readonly string note;

    private SignedNote(string text, NoteSignature[] signatures, string note)
    {
        Text = text;
        this.signatures = signatures;
        this.note = note;
    }

    /// <summary>What is signed, with its final LF. Trust it only after <see cref="Check"/>.</summary>
    public string Text { get; }

    /// <summary>The signatures in the order of the note; at least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures => signatures;

    /// <summary>Reads the one spelling of a note. No signature is checked.</summary>
    /// <exception cref="FormatException">Not a note, longer than <see cref="MaxLength"/>, or with more than <see cref="MaxSignatures"/> signatures.</exception>
    public static SignedNote Parse(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        int split = note.Length <= MaxLength ? note.LastIndexOf("\n\n", StringComparison.Ordinal) : -1;
        if (split < 0 || !NoteText.IsAllowed(note))
            throw Error.MalformedNote();
        var found = new List<NoteSignature>(2);
        ReadOnlySpan<char> rest = note.AsSpan(split + 2);
        while (!rest.IsEmpty)
        {
            if (found.Count == MaxSignatures || !MerkleLines.TryLine(ref rest, out ReadOnlySpan<char> line))
                throw Error.MalformedNote();
            found.Add(ParseSignature(line));
        }
        if (found.Count == 0)
            throw Error.MalformedNote();
        return new SignedNote(note[..(split + 1)], [.. found], note);
    }

    /// <summary>A note of this text with one signature by a seed that lies in locked memory.</summary>
    public static SignedNote Sign(string text, string name, ReadOnlySpan<byte> seed) =>
        Parse(text + "\n" + NoteSigner.SignLine(name, seed, text));

    /// <summary>The same note with one more signature line, for example a witness's, at its end.</summary>
    /// <param name="line">The line with its final LF.</param>
    /// <exception cref="FormatException">Not a signature line.</exception>
    public SignedNote WithSignature(string line) => Parse(note + line);

    /// <summary>Whether the key signed this text. Lines of other keys are ignored.</summary>
    public NoteFinding Check(VerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        NoteFinding finding = NoteFinding.NotSignedByKey;
        byte[]? text = null;
        foreach (NoteSignature signature in signatures)
        {
            if (signature.KeyId != key.KeyId || signature.Name != key.Name)
                continue;
            text ??= Encoding.UTF8.GetBytes(Text);
            if (!key.Verify(text, signature.Signature.Span))
                return NoteFinding.BadSignature;
            finding = NoteFinding.Signed;
        }
        return finding;
    }

    /// <summary>When a witness says that this was the newest checkpoint it had seen; null when it did not cosign this text, or wrongly.</summary>
    /// <param name="witness">The witness's key (<see cref="VerifierKey.IsWitness"/>).</param>
    /// <exception cref="ArgumentException">The key is a vault's.</exception>
    public DateTimeOffset? CosignedAt(VerifierKey witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        if (!witness.IsWitness)
            throw Error.NotAWitnessKey(nameof(witness));
        if (Check(witness) != NoteFinding.Signed)
            return null;
        long newest = signatures.Where(s => s.KeyId == witness.KeyId && s.Name == witness.Name).Max(s => VerifierKey.TimeOf(s.Signature.Span));
        return DateTimeOffset.FromUnixTimeSeconds(Math.Min(newest, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
    }

    /// <summary>The one spelling.</summary>
    public override string ToString() => note;

    private static NoteSignature ParseSignature(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith(LineStart, StringComparison.Ordinal))
            throw Error.MalformedNote();
        line = line[LineStart.Length..];
        int space = line.IndexOf(' ');
        string name = space < 0 ? "" : line[..space].ToString();
        ReadOnlySpan<char> encoded = line[(space + 1)..];
        var bytes = new byte[encoded.Length / 4 * 3];
        if (!VerifierKey.IsName(name) || !CanonicalBase64.TryDecode(encoded, bytes, out int written) || written < 5)
            throw Error.MalformedNote();
        uint keyId = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new NoteSignature(name, keyId, bytes.AsMemory(4, written - 4));
    }
}
