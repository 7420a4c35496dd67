using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Ledger;

/// <summary>The two hashes of the ledger that say nothing by themselves, 32 bytes each.</summary>
internal static class Commitments
{
    public const int Size = 32;
    public const int SaltSize = 32;

    private const int MaxInput = 16 + (3 * (4 + 256));

    /// <summary>BLAKE2b-256, keyed by the template key, of a fixed label: should the key ever surface, anyone can show that it is the one that was certified as destroyed.</summary>
    public static void Key(TemplateKey key, Span<byte> destination) =>
        Blake2b.Hash(key.DangerousBytes, Labels.KeyCommitment, destination[..Size]);

    /// <summary>
    /// BLAKE2b-256, keyed by the salt, of label ‖ (uint32 LE length ‖ UTF-8 bytes) of subject, consent and trigger reference. The salt lives in the receipt and the sealed consent
    /// record only, so that nobody else can try identifiers.
    /// </summary>
    /// <param name="salt">32 random bytes.</param>
    /// <param name="subject">1–256 bytes.</param>
    /// <param name="consent">1–256 bytes.</param>
    /// <param name="reference">The order reference of an erasure; empty at creation and for every other trigger.</param>
    /// <param name="destination">Receives 32 bytes.</param>
    public static void Consent(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> consent, ReadOnlySpan<byte> reference, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltSize, nameof(salt));
        ReadOnlySpan<byte> label = Labels.ConsentCommitment;
        int length = label.Length + 12 + subject.Length + consent.Length + reference.Length;
        Span<byte> input = length <= MaxInput ? stackalloc byte[MaxInput] : new byte[length];
        label.CopyTo(input);
        int at = label.Length;
        at += Append(input[at..], subject);
        at += Append(input[at..], consent);
        at += Append(input[at..], reference);
        Blake2b.Hash(salt, input[..at], destination[..Size]);
    }

    private static int Append(Span<byte> destination, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, part.Length);
        part.CopyTo(destination[4..]);
        return 4 + part.Length;
    }
}
