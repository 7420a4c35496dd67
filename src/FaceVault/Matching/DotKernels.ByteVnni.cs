using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Matching;

// Int8 with AVX-VNNI (256 bits): the instruction multiplies unsigned by signed bytes and adds four neighbours. Templates lie in their panels as unsigned bytes,
// 128 more than their values; 128 times the sum of the probe is taken off at the end. The six-probe tile keeps 12 sums, two rows and a broadcast in the 16 registers.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVnni(int* panels, nint stride, int* probe, int rows, int probeSum, float probeFactor, float* factors, nint lanesApart, float* scores)
    {
        unchecked
        {
            int* p0 = panels, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
            Vector256<int> s00 = Vector256.Create(-128 * probeSum), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
            for (nint row = 0; row < rows; row++)
            {
                Vector256<sbyte> x = Vector256.Create(probe[row * ByteTile]).AsSByte();
                s00 = AvxVnni.MultiplyWideningAndAdd(s00, Vector256.Load((byte*)(p0 + row * 16)), x);
                s01 = AvxVnni.MultiplyWideningAndAdd(s01, Vector256.Load((byte*)(p0 + row * 16 + 8)), x);
                s10 = AvxVnni.MultiplyWideningAndAdd(s10, Vector256.Load((byte*)(p1 + row * 16)), x);
                s11 = AvxVnni.MultiplyWideningAndAdd(s11, Vector256.Load((byte*)(p1 + row * 16 + 8)), x);
                s20 = AvxVnni.MultiplyWideningAndAdd(s20, Vector256.Load((byte*)(p2 + row * 16)), x);
                s21 = AvxVnni.MultiplyWideningAndAdd(s21, Vector256.Load((byte*)(p2 + row * 16 + 8)), x);
                s30 = AvxVnni.MultiplyWideningAndAdd(s30, Vector256.Load((byte*)(p3 + row * 16)), x);
                s31 = AvxVnni.MultiplyWideningAndAdd(s31, Vector256.Load((byte*)(p3 + row * 16 + 8)), x);
            }

            StoreOne(s00, s01, factors, probeFactor, scores);
            StoreOne(s10, s11, factors + lanesApart, probeFactor, scores + 16);
            StoreOne(s20, s21, factors + 2 * lanesApart, probeFactor, scores + 32);
            StoreOne(s30, s31, factors + 3 * lanesApart, probeFactor, scores + 48);
        }
    }

    /// <summary>Panels one after another, four rows at a time. Sums of integers may be split: even and odd rows have sums of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowVnni(int* panel, int panels, int* probe, int rows, int probeSum, float probeFactor, float* factors, float* scores)
    {
        unchecked
        {
            for (; panels > 0; panels--, factors += 16, scores += 16)
            {
                int* x = probe;
                Vector256<int> a = Vector256.Create(-128 * probeSum), b = a, c = default, d = default;
                Vector256<sbyte> even, odd;
                for (int* end = panel + rows / 4 * 64; panel < end; panel += 64, x += 4 * ByteTile)
                {
                    even = Vector256.Create(x[0]).AsSByte();
                    a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load((byte*)panel), even);
                    b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load((byte*)(panel + 8)), even);
                    odd = Vector256.Create(x[ByteTile]).AsSByte();
                    c = AvxVnni.MultiplyWideningAndAdd(c, Vector256.Load((byte*)(panel + 16)), odd);
                    d = AvxVnni.MultiplyWideningAndAdd(d, Vector256.Load((byte*)(panel + 24)), odd);
                    even = Vector256.Create(x[2 * ByteTile]).AsSByte();
                    a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load((byte*)(panel + 32)), even);
                    b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load((byte*)(panel + 40)), even);
                    odd = Vector256.Create(x[3 * ByteTile]).AsSByte();
                    c = AvxVnni.MultiplyWideningAndAdd(c, Vector256.Load((byte*)(panel + 48)), odd);
                    d = AvxVnni.MultiplyWideningAndAdd(d, Vector256.Load((byte*)(panel + 56)), odd);
                }

                for (int left = rows % 4; left > 0; left--, panel += 16, x += ByteTile)
                {
                    even = Vector256.Create(x[0]).AsSByte();
                    a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load((byte*)panel), even);
                    b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load((byte*)(panel + 8)), even);
                }

                StoreOne(a + c, b + d, factors, probeFactor, scores);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOne(Vector256<int> low, Vector256<int> high, float* factors, float probeFactor, float* scores) =>
        Store(low, high, Vector256.Load(factors), Vector256.Load(factors + 8), probeFactor, scores);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixVnni(int* panel, int* tile, int rows, int* probeSums, float* probeFactors, float* factors, float* scores)
    {
        unchecked
        {
            Vector256<int> a0 = Vector256.Create(-128 * probeSums[0]), b0 = a0;
            Vector256<int> a1 = Vector256.Create(-128 * probeSums[1]), b1 = a1;
            Vector256<int> a2 = Vector256.Create(-128 * probeSums[2]), b2 = a2;
            Vector256<int> a3 = Vector256.Create(-128 * probeSums[3]), b3 = a3;
            Vector256<int> a4 = Vector256.Create(-128 * probeSums[4]), b4 = a4;
            Vector256<int> a5 = Vector256.Create(-128 * probeSums[5]), b5 = a5;
            for (int row = 0; row < rows; row++)
            {
                Vector256<byte> a = Vector256.Load((byte*)panel);
                Vector256<byte> b = Vector256.Load((byte*)(panel + 8));
                Vector256<sbyte> x = Vector256.Create(tile[0]).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, a, x);
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, b, x);
                x = Vector256.Create(tile[1]).AsSByte();
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, a, x);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, b, x);
                x = Vector256.Create(tile[2]).AsSByte();
                a2 = AvxVnni.MultiplyWideningAndAdd(a2, a, x);
                b2 = AvxVnni.MultiplyWideningAndAdd(b2, b, x);
                x = Vector256.Create(tile[3]).AsSByte();
                a3 = AvxVnni.MultiplyWideningAndAdd(a3, a, x);
                b3 = AvxVnni.MultiplyWideningAndAdd(b3, b, x);
                x = Vector256.Create(tile[4]).AsSByte();
                a4 = AvxVnni.MultiplyWideningAndAdd(a4, a, x);
                b4 = AvxVnni.MultiplyWideningAndAdd(b4, b, x);
                x = Vector256.Create(tile[5]).AsSByte();
                a5 = AvxVnni.MultiplyWideningAndAdd(a5, a, x);
                b5 = AvxVnni.MultiplyWideningAndAdd(b5, b, x);
                panel += 16;
                tile += ByteTile;
            }

            Vector256<float> f = Vector256.Load(factors), g = Vector256.Load(factors + 8);
            Store(a0, b0, f, g, probeFactors[0], scores + 0);
            Store(a1, b1, f, g, probeFactors[1], scores + 16);
            Store(a2, b2, f, g, probeFactors[2], scores + 32);
            Store(a3, b3, f, g, probeFactors[3], scores + 48);
            Store(a4, b4, f, g, probeFactors[4], scores + 64);
            Store(a5, b5, f, g, probeFactors[5], scores + 80);
        }
    }

    /// <summary>Out of the registers, in halves: what is stored in halves and loaded whole waits for the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> low, Vector256<int> high, Vector256<float> lowFactors, Vector256<float> highFactors, float probeFactor, float* scores)
    {
        Vector256<float> scale = Vector256.Create(probeFactor);
        (Vector256.ConvertToSingle(low) * lowFactors * scale).Store(scores);
        (Vector256.ConvertToSingle(high) * highFactors * scale).Store(scores + 8);
    }
}
