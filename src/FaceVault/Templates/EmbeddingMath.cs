using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Templates;

/// <summary>The passes over an embedding that encoding needs: vectors of 256 bits where the processor has them, and number by number what is left, with the same results.</summary>
/// <remarks>
/// Vectors that the processor does not have are kept in the stack by the runtime, eight numbers of a face that outlast the call; so are the locals of code that is not optimised yet, hence the
/// attribute.
/// </remarks>
internal static class EmbeddingMath
{
    private const int Lanes = 8;

    /// <summary>The sum of the squares, in double: exact products, no overflow. NaN or infinite exactly when some number is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(ReadOnlySpan<float> numbers)
    {
        var sums = Vector256<double>.Zero;
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= numbers.Length - Lanes; i += Lanes)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Create(numbers.Slice(i, Lanes)));
            sums += low * low;
            sums += high * high;
        }

        (double a, double b, double c, double d) = (sums[0], sums[1], sums[2], sums[3]);
        for (; i <= numbers.Length - 4; i += 4)
        {
            a += (double)numbers[i] * numbers[i];
            b += (double)numbers[i + 1] * numbers[i + 1];
            c += (double)numbers[i + 2] * numbers[i + 2];
            d += (double)numbers[i + 3] * numbers[i + 3];
        }

        for (; i < numbers.Length; i++)
            a += (double)numbers[i] * numbers[i];
        return (a + b) + (c + d);
    }

    /// <summary>The largest magnitude among finite numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ReadOnlySpan<float> numbers)
    {
        var largest = Vector256<float>.Zero;
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= numbers.Length - Lanes; i += Lanes)
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Create(numbers.Slice(i, Lanes))));
        // A lane picked by a variable would be read from a copy in the stack.
        Vector128<float> four = Vector128.Max(largest.GetLower(), largest.GetUpper());
        Vector128<float> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        float found = Math.Max(two[0], two[1]);
        for (; i < numbers.Length; i++)
            found = Math.Max(found, Math.Abs(numbers[i]));
        return found;
    }

    /// <summary>Each number times <paramref name="factor"/>, computed in double and rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(ReadOnlySpan<float> numbers, double factor, Span<float> destination)
    {
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= numbers.Length - Lanes; i += Lanes)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(numbers.Slice(i, Lanes)));
            Vector256.Narrow(a * factors, b * factors).CopyTo(destination[i..]);
        }

        for (; i < numbers.Length; i++)
            destination[i] = (float)(numbers[i] * factor);
    }

    /// <summary>Each number times <paramref name="factor"/>, rounded to the nearest integer, ties to even. The products lie between -127 and 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantise(ReadOnlySpan<float> numbers, double factor, Span<sbyte> destination)
    {
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= numbers.Length - Lanes; i += Lanes)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(numbers.Slice(i, Lanes)));
            Vector256<int> whole = Vector256.ConvertToInt32(Vector256.Narrow(Vector256.Round(a * factors), Vector256.Round(b * factors)));
            Vector128<short> halves = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
            Vector64<sbyte> bytes = Vector64.Narrow(halves.GetLower(), halves.GetUpper());
            bytes.CopyTo(destination[i..]);
        }

        for (; i < numbers.Length; i++)
            destination[i] = (sbyte)Math.Round(numbers[i] * factor);
    }
}
