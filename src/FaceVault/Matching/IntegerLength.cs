using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

/// <summary>What turns the dot product of two int8 vectors into a cosine: one over the length of each. The scales cancel.</summary>
/// <remarks>Products of at most 128 × 128 over 4,096 dimensions stay below 2^27, so sums are exact in 32 bits, whatever their order.</remarks>
internal static class IntegerLength
{
    /// <summary>One over the Euclidean length of a vector of signed bytes, rounded once; 0 for the zero vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Reciprocal(ReadOnlySpan<byte> values)
    {
        ReadOnlySpan<sbyte> numbers = MemoryMarshal.Cast<byte, sbyte>(values);
        var sums = Vector256<int>.Zero;
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= numbers.Length - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
        {
            (Vector256<short> low, Vector256<short> high) = Vector256.Widen(Vector256.Create(numbers.Slice(i, Vector256<sbyte>.Count)));
            (Vector256<int> a, Vector256<int> b) = Vector256.Widen(low * low); // 128 × 128 fits a short
            (Vector256<int> c, Vector256<int> d) = Vector256.Widen(high * high);
            sums += a + b + (c + d);
        }

        int sum = Vector256.Sum(sums);
        for (; i < numbers.Length; i++)
            sum += numbers[i] * numbers[i];
        return sum == 0 ? 0f : (float)(1 / Math.Sqrt(sum));
    }
}
