using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

/// <summary>Lets the scores through that reach their probe's floor: a whole vector of scores is compared at once, and only lanes that pass are looked at one by one.</summary>
/// <remarks>
/// With exact scores (<see cref="ExactScores"/>) what is compared here is the int8 score, and the floor is lower by as much as that may differ from the exact one; whatever passes is
/// scored again at once, while its block is at hand, and passes on only if the exact score reaches the floor. Scores beyond ±1 by rounding are clamped. Not thread-safe.
/// </remarks>
internal abstract unsafe class CandidateSieve : ScoreSink
{
    /// <summary>The most probes in a pass: whole tiles of either kind (22 × 12 = 44 × 6), so that 256 probes are one pass.</summary>
    public const int MaxProbes = 264;

    private readonly float[] floors = new float[MaxProbes];
    private readonly float[] exactFloors = new float[MaxProbes];
    private ExactScores? exact;
    private InterleavedBlock block;
    private float* factors;
    private int firstLaneOfBlock;

    /// <inheritdoc/>
    public override void Begin(InterleavedBlock block, int firstLane, float* factors)
    {
        this.block = block;
        this.factors = factors;
        firstLaneOfBlock = firstLane;
    }

    /// <inheritdoc/>
    public sealed override void Offer(int firstProbe, int probes, float* values, int count, uint* slot, ushort* ordinal, int firstLane)
    {
        unchecked
        {
            for (int probe = firstProbe; probe < firstProbe + probes; probe++)
                for (int lane = 0; lane < count; lane += 16, values += 16)
                {
                    uint passed = AtLeast(values, floors[probe]);
                    if (passed != 0)
                        Take(probe, passed, values, slot + lane, ordinal + lane, firstLane + lane);
                }
        }
    }

    /// <summary>Says whether what passes is scored again. Before <see cref="SetFloor"/>.</summary>
    protected void SetExact(ExactScores? scores) => exact = scores;

    /// <inheritdoc/>
    public sealed override bool Passes(int probe, float* values, int count)
    {
        if (!Vector256.IsHardwareAccelerated)
            return true;
        unchecked
        {
            Vector256<float> bound = Vector256.Create(floors[probe]), passed = default;
            for (int i = 0; i < count; i += 64)
                passed |= Passed(values + i, bound) | Passed(values + i + 16, bound) | Passed(values + i + 32, bound) | Passed(values + i + 48, bound);
            return passed.AsInt32() != Vector256<int>.Zero;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Passed(float* values, Vector256<float> bound) =>
        Vector256.GreaterThanOrEqual(Vector256.Load(values), bound) | Vector256.GreaterThanOrEqual(Vector256.Load(values + 8), bound);

    /// <summary>From now on only a score of this or more passes. A score below -1 by rounding counts as -1, so nothing is kept out by a floor of -1.</summary>
    protected void SetFloor(int probe, float score)
    {
        score = score <= -1f ? float.NegativeInfinity : score;
        exactFloors[probe] = score;
        floors[probe] = exact is null ? score : score - exact.Margin(probe);
    }

    /// <summary>Gets a score that passed, clamped to ±1.</summary>
    protected abstract void Insert(int probe, float score, uint slot, ushort ordinal, int lane);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take(int probe, uint passed, float* values, uint* slot, ushort* ordinal, int firstLane)
    {
        for (; passed != 0; passed &= passed - 1)
        {
            int hit = BitOperations.TrailingZeroCount(passed);
            float score = values[hit];
            if (exact is not null)
            {
                int lane = firstLane + hit - firstLaneOfBlock;
                score = exact.Score(probe, block, lane, factors[lane]);
                if (!(score >= exactFloors[probe]))
                    continue;
            }

            Insert(probe, Math.Clamp(score, -1f, 1f), slot[hit], ordinal[hit], firstLane + hit);
        }
    }

    /// <summary>In halves, also where a vector would hold them all: kernels store 8 scores at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint AtLeast(float* values, float floor)
    {
        uint passed = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> bound = Vector256.Create(floor);
            return Vector256.GreaterThanOrEqual(Vector256.Load(values), bound).ExtractMostSignificantBits()
                | Vector256.GreaterThanOrEqual(Vector256.Load(values + 8), bound).ExtractMostSignificantBits() << 8;
        }

        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<float> bound = Vector128.Create(floor);
            for (int i = 0; i < 16; i += 4)
                passed |= Vector128.GreaterThanOrEqual(Vector128.Load(values + i), bound).ExtractMostSignificantBits() << i;
            return passed;
        }

        for (int i = 0; i < 16; i++)
            if (values[i] >= floor)
                passed |= 1u << i;
        return passed;
    }
}
