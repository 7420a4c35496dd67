using System.Runtime.InteropServices;

namespace FaceVault.Matching;

/// <summary>What turns the dot product of two int8 vectors into a cosine: one over the length of each. The scales cancel.</summary>
/// <remarks>Products of at most 127 × 128 over 4,096 dimensions stay below 2^26, so sums are exact in 32 bits, whatever their order.</remarks>
internal static class IntegerLength
{
    /// <summary>One over the Euclidean length of a vector of signed bytes, rounded once; 0 for the zero vector.</summary>
    public static float Reciprocal(ReadOnlySpan<byte> values)
    {
        int sum = 0;
        foreach (sbyte value in MemoryMarshal.Cast<byte, sbyte>(values))
            sum += value * value;
        return sum == 0 ? 0f : (float)(1 / Math.Sqrt(sum));
    }
}
