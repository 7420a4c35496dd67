using FaceVault.Matching;

namespace FaceVault;

/// <summary>Where a bulk search puts its answers: for each probe up to <see cref="Top"/> candidates, best first. Made once, used again for every batch, so that a search allocates nothing.</summary>
/// <remarks>A search fills it whole or, when it fails or is cancelled, leaves it as it was. Not for several threads at once. 28 bytes per place.</remarks>
public sealed class MatchBuffer : IAnswer
{
    /// <summary>The most candidates per probe.</summary>
    public const int MaxTop = 1000;

    private readonly Candidate[] delivered;
    private readonly int[] deliveredCounts;
    private readonly Candidate[] found;
    private readonly int[] foundLanes;
    private readonly int[] foundCounts;
    private int foundProbes;
    private float floor;
    private bool eachTemplate;

    /// <summary>Places for answers.</summary>
    /// <param name="probes">How many probes a batch may have, 1 to 1,000,000.</param>
    /// <param name="top">How many candidates a probe gets at most, 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or both together need more than 2^28 places.</exception>
    public MatchBuffer(int probes, int top)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probes, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, MaxTop);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)probes * top, 1L << 28, nameof(top));
        Capacity = probes;
        Top = top;
        delivered = new Candidate[probes * top];
        deliveredCounts = new int[probes];
        found = new Candidate[probes * top];
        foundLanes = new int[probes * top];
        foundCounts = new int[probes];
    }

    /// <summary>How many probes a batch may have.</summary>
    public int Capacity { get; }

    /// <summary>How many candidates a probe gets at most.</summary>
    public int Top { get; }

    /// <summary>How many probes the last finished search had.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    int IAnswer.Parts => (foundProbes + CandidateSieve.MaxProbes - 1) / CandidateSieve.MaxProbes;

    /// <inheritdoc/>
    int IAnswer.Hits
    {
        get
        {
            int hits = 0;
            foreach (int count in deliveredCounts.AsSpan(0, Count))
                hits += count > 0 ? 1 : 0;
            return hits;
        }
    }

    /// <summary>The gallery's change number at which the answers were checked against removals for the last time.</summary>
    internal uint DeliveredAt { get; private set; }

    /// <summary>The candidates of a probe, best first: by score, then slot, then ordinal. Empty when nothing reached the threshold.</summary>
    /// <param name="probe">0 to <see cref="Count"/> - 1.</param>
    /// <returns>At most <see cref="Top"/>; valid until the buffer is used again.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The last finished search had no such probe.</exception>
    public ReadOnlySpan<Candidate> this[int probe]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(probe);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probe, Count);
            return delivered.AsSpan(probe * Top, deliveredCounts[probe]);
        }
    }

    /// <summary>Forgets the answers.</summary>
    public void Clear()
    {
        Array.Clear(delivered);
        Array.Clear(deliveredCounts);
        Array.Clear(found);
        Count = 0;
    }

    /// <inheritdoc/>
    void IAnswer.Begin(int probes, float threshold, bool perTemplate)
    {
        foundProbes = probes;
        floor = threshold;
        eachTemplate = perTemplate;
    }

    /// <inheritdoc/>
    void IAnswer.Gather(GalleryScanner scanner, in SearchPass pass)
    {
        Span<int> tops = stackalloc int[pass.Count];
        Span<float> floors = stackalloc float[pass.Count];
        tops.Fill(Top);
        floors.Fill(floor);
        scanner.Run(pass, tops, floors, eachTemplate);
        for (int probe = 0; probe < pass.Count; probe++)
            Keep(pass.First + probe, scanner.Found, probe);
    }

    /// <inheritdoc/>
    void IAnswer.EndGathering()
    {
    }

    /// <inheritdoc/>
    void IAnswer.Deliver(int part, GalleryStore store, uint since)
    {
        int first = part * CandidateSieve.MaxProbes;
        for (int probe = first; probe < Math.Min(foundProbes, first + CandidateSieve.MaxProbes); probe++)
            Deliver(probe, store, since);
    }

    /// <inheritdoc/>
    void IAnswer.EndDelivery(uint change)
    {
        Count = foundProbes;
        DeliveredAt = change;
    }

    private void Keep(int probe, TopCandidates list, int probeOfList)
    {
        int start = probe * Top, count = list.Count(probeOfList);
        foundCounts[probe] = count;
        for (int i = 0; i < count; i++)
            found[start + i] = list.Get(probeOfList, i, out foundLanes[start + i]);
    }

    private void Deliver(int probe, GalleryStore store, uint since)
    {
        int start = probe * Top, count = 0;
        for (int i = start; i < start + foundCounts[probe]; i++)
            if (store.MayName(foundLanes[i], found[i].Slot, since))
                delivered[start + count++] = found[i];
        deliveredCounts[probe] = count;
        delivered.AsSpan(start + count, Top - count).Clear();
    }
}
