using FaceVault.Interop;

namespace FaceVault.Cryptography;

/// <summary>BLAKE2b of 16 to 64 bytes, keyed (a commitment or a tag) or not (a digest).</summary>
internal static unsafe class Blake2b
{
    private const int SmallestHash = 16;
    private const int LargestHash = 64;

    /// <summary>Hashes <paramref name="input"/> into the whole of <paramref name="destination"/>; an empty key means unkeyed.</summary>
    public static void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, SmallestHash);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, LargestHash);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, LargestHash);
        Libsodium.EnsureLoaded();
        int result;
        fixed (byte* k = key, i = input, d = destination)
            result = Libsodium.crypto_generichash(d, (nuint)destination.Length, i, (ulong)input.Length, k, (nuint)key.Length);
        if (result != 0)
            throw Error.PrimitiveFailed("Hashing");
    }
}
