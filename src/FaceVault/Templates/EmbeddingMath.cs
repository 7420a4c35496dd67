using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Templates;

/// <summary>The passes over an embedding that encoding needs. Fixed lanes of 256 bits, whatever the processor has, so that the results are the same everywhere.</summary>
/// <remarks>Optimised from the first call: code that is not keeps its locals, eight numbers of a face, in the stack, where they outlast the call.</remarks>
internal static class EmbeddingMath
{
    private const int Lanes = 8;

    /// <summary>The sum of the squares, in double: exact products, no overflow. NaN or infinite exactly when some number is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(ReadOnlySpan<float> numbers)
    {
        var low = Vector256<double>.Zero;
        var high = Vector256<double>.Zero;
        int i = 0;
        for (; i <= numbers.Length - Lanes; i += Lanes)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(numbers.Slice(i, Lanes)));
            low += a * a;
            high += b * b;
        }

        Vector256<double> sums = low + high;
        double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        for (; i < numbers.Length; i++)
            sum += (double)numbers[i] * numbers[i];
        return sum;
    }

    /// <summary>The largest magnitude among finite numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ReadOnlySpan<float> numbers)
    {
        var largest = Vector256<float>.Zero;
        int i = 0;
        for (; i <= numbers.Length - Lanes; i += Lanes)
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
        for (; i <= numbers.Length - Lanes; i += Lanes)
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
        for (; i <= numbers.Length - Lanes; i += Lanes)
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
