using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Matching;

// Int8 without VNNI: |template| × (probe with the template's signs) through the unsigned-by-signed multiply of 16-bit pairs, then pairs into 32 bits.
// 128 · 127 · 2 = 32,512 fits 16 signed bits, so nothing saturates and the sums are exact.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneAvx512(int* panels, nint stride, int* probe, int rows, int* dots)
    {
        unchecked
        {
            Vector512<short> ones = Vector512.Create((short)1);
            int* p0 = panels, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
            Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default;
            for (nint row = 0; row < rows; row++)
            {
                Vector512<sbyte> x = Vector512.Create(probe[row * ByteTile]).AsSByte();
                Vector512<sbyte> minus = -x;
                Vector512<sbyte> t0 = Signed512((byte*)(p0 + row * 16));
                s0 += Pairs(t0, x, minus, ones);
                Vector512<sbyte> t1 = Signed512((byte*)(p1 + row * 16));
                s1 += Pairs(t1, x, minus, ones);
                Vector512<sbyte> t2 = Signed512((byte*)(p2 + row * 16));
                s2 += Pairs(t2, x, minus, ones);
                Vector512<sbyte> t3 = Signed512((byte*)(p3 + row * 16));
                s3 += Pairs(t3, x, minus, ones);
            }

            s0.Store(dots);
            s1.Store(dots + 16);
            s2.Store(dots + 32);
            s3.Store(dots + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixAvx512(int* panel, int* tile, int rows, int* dots)
    {
        unchecked
        {
            Vector512<short> ones = Vector512.Create((short)1);
            Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector512<sbyte> t = Signed512((byte*)panel);
                Vector512<sbyte> x0 = Vector512.Create(tile[0]).AsSByte();
                s0 += Pairs(t, x0, -x0, ones);
                Vector512<sbyte> x1 = Vector512.Create(tile[1]).AsSByte();
                s1 += Pairs(t, x1, -x1, ones);
                Vector512<sbyte> x2 = Vector512.Create(tile[2]).AsSByte();
                s2 += Pairs(t, x2, -x2, ones);
                Vector512<sbyte> x3 = Vector512.Create(tile[3]).AsSByte();
                s3 += Pairs(t, x3, -x3, ones);
                Vector512<sbyte> x4 = Vector512.Create(tile[4]).AsSByte();
                s4 += Pairs(t, x4, -x4, ones);
                Vector512<sbyte> x5 = Vector512.Create(tile[5]).AsSByte();
                s5 += Pairs(t, x5, -x5, ones);
                panel += 16;
                tile += ByteTile;
            }

            s0.Store(dots);
            s1.Store(dots + 16);
            s2.Store(dots + 32);
            s3.Store(dots + 48);
            s4.Store(dots + 64);
            s5.Store(dots + 80);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneAvx2(int* panels, nint stride, int* probe, int rows, int* dots)
    {
        unchecked
        {
            Vector256<short> ones = Vector256.Create((short)1);
            int* p0 = panels, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
            Vector256<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (nint row = 0; row < rows; row++)
            {
                Vector256<sbyte> x = Vector256.Create(probe[row * ByteTile]).AsSByte();
                s00 += Pairs(Signed256((byte*)(p0 + row * 16)), x, ones);
                s01 += Pairs(Signed256((byte*)(p0 + row * 16 + 8)), x, ones);
                s10 += Pairs(Signed256((byte*)(p1 + row * 16)), x, ones);
                s11 += Pairs(Signed256((byte*)(p1 + row * 16 + 8)), x, ones);
                s20 += Pairs(Signed256((byte*)(p2 + row * 16)), x, ones);
                s21 += Pairs(Signed256((byte*)(p2 + row * 16 + 8)), x, ones);
                s30 += Pairs(Signed256((byte*)(p3 + row * 16)), x, ones);
                s31 += Pairs(Signed256((byte*)(p3 + row * 16 + 8)), x, ones);
            }

            s00.Store(dots);
            s01.Store(dots + 8);
            s10.Store(dots + 16);
            s11.Store(dots + 24);
            s20.Store(dots + 32);
            s21.Store(dots + 40);
            s30.Store(dots + 48);
            s31.Store(dots + 56);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixAvx2(int* panel, int* tile, int rows, int* dots)
    {
        unchecked
        {
            Vector256<short> ones = Vector256.Create((short)1);
            Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector256<sbyte> t = Signed256((byte*)panel);
                s0 += Pairs(t, Vector256.Create(tile[0]).AsSByte(), ones);
                s1 += Pairs(t, Vector256.Create(tile[1]).AsSByte(), ones);
                s2 += Pairs(t, Vector256.Create(tile[2]).AsSByte(), ones);
                s3 += Pairs(t, Vector256.Create(tile[3]).AsSByte(), ones);
                s4 += Pairs(t, Vector256.Create(tile[4]).AsSByte(), ones);
                s5 += Pairs(t, Vector256.Create(tile[5]).AsSByte(), ones);
                panel += 16;
                tile += ByteTile;
            }

            s0.Store(dots);
            s1.Store(dots + 16);
            s2.Store(dots + 32);
            s3.Store(dots + 48);
            s4.Store(dots + 64);
            s5.Store(dots + 80);
        }
    }

    private static Vector512<sbyte> Signed512(byte* values) => (Vector512.Load(values) ^ Vector512.Create((byte)0x80)).AsSByte();

    private static Vector256<sbyte> Signed256(byte* values) => (Vector256.Load(values) ^ Vector256.Create((byte)0x80)).AsSByte();

    private static Vector512<int> Pairs(Vector512<sbyte> template, Vector512<sbyte> probe, Vector512<sbyte> minusProbe, Vector512<short> ones)
    {
        Vector512<sbyte> signed = Vector512.ConditionalSelect(Vector512.LessThan(template, Vector512<sbyte>.Zero), minusProbe, probe);
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(template), signed), ones);
    }

    private static Vector256<int> Pairs(Vector256<sbyte> template, Vector256<sbyte> probe, Vector256<short> ones) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(template), Avx2.Sign(probe, template)), ones);
}
