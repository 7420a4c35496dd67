using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Matching;

/// <summary>The instruction set that scores float32 templates.</summary>
internal enum FloatKernel
{
    None = 0,
    Scalar,
    Vector128,
    Vector256,
    Vector512,
}

/// <summary>The instruction set that scores int8 templates.</summary>
internal enum ByteKernel
{
    None = 0,
    Scalar,
    Vector128,
    Avx2,
    Avx512BW,
    AvxVnni,
}

/// <summary>Dot products of packed probes (<see cref="ProbeBatch"/>) with interleaved panels (<see cref="BlockLayout"/>), times the lanes' factors.</summary>
/// <remarks>
/// <para>float32: every score is one chain of fused multiply-adds over the dimensions in their order, so that all kernels give the same bits on every
/// processor, at the price of speed where none is built in (x64 before 2013). Against exact arithmetic the error of a score is at most d · 2^-24 · Σ|aᵢ·bᵢ|,
/// below 3.1e-5 for unit vectors of 512 dimensions and about 1e-7 in practice.</para>
/// <para>int8: sums are exact integers (<see cref="IntegerLength"/>), turned into a float and multiplied by the lane's factor, then the probe's: the same bits everywhere.</para>
/// <para>All pointers must be readable for what the layout says and no byte more; panels and scores are aligned to 64 bytes. Nothing is allocated.</para>
/// </remarks>
[SkipLocalsInit]
internal static unsafe partial class DotKernels
{
    /// <summary>Probes side by side in a packed float32 tile.</summary>
    public const int FloatTile = 12;

    /// <summary>Probes side by side in a packed int8 tile.</summary>
    public const int ByteTile = 6;

    /// <summary>Floats that a caller must hold ready for the scores of one call: 12 probes × 32 lanes or 4 panels × 32 lanes.</summary>
    public const int ScoresPerCall = FloatTile * 32;

    /// <summary>The fastest float32 kernel of this processor.</summary>
    public static FloatKernel BestFloat { get; } =
        IsSupported(FloatKernel.Vector512) ? FloatKernel.Vector512 :
        IsSupported(FloatKernel.Vector256) ? FloatKernel.Vector256 :
        IsSupported(FloatKernel.Vector128) ? FloatKernel.Vector128 : FloatKernel.Scalar;

    /// <summary>The fastest int8 kernel of this processor.</summary>
    public static ByteKernel BestByte { get; } =
        IsSupported(ByteKernel.AvxVnni) ? ByteKernel.AvxVnni :
        IsSupported(ByteKernel.Avx512BW) ? ByteKernel.Avx512BW :
        IsSupported(ByteKernel.Avx2) ? ByteKernel.Avx2 :
        IsSupported(ByteKernel.Vector128) ? ByteKernel.Vector128 : ByteKernel.Scalar;

    public static bool IsSupported(FloatKernel kernel) => kernel switch
    {
        FloatKernel.Vector512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        FloatKernel.Vector256 => Vector256.IsHardwareAccelerated && Fma.IsSupported,
        FloatKernel.Vector128 => Vector128.IsHardwareAccelerated,
        FloatKernel.Scalar => true,
        _ => false,
    };

    public static bool IsSupported(ByteKernel kernel) => kernel switch
    {
        ByteKernel.AvxVnni => AvxVnni.IsSupported,
        ByteKernel.Avx512BW => Avx512BW.IsSupported,
        ByteKernel.Avx2 => Avx2.IsSupported,
        ByteKernel.Vector128 => Vector128.IsHardwareAccelerated,
        ByteKernel.Scalar => true,
        _ => false,
    };

    /// <summary>One probe against four panels.</summary>
    /// <param name="kernel">A supported kernel.</param>
    /// <param name="sideBySide">Whether they are read as four streams at once; otherwise one after another, and they and their lanes must be adjacent.</param>
    /// <param name="panels">The first of four panels of <paramref name="rows"/> × 32 floats.</param>
    /// <param name="stride">Floats from one panel to the next.</param>
    /// <param name="probe">The probe's first value; its next lies <see cref="FloatTile"/> floats on.</param>
    /// <param name="rows">Rows of a panel.</param>
    /// <param name="factors">Four times 32 lane factors.</param>
    /// <param name="lanesApart">Lane factors from one panel's to the next's.</param>
    /// <param name="scores">Gets 128 scores.</param>
    public static void ScoreOne(FloatKernel kernel, bool sideBySide, float* panels, nint stride, float* probe, int rows, float* factors, nint lanesApart, float* scores)
    {
        switch (kernel)
        {
            case FloatKernel.Vector512 when !sideBySide:
                Row512(panels, BlockLayout.Streams, probe, rows, factors, scores);
                break;
            case FloatKernel.Vector512:
                One512(panels, stride, probe, rows, factors, lanesApart, scores);
                break;
            case FloatKernel.Vector256:
                for (int panel = 0; panel < BlockLayout.Streams; panel++)
                    One256(panels + panel * stride, probe, rows, factors + panel * lanesApart, scores + panel * 32);
                break;
            case FloatKernel.Vector128:
                for (int panel = 0; panel < BlockLayout.Streams; panel++)
                    One128(panels + panel * stride, probe, rows, factors + panel * lanesApart, scores + panel * 32);
                break;
            default:
                for (int panel = 0; panel < BlockLayout.Streams; panel++)
                    OneScalar(panels + panel * stride, probe, rows, factors + panel * lanesApart, scores + panel * 32);
                break;
        }
    }

    /// <summary>The probes of a tile against one panel.</summary>
    /// <param name="kernel">A supported kernel.</param>
    /// <param name="panel"><paramref name="rows"/> × 32 floats.</param>
    /// <param name="tile"><paramref name="rows"/> × <see cref="FloatTile"/> floats; missing probes are zero.</param>
    /// <param name="count">Probes in the tile, 1 to 12. Scores of missing probes may be written too.</param>
    /// <param name="rows">Rows of a panel.</param>
    /// <param name="factors">32 lane factors.</param>
    /// <param name="scores">Gets 32 scores per probe.</param>
    public static void ScoreTile(FloatKernel kernel, float* panel, float* tile, int count, int rows, float* factors, float* scores)
    {
        switch (kernel)
        {
            case FloatKernel.Vector512 when count > 8:
                Twelve512(panel, tile, rows, factors, scores);
                break;
            case FloatKernel.Vector512:
                for (int probe = 0; probe < count; probe += 4)
                    Four512(panel, tile + probe, rows, factors, scores + probe * 32);
                break;
            case FloatKernel.Vector256:
                for (int probe = 0; probe < count; probe += 6)
                {
                    Six256(panel, tile + probe, rows, factors, scores + probe * 32);
                    Six256(panel + 16, tile + probe, rows, factors + 16, scores + probe * 32 + 16);
                }

                break;
            case FloatKernel.Vector128:
                for (int probe = 0; probe < count; probe++)
                    One128(panel, tile + probe, rows, factors, scores + probe * 32);
                break;
            default:
                for (int probe = 0; probe < count; probe++)
                    OneScalar(panel, tile + probe, rows, factors, scores + probe * 32);
                break;
        }
    }

    /// <summary>One probe against four panels.</summary>
    /// <param name="kernel">A supported kernel.</param>
    /// <param name="sideBySide">Whether they are read as four streams at once; otherwise one after another, and they and their lanes must be adjacent.</param>
    /// <param name="panels">The first of four panels of <paramref name="rows"/> × 64 bytes.</param>
    /// <param name="stride">Groups of four bytes from one panel to the next.</param>
    /// <param name="probe">The probe's first four values; its next lie <see cref="ByteTile"/> × 4 bytes on. Never -128.</param>
    /// <param name="rows">Rows of a panel.</param>
    /// <param name="probeSum">The sum of the probe's values.</param>
    /// <param name="probeFactor">One over the length of the probe.</param>
    /// <param name="factors">Four times 16 lane factors.</param>
    /// <param name="lanesApart">Lane factors from one panel's to the next's.</param>
    /// <param name="scores">Gets 64 scores.</param>
    public static void ScoreOne(
        ByteKernel kernel, bool sideBySide, int* panels, nint stride, int* probe, int rows, int probeSum, float probeFactor, float* factors, nint lanesApart, float* scores)
    {
        int* dots = stackalloc int[BlockLayout.Streams * 16];
        switch (kernel)
        {
            case ByteKernel.AvxVnni when !sideBySide:
                RowVnni(panels, BlockLayout.Streams, probe, rows, probeSum, probeFactor, factors, scores);
                return;
            case ByteKernel.AvxVnni:
                OneVnni(panels, stride, probe, rows, probeSum, probeFactor, factors, lanesApart, scores);
                return;
            case ByteKernel.Avx512BW:
                OneAvx512(panels, stride, probe, rows, dots);
                break;
            case ByteKernel.Avx2:
                OneAvx2(panels, stride, probe, rows, dots);
                break;
            case ByteKernel.Vector128:
                for (int panel = 0; panel < BlockLayout.Streams; panel++)
                    OneVector128(panels + panel * stride, probe, rows, dots + panel * 16);
                break;
            default:
                for (int panel = 0; panel < BlockLayout.Streams; panel++)
                    OneScalar(panels + panel * stride, probe, rows, dots + panel * 16);
                break;
        }

        for (int panel = 0; panel < BlockLayout.Streams; panel++)
            ToScores(dots + panel * 16, factors + panel * lanesApart, probeFactor, scores + panel * 16);
    }

    /// <summary>The probes of a tile against one panel.</summary>
    /// <param name="kernel">A supported kernel.</param>
    /// <param name="panel"><paramref name="rows"/> × 64 bytes.</param>
    /// <param name="tile"><paramref name="rows"/> × <see cref="ByteTile"/> × 4 bytes; missing probes are zero, none holds -128.</param>
    /// <param name="count">Probes in the tile, 1 to 6.</param>
    /// <param name="rows">Rows of a panel.</param>
    /// <param name="probeSums">The sum of each probe's values, six of them, 0 for a missing probe.</param>
    /// <param name="probeFactors">One over the length of each probe, six of them.</param>
    /// <param name="factors">16 lane factors.</param>
    /// <param name="scores">Gets 16 scores per probe; those of missing probes may be written too.</param>
    public static void ScoreTile(ByteKernel kernel, int* panel, int* tile, int count, int rows, int* probeSums, float* probeFactors, float* factors, float* scores)
    {
        int* dots = stackalloc int[ByteTile * 16];
        switch (kernel)
        {
            case ByteKernel.AvxVnni:
                SixVnni(panel, tile, rows, probeSums, probeFactors, factors, scores);
                return;
            case ByteKernel.Avx512BW:
                SixAvx512(panel, tile, rows, dots);
                break;
            case ByteKernel.Avx2:
                SixAvx2(panel, tile, rows, dots);
                SixAvx2(panel + 8, tile, rows, dots + 8);
                break;
            case ByteKernel.Vector128:
                for (int probe = 0; probe < count; probe++)
                    OneVector128(panel, tile + probe, rows, dots + probe * 16);
                break;
            default:
                for (int probe = 0; probe < count; probe++)
                    OneScalar(panel, tile + probe, rows, dots + probe * 16);
                break;
        }

        for (int probe = 0; probe < count; probe++)
            ToScores(dots + probe * 16, factors, probeFactors[probe], scores + probe * 16);
    }

    /// <summary>Turns the integer dot products of 16 lanes into scores: (float)dot × lane factor × probe factor, in this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToScores(int* dots, float* factors, float probeFactor, float* scores)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            (Vector512.ConvertToSingle(Vector512.Load(dots)) * Vector512.Load(factors) * Vector512.Create(probeFactor)).Store(scores);
            return;
        }

        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<float> scale = Vector128.Create(probeFactor);
            for (int lane = 0; lane < 16; lane += 4)
                (Vector128.ConvertToSingle(Vector128.Load(dots + lane)) * Vector128.Load(factors + lane) * scale).Store(scores + lane);
            return;
        }

        for (int lane = 0; lane < 16; lane++)
            scores[lane] = dots[lane] * factors[lane] * probeFactor;
    }
}
