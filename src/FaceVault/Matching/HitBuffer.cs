using System.Runtime.InteropServices;
using FaceVault.Matching;

namespace FaceVault;

/// <summary>Where <see cref="Gallery.FindAll"/> puts its answers: for each probe every candidate that reached the threshold, as long as there are places. Made once, used again for every batch, so that a search allocates nothing.</summary>
/// <remarks>
/// <para>The places belong to all probes together. When more candidates reach the threshold than there are places, the best of all are kept (by score, then probe, slot and ordinal) and <see cref="IsComplete"/> is
/// false; which are kept depends neither on threads nor on the order of enrolment.</para>
/// <para>A search fills it whole or, when it fails or is cancelled, leaves it as it was. Not for several threads at once. 52 bytes per place, 20 KiB more, and 4 bytes per probe.</para>
/// </remarks>
public sealed class HitBuffer : IAnswer
{
    private const int HitsPerPart = 16 * 1024;

    private readonly Lock gate = new();
    private readonly Candidate[] delivered;
    private readonly int[] ends;
    private readonly Hit[] found;
    private int foundCount;
    private int foundProbes;
    private int deliveredCount;
    private bool eachTemplate;
    private bool overflowed;
    private float floor;

    /// <summary>Places for answers.</summary>
    /// <param name="probes">How many probes a batch may have, 1 to 1,000,000.</param>
    /// <param name="places">How many candidates all probes of a batch together may have, 1 to 2^26.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public HitBuffer(int probes, int places)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probes, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places, 1 << 26);
        Capacity = probes;
        Places = places;
        delivered = new Candidate[places];
        ends = new int[probes];
        found = new Hit[places + Math.Max(places, 1024)];
    }

    /// <summary>How many probes a batch may have.</summary>
    public int Capacity { get; }

    /// <summary>How many candidates all probes of a batch together may have.</summary>
    public int Places { get; }

    /// <summary>How many probes the last finished search had.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every candidate of the last finished search that reached the threshold is here. False: there were more than places, and the best are here; also false before the first search.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The candidates of a probe, best first: by score, then slot, then ordinal. Empty when nothing reached the threshold.</summary>
    /// <param name="probe">0 to <see cref="Count"/> - 1.</param>
    /// <returns>Valid until the buffer is used again.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The last finished search had no such probe.</exception>
    public ReadOnlySpan<Candidate> this[int probe]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(probe);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probe, Count);
            int start = probe == 0 ? 0 : ends[probe - 1];
            return delivered.AsSpan(start, ends[probe] - start);
        }
    }

    /// <inheritdoc/>
    int IAnswer.Parts => 1 + foundCount / HitsPerPart;

    /// <inheritdoc/>
    int IAnswer.Hits
    {
        get
        {
            int hits = 0;
            for (int probe = 0; probe < Count; probe++)
                hits += this[probe].IsEmpty ? 0 : 1;
            return hits;
        }
    }

    /// <summary>The gallery's change number at which the answers were checked against removals for the last time.</summary>
    internal uint DeliveredAt { get; private set; }

    /// <summary>A score below this one finds no place: the threshold, or what the places leave.</summary>
    internal float Floor => Volatile.Read(ref floor);

    /// <summary>Forgets the answers.</summary>
    public void Clear()
    {
        Array.Clear(delivered);
        Array.Clear(found);
        Count = 0;
        IsComplete = false;
    }

    /// <inheritdoc/>
    void IAnswer.Begin(int probes, float threshold, bool perTemplate)
    {
        foundProbes = probes;
        foundCount = 0;
        eachTemplate = perTemplate;
        overflowed = false;
        floor = threshold;
    }

    /// <inheritdoc/>
    void IAnswer.Gather(GalleryScanner scanner, in SearchPass pass) => scanner.Collect(pass, this);

    /// <inheritdoc/>
    void IAnswer.EndGathering()
    {
        Sift();
        found.AsSpan(0, foundCount).Sort(Hit.ByProbe);
    }

    /// <inheritdoc/>
    void IAnswer.Deliver(int part, GalleryStore store, uint since)
    {
        if (part == 0)
        {
            deliveredCount = 0;
            Array.Clear(ends);
        }

        foreach (Hit hit in found.AsSpan(part * HitsPerPart, Math.Min(HitsPerPart, foundCount - part * HitsPerPart)))
        {
            if (!store.MayName(hit.Lane, hit.Slot, since))
                continue;
            delivered[deliveredCount++] = new Candidate(hit.Slot, hit.Ordinal, hit.Score);
            ends[hit.Probe] = deliveredCount;
        }
    }

    /// <inheritdoc/>
    void IAnswer.EndDelivery(uint change)
    {
        delivered.AsSpan(deliveredCount).Clear();
        for (int probe = 1; probe < foundProbes; probe++)
            ends[probe] = Math.Max(ends[probe], ends[probe - 1]);
        Count = foundProbes;
        IsComplete = !overflowed;
        DeliveredAt = change;
    }

    /// <summary>Adds hits. Called by several workers at once, outside of the barrier.</summary>
    internal void Collect(ReadOnlySpan<Hit> hits)
    {
        lock (gate)
        {
            foreach (Hit hit in hits)
            {
                if (hit.Score < floor)
                    continue;
                if (foundCount == found.Length)
                    Sift();
                found[foundCount++] = hit;
            }
        }
    }

    /// <summary>Leaves each consent its best template and, of those, as many as there are places.</summary>
    private void Sift()
    {
        Span<Hit> hits = found.AsSpan(0, foundCount);
        if (!eachTemplate)
        {
            hits.Sort(Hit.ByConsent);
            int kept = 0;
            for (int i = 0; i < hits.Length; i++)
                if (kept == 0 || hits[i].Slot != hits[kept - 1].Slot || hits[i].Probe != hits[kept - 1].Probe)
                    hits[kept++] = hits[i];
            foundCount = kept;
        }

        if (foundCount <= Places)
            return;
        hits[..foundCount].Sort();
        foundCount = Places;
        overflowed = true;
        Volatile.Write(ref floor, hits[Places - 1].Score);
    }
}
