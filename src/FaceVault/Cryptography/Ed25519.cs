using FaceVault.Interop;

namespace FaceVault.Cryptography;

/// <summary>Ed25519 (RFC 8032) from a 32-byte seed. Sign/Verify twins.</summary>
internal static unsafe class Ed25519
{
    public const int SeedSize = Libsodium.crypto_sign_SEEDBYTES;
    public const int PublicKeySize = Libsodium.crypto_sign_PUBLICKEYBYTES;
    public const int SignatureSize = Libsodium.crypto_sign_BYTES;

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        var publicKey = new byte[PublicKeySize];
        using var secret = new SecretBuffer(Libsodium.crypto_sign_SECRETKEYBYTES);
        Expand(seed, publicKey, secret);
        return publicKey;
    }

    /// <summary>Signs with the key expanded from <paramref name="seed"/>; the expansion is wiped.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var signature = new byte[SignatureSize];
        using var secret = new SecretBuffer(Libsodium.crypto_sign_SECRETKEYBYTES);
        Expand(seed, stackalloc byte[PublicKeySize], secret);
        int result;
        fixed (byte* s = signature, m = message, k = secret.DangerousBytes)
            result = Libsodium.crypto_sign_detached(s, null, m, (ulong)message.Length, k);
        return result == 0 ? signature : throw Error.PrimitiveFailed("Signing");
    }

    /// <summary>False for anything that is not a signature of these bytes: a wrong length, a non-canonical or small-order point too.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
            return false;
        Libsodium.EnsureLoaded();
        fixed (byte* p = publicKey, m = message, s = signature)
            return Libsodium.crypto_sign_verify_detached(s, m, (ulong)message.Length, p) == 0;
    }

    private static void Expand(ReadOnlySpan<byte> seed, Span<byte> publicKey, SecretBuffer secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        Libsodium.EnsureLoaded();
        int result;
        fixed (byte* p = publicKey, k = secret.DangerousBytes, s = seed)
            result = Libsodium.crypto_sign_seed_keypair(p, k, s);
        if (result != 0)
            throw Error.PrimitiveFailed("Expanding the signing seed");
    }
}
