using System.Security.Cryptography;
using FaceVault.Interop;

namespace FaceVault.Cryptography;

/// <summary>XChaCha20-Poly1305-IETF over one blob: <c>nonce 24 ‖ ciphertext ‖ tag 16</c>, with a random nonce. What it opens was sealed under the same key and associated data.</summary>
/// <remarks>The cipher is not key-committing by itself; formats whose key an adversary could choose add 32 zero bytes before the plaintext. About 7 µs per 8 KiB.</remarks>
internal static unsafe class Aead
{
    public const int NonceSize = Libsodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    public const int TagSize = Libsodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;

    /// <summary>Bytes that sealing adds: 40.</summary>
    public const int Overhead = NonceSize + TagSize;

    /// <summary>Seals into exactly <c>plaintext.Length + Overhead</c> bytes.</summary>
    /// <exception cref="ArgumentException">A size is wrong, the buffers overlap, or the key is all zeros: the key of something destroyed, or of an owner that was wiped while in use.</exception>
    /// <exception cref="CryptographicException">libsodium reported a failure; the destination is zeroed.</exception>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        CheckSizes(key, plaintext.Length, destination.Length);
        CheckApart(plaintext, destination, nameof(plaintext));
        CheckApart(associatedData, destination, nameof(associatedData));
        if (key.IndexOfAnyExcept((byte)0) < 0)
            throw new ArgumentException("A key of zeros seals nothing.", nameof(key));
        SecureRandom.Fill(destination[..NonceSize]);
        ulong written;
        int result;
        fixed (byte* k = key, m = plaintext, ad = associatedData, d = destination)
            result = Libsodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
                d + NonceSize, &written, m, (ulong)plaintext.Length, ad, (ulong)associatedData.Length, null, d, k);
        if (result != 0 || written != (ulong)(plaintext.Length + TagSize))
        {
            destination.Clear();
            throw Error.PrimitiveFailed("Sealing");
        }
    }

    /// <summary>Opens into exactly <c>blob.Length - Overhead</c> bytes. False, with the destination zeroed, when the blob was not sealed so.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> associatedData, Span<byte> destination)
    {
        if (blob.Length < Overhead)
            return false;
        CheckSizes(key, destination.Length, blob.Length);
        CheckApart(blob, destination, nameof(blob));
        CheckApart(associatedData, destination, nameof(associatedData));
        Libsodium.EnsureLoaded();
        fixed (byte* k = key, c = blob, ad = associatedData, d = destination)
            return TryOpen(k, c, blob.Length, ad, associatedData.Length, d);
    }

    /// <summary>The same for loops over many blobs in native memory, where libsodium is loaded: it checks nothing about the buffers.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="blobSize">Its bytes, <see cref="Overhead"/> or more.</param>
    /// <param name="associatedData">The associated data.</param>
    /// <param name="associatedSize">Its bytes.</param>
    /// <param name="destination">Gets <c>blobSize - Overhead</c> bytes; overlaps nothing.</param>
    public static bool TryOpen(byte* key, byte* blob, int blobSize, byte* associatedData, int associatedSize, byte* destination)
    {
        ulong written;
        int result = Libsodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            destination, &written, null, blob + NonceSize, (ulong)(blobSize - NonceSize), associatedData, (ulong)associatedSize, blob, key);
        if (result == 0 && written == (ulong)(blobSize - Overhead))
            return true;
        Libsodium.sodium_memzero(destination, (nuint)(blobSize - Overhead));
        return false;
    }

    private static void CheckApart(ReadOnlySpan<byte> input, ReadOnlySpan<byte> destination, string name)
    {
        if (input.Overlaps(destination))
            throw new ArgumentException("The buffer overlaps the destination.", name);
    }

    private static void CheckSizes(ReadOnlySpan<byte> key, int plaintext, int sealedLength)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, SecretKey.Size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sealedLength, plaintext + Overhead);
    }
}
