using FaceVault.Interop;

namespace FaceVault.Cryptography;

/// <summary>Randomness of the operating system through libsodium. The only source of chance in the library.</summary>
internal static unsafe class SecureRandom
{
    public static void Fill(Span<byte> destination)
    {
        Libsodium.EnsureLoaded();
        fixed (byte* p = destination)
            Libsodium.randombytes_buf(p, (nuint)destination.Length);
    }

    /// <summary>The same for many bytes: expanded by libsodium (ChaCha20) from a random seed that is wiped. The kernel gives 256 bytes a call.</summary>
    public static void FillMuch(Span<byte> destination)
    {
        using var seed = SecretKey.Random();
        fixed (byte* p = destination, s = seed.DangerousBytes)
            Libsodium.randombytes_buf_deterministic(p, (nuint)destination.Length, s);
    }

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>Uniform in [0, <paramref name="exclusiveUpperBound"/>), without modulo bias.</summary>
    public static int Below(int exclusiveUpperBound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveUpperBound);
        Libsodium.EnsureLoaded();
        return (int)Libsodium.randombytes_uniform((uint)exclusiveUpperBound);
    }

    /// <summary>Fisher–Yates.</summary>
    public static void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
