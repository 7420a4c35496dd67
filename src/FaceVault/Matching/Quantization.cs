using System.Runtime.InteropServices;

namespace FaceVault.Matching;

/// <summary>Integers for probes, and what turns the dot product of two integer vectors into a cosine.</summary>
/// <remarks>
/// The cosine of two quantised vectors is their integer dot product over both lengths; the scales cancel. Products of at most 127 × 128 over 4,096
/// dimensions stay below 2^26, so the sum is exact in 32 bits, whatever the order.
/// </remarks>
internal static class Quantization
{
    public const int Largest = 127;

    /// <summary>One over the Euclidean length of a vector of signed bytes; 0 for the zero vector.</summary>
    public static float Factor(ReadOnlySpan<byte> values)
    {
        long sum = 0;
        foreach (sbyte value in MemoryMarshal.Cast<byte, sbyte>(values))
            sum += value * value;
        return sum == 0 ? 0f : (float)(1 / Math.Sqrt(sum));
    }

    /// <summary>Rounds to the nearest of -127 … 127 steps of a 127th of the largest magnitude, ties to even, in double precision.</summary>
    /// <param name="embedding">Finite, not all zero.</param>
    /// <param name="quantized">As many bytes.</param>
    /// <returns>One over the length of the integer vector.</returns>
    public static float Quantize(ReadOnlySpan<float> embedding, Span<byte> quantized)
    {
        double largest = 0;
        foreach (float value in embedding)
            largest = Math.Max(largest, Math.Abs((double)value));
        for (int i = 0; i < embedding.Length; i++)
            quantized[i] = unchecked((byte)(sbyte)Math.Round(embedding[i] / largest * Largest));
        return Factor(quantized[..embedding.Length]);
    }
}
