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
