using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

/// <summary>The best candidates of each probe of a pass, one per slot, in the order of <see cref="Precedes"/>. One belongs to each worker; they are merged at the end.</summary>
/// <remarks>
/// The order (score falling, slot rising, ordinal rising) is total, so what is kept depends neither on the order of the lanes nor on how they were divided
/// among workers. A whole vector of scores is compared with the probe's floor first: its threshold, and once the list is full its last score.
/// Scores beyond ±1 by rounding are clamped when they enter. Arrays grow to the largest pass seen and are used again. Not thread-safe.
/// </remarks>
internal sealed unsafe class TopCandidates
{
    /// <summary>The most probes in a pass: whole tiles of either kind (22 × 12 = 44 × 6), so that 256 probes are one pass.</summary>
    public const int MaxProbes = 264;

    private readonly float[] floors = new float[MaxProbes];
    private readonly int[] counts = new int[MaxProbes];
    private readonly int[] tops = new int[MaxProbes];
    private float[] scores = [];
    private uint[] slots = [];
    private ushort[] ordinals = [];
    private int[] lanes = [];
    private int stride;

    /// <summary>Empties the lists and sets how long each may become and which score it asks for.</summary>
    public void Prepare(ReadOnlySpan<int> top, ReadOnlySpan<float> thresholds)
    {
        stride = 0;
        for (int probe = 0; probe < top.Length; probe++)
        {
            stride = Math.Max(stride, top[probe]);
            tops[probe] = top[probe];
            counts[probe] = 0;
            floors[probe] = Floor(thresholds[probe]);
        }

        int places = stride * top.Length;
        if (scores.Length >= places)
            return;
        scores = new float[places];
        slots = new uint[places];
        ordinals = new ushort[places];
        lanes = new int[places];
    }

    public int Count(int probe) => counts[probe];

    /// <summary>An entry of a probe's list.</summary>
    /// <param name="probe">The probe's number in the pass.</param>
    /// <param name="index">0 for the best.</param>
    /// <param name="lane">Where in the gallery the template lies.</param>
    public Candidate Get(int probe, int index, out int lane)
    {
        int place = probe * stride + index;
        lane = lanes[place];
        return new Candidate(slots[place], ordinals[place], scores[place]);
    }

    /// <summary>Offers adjacent probes the scores of adjacent lanes; NaN marks a lane that is not to be used.</summary>
    /// <param name="firstProbe">The first probe's number in the pass.</param>
    /// <param name="probes">How many probes.</param>
    /// <param name="values">Their scores, probe by probe.</param>
    /// <param name="count">How many lanes, a multiple of 16.</param>
    /// <param name="slot">The slots of the lanes.</param>
    /// <param name="ordinal">The ordinals of the lanes.</param>
    /// <param name="firstLane">The first lane's number in the gallery.</param>
    public void Offer(int firstProbe, int probes, float* values, int count, uint* slot, ushort* ordinal, int firstLane)
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

    /// <summary>Takes over what another worker found for the same pass.</summary>
    public void Merge(TopCandidates other, int probes)
    {
        for (int probe = 0; probe < probes; probe++)
            for (int i = 0; i < other.counts[probe]; i++)
            {
                int place = probe * stride + i;
                Insert(probe, other.scores[place], other.slots[place], other.ordinals[place], other.lanes[place]);
            }
    }

    /// <summary>Whether a candidate stands before another one.</summary>
    public static bool Precedes(float score, uint slot, int ordinal, float otherScore, uint otherSlot, int otherOrdinal) =>
        score != otherScore ? score > otherScore : slot != otherSlot ? slot < otherSlot : ordinal < otherOrdinal;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take(int probe, uint passed, float* values, uint* slot, ushort* ordinal, int firstLane)
    {
        for (; passed != 0; passed &= passed - 1)
        {
            int hit = BitOperations.TrailingZeroCount(passed);
            Insert(probe, values[hit], slot[hit], ordinal[hit], firstLane + hit);
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

    /// <summary>A score below -1 by rounding counts as -1, so nothing may be kept out by a floor of -1.</summary>
    private static float Floor(float score) => score <= -1f ? float.NegativeInfinity : score;

    private void Insert(int probe, float score, uint slot, ushort ordinal, int lane)
    {
        int start = probe * stride, count = counts[probe], top = tops[probe];
        score = Math.Clamp(score, -1f, 1f);
        if (count == top)
        {
            int worst = start + top - 1;
            if (!Precedes(score, slot, ordinal, scores[worst], slots[worst], ordinals[worst]))
                return;
        }

        int same = slots.AsSpan(start, count).IndexOf(slot);
        if (same >= 0)
        {
            int place = start + same;
            if (!Precedes(score, slot, ordinal, scores[place], slots[place], ordinals[place]))
                return;
        }

        // Entries from the new one's place up to the one it replaces (its own slot's, the last, or none) move down by one.
        int end = same >= 0 ? same : count < top ? count : top - 1;
        int low = 0, high = end;
        while (low < high)
        {
            int middle = (low + high) / 2;
            int place = start + middle;
            if (Precedes(scores[place], slots[place], ordinals[place], score, slot, ordinal))
                low = middle + 1;
            else
                high = middle;
        }

        int target = start + low, moved = end - low;
        scores.AsSpan(target, moved).CopyTo(scores.AsSpan(target + 1));
        slots.AsSpan(target, moved).CopyTo(slots.AsSpan(target + 1));
        ordinals.AsSpan(target, moved).CopyTo(ordinals.AsSpan(target + 1));
        lanes.AsSpan(target, moved).CopyTo(lanes.AsSpan(target + 1));
        scores[target] = score;
        slots[target] = slot;
        ordinals[target] = ordinal;
        lanes[target] = lane;
        if (same < 0 && count < top)
            counts[probe] = ++count;
        if (count == top)
            floors[probe] = Floor(scores[start + top - 1]);
    }
}
