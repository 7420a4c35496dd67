using System.Runtime.CompilerServices;

namespace FaceVault.Matching;

/// <summary>The best candidates of each probe of a pass, one per slot or each template for itself, best first. One belongs to each worker; they are merged at the end.</summary>
/// <remarks>
/// The order (score falling, slot rising, ordinal rising) is total, so what is kept depends neither on the order of the lanes nor on how they were divided
/// among workers. Each list is a heap with its last candidate at the root, so that one more costs log₂ of the length, also when every lane passes; <see cref="Settle"/> sorts it.
/// A full list's last score is its probe's floor. Arrays grow to the largest pass seen and are used again. Not thread-safe.
/// </remarks>
internal sealed class TopCandidates : CandidateSieve
{
    private readonly int[] counts = new int[MaxProbes];
    private readonly int[] tops = new int[MaxProbes];
    private float[] scores = [];
    private uint[] slots = [];
    private ushort[] ordinals = [];
    private int[] lanes = [];
    private int stride;
    private bool perTemplate;

    /// <summary>Empties the lists and sets how long each may become and which score it asks for.</summary>
    public void Prepare(ReadOnlySpan<int> top, ReadOnlySpan<float> thresholds, bool perTemplate = false, ExactScores? exact = null)
    {
        this.perTemplate = perTemplate;
        SetExact(exact);
        stride = 0;
        for (int probe = 0; probe < top.Length; probe++)
        {
            stride = Math.Max(stride, top[probe]);
            tops[probe] = top[probe];
            counts[probe] = 0;
            SetFloor(probe, thresholds[probe]);
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

    /// <summary>An entry of a probe's list, once it was settled.</summary>
    /// <param name="probe">The probe's number in the pass.</param>
    /// <param name="index">0 for the best.</param>
    /// <param name="lane">Where in the gallery the template lies.</param>
    public Candidate Get(int probe, int index, out int lane)
    {
        int place = probe * stride + index;
        lane = lanes[place];
        return new Candidate(slots[place], ordinals[place], scores[place]);
    }

    /// <summary>Takes over what another worker found for the same pass. Neither was settled.</summary>
    public void Merge(TopCandidates other, int probes)
    {
        for (int probe = 0; probe < probes; probe++)
            for (int i = 0; i < other.counts[probe]; i++)
            {
                int place = probe * stride + i;
                Insert(probe, other.scores[place], other.slots[place], other.ordinals[place], other.lanes[place]);
            }
    }

    /// <summary>Puts each list in order, best first. Nothing may be offered any more.</summary>
    public void Settle(int probes)
    {
        for (int probe = 0; probe < probes; probe++)
        {
            int start = probe * stride;
            for (int last = counts[probe] - 1; last > 0; last--)
            {
                int place = start + last;
                (float score, uint slot, ushort ordinal, int lane) = (scores[place], slots[place], ordinals[place], lanes[place]);
                Move(start, place);
                Sink(start, last, 0, score, slot, ordinal, lane);
            }
        }
    }

    /// <summary>Whether a candidate stands before another one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Precedes(float score, uint slot, int ordinal, float otherScore, uint otherSlot, int otherOrdinal) =>
        score != otherScore ? score > otherScore : slot != otherSlot ? slot < otherSlot : ordinal < otherOrdinal;

    /// <inheritdoc/>
    protected override void Insert(int probe, float score, uint slot, ushort ordinal, int lane)
    {
        int start = probe * stride, count = counts[probe], top = tops[probe];
        if (count == top && !PrecedesPlace(score, slot, ordinal, start))
            return;
        int same = perTemplate ? -1 : slots.AsSpan(start, count).IndexOf(slot);
        if (same >= 0)
        {
            if (!PrecedesPlace(score, slot, ordinal, start + same))
                return;
            Sink(start, count, same, score, slot, ordinal, lane);
        }
        else if (count == top)
        {
            Sink(start, count, 0, score, slot, ordinal, lane);
        }
        else
        {
            Rise(start, count, score, slot, ordinal, lane);
            counts[probe] = ++count;
        }

        if (count == top)
            SetFloor(probe, scores[start]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool PrecedesPlace(float score, uint slot, int ordinal, int place) => Precedes(score, slot, ordinal, scores[place], slots[place], ordinals[place]);

    /// <summary>Puts a candidate at <paramref name="index"/> or, while one below has to stand after it, further down.</summary>
    private void Sink(int start, int count, int index, float score, uint slot, ushort ordinal, int lane)
    {
        for (int child; (child = 2 * index + 1) < count; index = child)
        {
            if (child + 1 < count && PrecedesPlace(scores[start + child], slots[start + child], ordinals[start + child], start + child + 1))
                child++;
            if (!PrecedesPlace(score, slot, ordinal, start + child))
                break;
            Move(start + child, start + index);
        }

        Put(start + index, score, slot, ordinal, lane);
    }

    /// <summary>Puts a candidate at <paramref name="index"/> or, while the one above stands before it, further up.</summary>
    private void Rise(int start, int index, float score, uint slot, ushort ordinal, int lane)
    {
        for (; index > 0 && !PrecedesPlace(score, slot, ordinal, start + (index - 1) / 2); index = (index - 1) / 2)
            Move(start + (index - 1) / 2, start + index);
        Put(start + index, score, slot, ordinal, lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move(int from, int to) => Put(to, scores[from], slots[from], ordinals[from], lanes[from]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(int place, float score, uint slot, ushort ordinal, int lane)
    {
        scores[place] = score;
        slots[place] = slot;
        ordinals[place] = ordinal;
        lanes[place] = lane;
    }
}
