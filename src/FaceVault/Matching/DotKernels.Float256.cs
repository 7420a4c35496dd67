using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

// Float32 with 256-bit vectors and fused multiply-add: half a panel row of 32 lanes is two registers. The six-probe tile keeps 12 sums, two rows and a broadcast in the 16 registers.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One256(float* panel, float* probe, int rows, float* factors, float* scores)
    {
        unchecked
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector256<float> x = Vector256.Create(*probe);
                s0 = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel), s0);
                s1 = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel + 8), s1);
                s2 = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel + 16), s2);
                s3 = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel + 24), s3);
                panel += 32;
                probe += FloatTile;
            }

            (s0 * Vector256.Load(factors)).Store(scores);
            (s1 * Vector256.Load(factors + 8)).Store(scores + 8);
            (s2 * Vector256.Load(factors + 16)).Store(scores + 16);
            (s3 * Vector256.Load(factors + 24)).Store(scores + 24);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six256(float* panel, float* tile, int rows, float* factors, float* scores)
    {
        unchecked
        {
            Vector256<float> a0 = default, b0 = default;
            Vector256<float> a1 = default, b1 = default;
            Vector256<float> a2 = default, b2 = default;
            Vector256<float> a3 = default, b3 = default;
            Vector256<float> a4 = default, b4 = default;
            Vector256<float> a5 = default, b5 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector256<float> a = Vector256.Load(panel);
                Vector256<float> b = Vector256.Load(panel + 8);
                Vector256<float> x = Vector256.Create(tile[0]);
                a0 = Vector256.FusedMultiplyAdd(x, a, a0);
                b0 = Vector256.FusedMultiplyAdd(x, b, b0);
                x = Vector256.Create(tile[1]);
                a1 = Vector256.FusedMultiplyAdd(x, a, a1);
                b1 = Vector256.FusedMultiplyAdd(x, b, b1);
                x = Vector256.Create(tile[2]);
                a2 = Vector256.FusedMultiplyAdd(x, a, a2);
                b2 = Vector256.FusedMultiplyAdd(x, b, b2);
                x = Vector256.Create(tile[3]);
                a3 = Vector256.FusedMultiplyAdd(x, a, a3);
                b3 = Vector256.FusedMultiplyAdd(x, b, b3);
                x = Vector256.Create(tile[4]);
                a4 = Vector256.FusedMultiplyAdd(x, a, a4);
                b4 = Vector256.FusedMultiplyAdd(x, b, b4);
                x = Vector256.Create(tile[5]);
                a5 = Vector256.FusedMultiplyAdd(x, a, a5);
                b5 = Vector256.FusedMultiplyAdd(x, b, b5);
                panel += 32;
                tile += FloatTile;
            }

            Vector256<float> f = Vector256.Load(factors), g = Vector256.Load(factors + 8);
            (a0 * f).Store(scores);
            (b0 * g).Store(scores + 8);
            (a1 * f).Store(scores + 32);
            (b1 * g).Store(scores + 40);
            (a2 * f).Store(scores + 64);
            (b2 * g).Store(scores + 72);
            (a3 * f).Store(scores + 96);
            (b3 * g).Store(scores + 104);
            (a4 * f).Store(scores + 128);
            (b4 * g).Store(scores + 136);
            (a5 * f).Store(scores + 160);
            (b5 * g).Store(scores + 168);
        }
    }
}
