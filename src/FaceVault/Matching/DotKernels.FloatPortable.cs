using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

// Float32 with portable 128-bit vectors (Arm, and x64 without AVX2) and without vectors. Where fused multiply-add is not built in, .NET computes it exactly in software.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One128(float* panel, float* probe, int rows, float* factors, float* scores)
    {
        unchecked
        {
            Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (int row = 0; row < rows; row++)
            {
                Vector128<float> x = Vector128.Create(*probe);
                s0 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel), s0);
                s1 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 4), s1);
                s2 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 8), s2);
                s3 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 12), s3);
                s4 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 16), s4);
                s5 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 20), s5);
                s6 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 24), s6);
                s7 = Vector128.FusedMultiplyAdd(x, Vector128.Load(panel + 28), s7);
                panel += 32;
                probe += FloatTile;
            }

            (s0 * Vector128.Load(factors)).Store(scores);
            (s1 * Vector128.Load(factors + 4)).Store(scores + 4);
            (s2 * Vector128.Load(factors + 8)).Store(scores + 8);
            (s3 * Vector128.Load(factors + 12)).Store(scores + 12);
            (s4 * Vector128.Load(factors + 16)).Store(scores + 16);
            (s5 * Vector128.Load(factors + 20)).Store(scores + 20);
            (s6 * Vector128.Load(factors + 24)).Store(scores + 24);
            (s7 * Vector128.Load(factors + 28)).Store(scores + 28);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneScalar(float* panel, float* probe, int rows, float* factors, float* scores)
    {
        unchecked
        {
            for (int lane = 0; lane < 32; lane++)
            {
                float sum = 0;
                for (nint row = 0; row < rows; row++)
                    sum = MathF.FusedMultiplyAdd(probe[row * FloatTile], panel[row * 32 + lane], sum);
                scores[lane] = sum * factors[lane];
            }
        }
    }
}
