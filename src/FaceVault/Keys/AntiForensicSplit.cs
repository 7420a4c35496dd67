using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>Spreads 32 secret bytes over many stripes so that losing any single stripe loses the secret: a medium that keeps a stale copy of most, but not all, of an overwritten area keeps nothing.</summary>
/// <remarks>
/// The idea of LUKS (C. Fruhwirth, "New Methods in Hard Disk Encryption", 2005, §5.2) with BLAKE2b-256 as the diffusion:
/// <c>d₀ = 0, dᵢ = BLAKE2b(uint32 i ‖ (dᵢ₋₁ ⊕ stripeᵢ))</c>, stripes 1 … n−1 random, <c>stripeₙ = dₙ₋₁ ⊕ secret</c>. About 0.3 ms for 1,015 stripes.
/// </remarks>
internal static class AntiForensicSplit
{
    public const int StripeSize = 32;

    /// <summary>Fills <paramref name="stripes"/> (a multiple of 32 bytes, two stripes or more) so that it merges to <paramref name="secret"/>.</summary>
    public static void Split(ReadOnlySpan<byte> secret, Span<byte> stripes)
    {
        Check(secret.Length, stripes.Length);
        SecureRandom.Fill(stripes[..^StripeSize]);
        secret.CopyTo(stripes[^StripeSize..]);
        XorLast(stripes, stripes[^StripeSize..]);
    }

    /// <summary>The secret that the stripes hold. Any stripes merge to something: whether it is right, a checksum must say.</summary>
    public static void Merge(ReadOnlySpan<byte> stripes, Span<byte> secret)
    {
        Check(secret.Length, stripes.Length);
        stripes[^StripeSize..].CopyTo(secret);
        XorLast(stripes, secret);
    }

    // destination ^= d after all stripes but the last
    private static void XorLast(ReadOnlySpan<byte> stripes, Span<byte> destination)
    {
        using var scratch = new SecretBuffer(sizeof(uint) + (2 * StripeSize));
        Span<byte> input = scratch.DangerousBytes[..(sizeof(uint) + StripeSize)];
        Span<byte> digest = scratch.DangerousBytes[(sizeof(uint) + StripeSize)..];
        int last = (stripes.Length / StripeSize) - 1;
        for (int i = 0; i < last; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(input, (uint)i + 1);
            Xor(digest, stripes.Slice(i * StripeSize, StripeSize), input[sizeof(uint)..]);
            Blake2b.Hash([], input, digest);
        }

        Xor(destination, digest, destination);
    }

    private static void Xor(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)(left[i] ^ right[i]);
    }

    private static void Check(int secret, int stripes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret, StripeSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(stripes, 2 * StripeSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(stripes % StripeSize, 0);
    }
}
