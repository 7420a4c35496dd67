using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

// Int8 with portable 128-bit vectors (Arm, and x64 without AVX2) and without vectors: each of the four bytes of a group is widened to 32 bits and multiplied there.
internal static unsafe partial class DotKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVector128(int* panel, int* probe, int rows, int* dots)
    {
        unchecked
        {
            Vector128<int> flip = Vector128.Create((byte)0x80).AsInt32(), s0 = default, s1 = default, s2 = default, s3 = default;
            for (int row = 0; row < rows; row++)
            {
                int x = *probe;
                Vector128<int> x0 = Vector128.Create(x << 24 >> 24), x1 = Vector128.Create(x << 16 >> 24), x2 = Vector128.Create(x << 8 >> 24), x3 = Vector128.Create(x >> 24);
                s0 += Group(Vector128.Load(panel) ^ flip, x0, x1, x2, x3);
                s1 += Group(Vector128.Load(panel + 4) ^ flip, x0, x1, x2, x3);
                s2 += Group(Vector128.Load(panel + 8) ^ flip, x0, x1, x2, x3);
                s3 += Group(Vector128.Load(panel + 12) ^ flip, x0, x1, x2, x3);
                panel += 16;
                probe += ByteTile;
            }

            s0.Store(dots);
            s1.Store(dots + 4);
            s2.Store(dots + 8);
            s3.Store(dots + 12);
        }
    }

    private static Vector128<int> Group(Vector128<int> t, Vector128<int> x0, Vector128<int> x1, Vector128<int> x2, Vector128<int> x3) =>
        (((t << 24) >> 24) * x0) + (((t << 16) >> 24) * x1) + (((t << 8) >> 24) * x2) + ((t >> 24) * x3);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneScalar(int* panel, int* probe, int rows, int* dots)
    {
        unchecked
        {
            for (int lane = 0; lane < 16; lane++)
            {
                int sum = 0;
                for (nint row = 0; row < rows; row++)
                {
                    byte* template = (byte*)(panel + row * 16 + lane);
                    sbyte* values = (sbyte*)(probe + row * ByteTile);
                    sum += (template[0] - 128) * values[0] + (template[1] - 128) * values[1] + (template[2] - 128) * values[2] + (template[3] - 128) * values[3];
                }

                dots[lane] = sum;
            }
        }
    }
}
