using System.Runtime.CompilerServices;

namespace FaceVault.Matching;

/// <summary>Scores single lanes of an int8 gallery with the float32 numbers of the probes of a pass, and says how far such a score may lie from the int8 one.</summary>
/// <remarks>
/// The exact score is the cosine of the probe and the template's integers: products and sums in double, four sums side by side in a fixed order, rounded once; so it has the same bits
/// everywhere. The int8 score is the cosine of the quantised probe and the same integers. On the sphere the two probes are one angle apart, cosines change by no more than
/// angles, and so this angle, with a millionth for all roundings, bounds the difference for every template (docs/matching.md). Read by all workers of a pass.
/// </remarks>
internal sealed unsafe class ExactScores(BlockLayout layout)
{
    /// <summary>More than the roundings of both scores (five at most, each 2^-24) and of the angle (below 10^-7) together.</summary>
    private const float Roundings = 1e-6f;

    private readonly float[] margins = new float[CandidateSieve.MaxProbes];
    private ProbeBatch probes = null!;
    private int first;

    /// <summary>Takes the probes of a pass.</summary>
    public void Prepare(ProbeBatch batch, int firstProbe, int count)
    {
        probes = batch;
        first = firstProbe;
        for (int probe = 0; probe < count; probe++)
            margins[probe] = (float)batch.QuantisedAngle(firstProbe + probe) + Roundings;
    }

    /// <summary>The most by which the exact score of any template differs from the int8 score of this probe.</summary>
    public float Margin(int probe) => margins[probe];

    /// <summary>The exact score of a lane.</summary>
    /// <param name="probe">The probe's number in the pass.</param>
    /// <param name="block">The block at hand.</param>
    /// <param name="lane">The lane's number in the block.</param>
    /// <param name="factor">One over the length of its integers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Score(int probe, InterleavedBlock block, int lane, float factor)
    {
        float* numbers = probes.Numbers(first + probe);
        byte* column = block.Panel(lane / 16) + lane % 16 * 4;
        double a = 0, b = 0, c = 0, d = 0;
        for (int row = 0; row < layout.Rows; row++, numbers += 4, column += 64)
        {
            a += (double)numbers[0] * (column[0] - 128);
            b += (double)numbers[1] * (column[1] - 128);
            c += (double)numbers[2] * (column[2] - 128);
            d += (double)numbers[3] * (column[3] - 128);
        }

        return (float)((a + b + (c + d)) * factor);
    }
}
