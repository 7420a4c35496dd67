using System.Buffers.Binary;
using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Ledger;

/// <summary>Makes signature lines of notes. The other half of <see cref="SignedNote.Check"/>.</summary>
internal static class NoteSigner
{
    /// <summary>The line <c>— name base64(key id ‖ signature)</c> with its LF.</summary>
    /// <param name="name">The vault's origin.</param>
    /// <param name="seed">32 secret bytes in locked memory.</param>
    /// <param name="text">The note's text with its final LF.</param>
    public static string SignLine(string name, ReadOnlySpan<byte> seed, string text)
    {
        if (text.Length == 0 || text[^1] != '\n' || !NoteText.IsAllowed(text))
            throw Error.InvalidNoteText(nameof(text));
        VerifierKey key = VerifierKey.FromSeed(name, seed);
        Span<byte> signature = stackalloc byte[4 + Ed25519.SignatureSize];
        BinaryPrimitives.WriteUInt32BigEndian(signature, key.KeyId);
        Ed25519.Sign(seed, Encoding.UTF8.GetBytes(text)).CopyTo(signature[4..]);
        return $"\u2014 {name} {Convert.ToBase64String(signature)}\n";
    }
}
