using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Templates;

/// <summary>The normalised Walsh–Hadamard transform in place: orthogonal, its own inverse, n · log2 n additions. Vectors of 256 bits where the processor has them, and number by number where not, with the same bits.</summary>
/// <remarks>As in <see cref="EmbeddingMath"/>, no vector is left in the stack, hence the attribute.</remarks>
internal static unsafe class Hadamard
{
    private const int Lanes = 8;

    /// <summary>Transforms <paramref name="length"/> numbers, a power of two, and divides them by its root.</summary>
    public static void Transform(float* numbers, int length)
    {
        int half = 1;
        if (Vector256.IsHardwareAccelerated && length >= Lanes)
        {
            WithinVectors(numbers, length);
            half = Lanes;
        }

        for (; half < length; half *= 2)
            Butterflies(numbers, length, half);
        Scale(numbers, length, (float)(1 / Math.Sqrt(length)));
    }

    /// <summary>The stages whose pairs lie within one vector: 1, 2 and 4 places apart. The other of a pair is added, or the number with its sign turned is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithinVectors(float* numbers, int length)
    {
        const int minus = int.MinValue;
        Vector256<float> first = Vector256.Create(0, minus, 0, minus, 0, minus, 0, minus).AsSingle();
        Vector256<float> second = Vector256.Create(0, 0, minus, minus, 0, 0, minus, minus).AsSingle();
        Vector256<float> third = Vector256.Create(0, 0, 0, 0, minus, minus, minus, minus).AsSingle();
        for (int i = 0; i < length; i += Lanes)
        {
            Vector256<float> v = Vector256.Load(numbers + i);
            v = Vector256.Shuffle(v, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)) + (v ^ first);
            v = Vector256.Shuffle(v, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)) + (v ^ second);
            v = Vector256.Shuffle(v, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3)) + (v ^ third);
            v.Store(numbers + i);
        }
    }

    /// <summary>One stage: a pair <paramref name="half"/> places apart becomes its sum and its difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Butterflies(float* numbers, int length, int half)
    {
        for (int block = 0; block < length; block += 2 * half)
        {
            float* low = numbers + block, high = low + half;
            int i = 0;
            for (; Vector256.IsHardwareAccelerated && i <= half - Lanes; i += Lanes)
            {
                Vector256<float> a = Vector256.Load(low + i), b = Vector256.Load(high + i);
                (a + b).Store(low + i);
                (a - b).Store(high + i);
            }

            for (; i < half; i++)
                (low[i], high[i]) = (low[i] + high[i], low[i] - high[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(float* numbers, int length, float factor)
    {
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= length - Lanes; i += Lanes)
            (Vector256.Load(numbers + i) * factor).Store(numbers + i);
        for (; i < length; i++)
            numbers[i] *= factor;
    }
}
