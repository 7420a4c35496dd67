using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

// Float32 with 512-bit vectors: a panel row of 32 lanes is two registers. The twelve-probe tile keeps 24 sums, two rows and a broadcast in the 32 registers.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One512(float* panels, nint stride, float* probe, int rows, float* factors, nint lanesApart, float* scores)
    {
        unchecked
        {
            float* p0 = panels, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
            Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (nint row = 0; row < rows; row++)
            {
                Vector512<float> x = Vector512.Create(probe[row * FloatTile]);
                s00 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p0 + row * 32), s00);
                s01 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p0 + row * 32 + 16), s01);
                s10 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p1 + row * 32), s10);
                s11 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p1 + row * 32 + 16), s11);
                s20 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p2 + row * 32), s20);
                s21 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p2 + row * 32 + 16), s21);
                s30 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p3 + row * 32), s30);
                s31 = Vector512.FusedMultiplyAdd(x, Vector512.Load(p3 + row * 32 + 16), s31);
            }

            Store(s00, s01, factors, scores);
            Store(s10, s11, factors + lanesApart, scores + 32);
            Store(s20, s21, factors + 2 * lanesApart, scores + 64);
            Store(s30, s31, factors + 3 * lanesApart, scores + 96);
        }
    }

    /// <summary>Panels one after another, four rows at a time; each sum is still one chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row512(float* panel, int panels, float* probe, int rows, float* factors, float* scores)
    {
        unchecked
        {
            for (; panels > 0; panels--, factors += 32, scores += 32)
            {
                float* at = probe;
                Vector512<float> a = default, b = default, x;
                for (float* end = panel + (nint)(rows / 4) * 128; panel < end; panel += 128, at += 4 * FloatTile)
                {
                    x = Vector512.Create(at[0]);
                    a = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel), a);
                    b = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 16), b);
                    x = Vector512.Create(at[FloatTile]);
                    a = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 32), a);
                    b = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 48), b);
                    x = Vector512.Create(at[2 * FloatTile]);
                    a = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 64), a);
                    b = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 80), b);
                    x = Vector512.Create(at[3 * FloatTile]);
                    a = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 96), a);
                    b = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 112), b);
                }

                for (int left = rows % 4; left > 0; left--, panel += 32, at += FloatTile)
                {
                    x = Vector512.Create(at[0]);
                    a = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel), a);
                    b = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 16), b);
                }

                Store(a, b, factors, scores);
            }
        }
    }

    private static void Store(Vector512<float> low, Vector512<float> high, float* factors, float* scores)
    {
        (low * Vector512.Load(factors)).Store(scores);
        (high * Vector512.Load(factors + 16)).Store(scores + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve512(float* panel, float* tile, int rows, float* factors, float* scores)
    {
        unchecked
        {
            Vector512<float> a0 = default, b0 = default;
            Vector512<float> a1 = default, b1 = default;
            Vector512<float> a2 = default, b2 = default;
            Vector512<float> a3 = default, b3 = default;
            Vector512<float> a4 = default, b4 = default;
            Vector512<float> a5 = default, b5 = default;
            Vector512<float> a6 = default, b6 = default;
            Vector512<float> a7 = default, b7 = default;
            Vector512<float> a8 = default, b8 = default;
            Vector512<float> a9 = default, b9 = default;
            Vector512<float> a10 = default, b10 = default;
            Vector512<float> a11 = default, b11 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector512<float> a = Vector512.Load(panel);
                Vector512<float> b = Vector512.Load(panel + 16);
                Vector512<float> x = Vector512.Create(tile[0]);
                a0 = Vector512.FusedMultiplyAdd(x, a, a0);
                b0 = Vector512.FusedMultiplyAdd(x, b, b0);
                x = Vector512.Create(tile[1]);
                a1 = Vector512.FusedMultiplyAdd(x, a, a1);
                b1 = Vector512.FusedMultiplyAdd(x, b, b1);
                x = Vector512.Create(tile[2]);
                a2 = Vector512.FusedMultiplyAdd(x, a, a2);
                b2 = Vector512.FusedMultiplyAdd(x, b, b2);
                x = Vector512.Create(tile[3]);
                a3 = Vector512.FusedMultiplyAdd(x, a, a3);
                b3 = Vector512.FusedMultiplyAdd(x, b, b3);
                x = Vector512.Create(tile[4]);
                a4 = Vector512.FusedMultiplyAdd(x, a, a4);
                b4 = Vector512.FusedMultiplyAdd(x, b, b4);
                x = Vector512.Create(tile[5]);
                a5 = Vector512.FusedMultiplyAdd(x, a, a5);
                b5 = Vector512.FusedMultiplyAdd(x, b, b5);
                x = Vector512.Create(tile[6]);
                a6 = Vector512.FusedMultiplyAdd(x, a, a6);
                b6 = Vector512.FusedMultiplyAdd(x, b, b6);
                x = Vector512.Create(tile[7]);
                a7 = Vector512.FusedMultiplyAdd(x, a, a7);
                b7 = Vector512.FusedMultiplyAdd(x, b, b7);
                x = Vector512.Create(tile[8]);
                a8 = Vector512.FusedMultiplyAdd(x, a, a8);
                b8 = Vector512.FusedMultiplyAdd(x, b, b8);
                x = Vector512.Create(tile[9]);
                a9 = Vector512.FusedMultiplyAdd(x, a, a9);
                b9 = Vector512.FusedMultiplyAdd(x, b, b9);
                x = Vector512.Create(tile[10]);
                a10 = Vector512.FusedMultiplyAdd(x, a, a10);
                b10 = Vector512.FusedMultiplyAdd(x, b, b10);
                x = Vector512.Create(tile[11]);
                a11 = Vector512.FusedMultiplyAdd(x, a, a11);
                b11 = Vector512.FusedMultiplyAdd(x, b, b11);
                panel += 32;
                tile += FloatTile;
            }

            Vector512<float> f = Vector512.Load(factors), g = Vector512.Load(factors + 16);
            (a0 * f).Store(scores);
            (b0 * g).Store(scores + 16);
            (a1 * f).Store(scores + 32);
            (b1 * g).Store(scores + 48);
            (a2 * f).Store(scores + 64);
            (b2 * g).Store(scores + 80);
            (a3 * f).Store(scores + 96);
            (b3 * g).Store(scores + 112);
            (a4 * f).Store(scores + 128);
            (b4 * g).Store(scores + 144);
            (a5 * f).Store(scores + 160);
            (b5 * g).Store(scores + 176);
            (a6 * f).Store(scores + 192);
            (b6 * g).Store(scores + 208);
            (a7 * f).Store(scores + 224);
            (b7 * g).Store(scores + 240);
            (a8 * f).Store(scores + 256);
            (b8 * g).Store(scores + 272);
            (a9 * f).Store(scores + 288);
            (b9 * g).Store(scores + 304);
            (a10 * f).Store(scores + 320);
            (b10 * g).Store(scores + 336);
            (a11 * f).Store(scores + 352);
            (b11 * g).Store(scores + 368);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four512(float* panel, float* tile, int rows, float* factors, float* scores)
    {
        unchecked
        {
            Vector512<float> a0 = default, b0 = default;
            Vector512<float> a1 = default, b1 = default;
            Vector512<float> a2 = default, b2 = default;
            Vector512<float> a3 = default, b3 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector512<float> a = Vector512.Load(panel);
                Vector512<float> b = Vector512.Load(panel + 16);
                Vector512<float> x = Vector512.Create(tile[0]);
                a0 = Vector512.FusedMultiplyAdd(x, a, a0);
                b0 = Vector512.FusedMultiplyAdd(x, b, b0);
                x = Vector512.Create(tile[1]);
                a1 = Vector512.FusedMultiplyAdd(x, a, a1);
                b1 = Vector512.FusedMultiplyAdd(x, b, b1);
                x = Vector512.Create(tile[2]);
                a2 = Vector512.FusedMultiplyAdd(x, a, a2);
                b2 = Vector512.FusedMultiplyAdd(x, b, b2);
                x = Vector512.Create(tile[3]);
                a3 = Vector512.FusedMultiplyAdd(x, a, a3);
                b3 = Vector512.FusedMultiplyAdd(x, b, b3);
                panel += 32;
                tile += FloatTile;
            }

            Vector512<float> f = Vector512.Load(factors), g = Vector512.Load(factors + 16);
            (a0 * f).Store(scores);
            (b0 * g).Store(scores + 16);
            (a1 * f).Store(scores + 32);
            (b1 * g).Store(scores + 48);
            (a2 * f).Store(scores + 64);
            (b2 * g).Store(scores + 80);
            (a3 * f).Store(scores + 96);
            (b3 * g).Store(scores + 112);
        }
    }
}
