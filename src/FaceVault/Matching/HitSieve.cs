using System.Runtime.InteropServices;

namespace FaceVault.Matching;

/// <summary>One worker's part of a search for all that reach a threshold: gathers a block's hits, and adds them to the buffer once the block is done, so that nobody waits for that inside the barrier.</summary>
/// <remarks>Native memory for as many hits as a block can have, untouched pages of which cost nothing. Not thread-safe.</remarks>
internal sealed unsafe class HitSieve : CandidateSieve, IDisposable
{
    private HitBuffer destination = null!;
    private Hit* found;
    private int places;
    private int count;
    private int firstProbe;
    private int probes;
    private float floor;

    /// <summary>Begins a pass.</summary>
    /// <param name="buffer">Where the hits go.</param>
    /// <param name="first">The pass's first probe.</param>
    /// <param name="count">How many probes it has.</param>
    /// <param name="lanes">Lanes of a block.</param>
    /// <param name="exact">Scores what passes again, or null.</param>
    public void Prepare(HitBuffer buffer, int first, int count, int lanes, ExactScores? exact)
    {
        SetExact(exact);
        destination = buffer;
        firstProbe = first;
        probes = count;
        this.count = 0;
        if (places < count * lanes)
        {
            NativeMemory.Free(found);
            places = 0;
            found = (Hit*)NativeMemory.Alloc((nuint)(count * lanes), (nuint)sizeof(Hit));
            places = count * lanes;
        }

        Raise(buffer.Floor);
    }

    /// <inheritdoc/>
    public override void Begin(InterleavedBlock block, int firstLane, float* factors)
    {
        base.Begin(block, firstLane, factors);
        if (destination.Floor > floor)
            Raise(destination.Floor);
    }

    /// <inheritdoc/>
    public override void End()
    {
        if (count > 0)
            destination.Collect(new ReadOnlySpan<Hit>(found, count));
        count = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(found);
        found = null;
        places = 0;
    }

    /// <inheritdoc/>
    protected override void Insert(int probe, float score, uint slot, ushort ordinal, int lane) => found[count++] = new Hit(score, firstProbe + probe, slot, lane, ordinal);

    private void Raise(float score)
    {
        floor = score;
        for (int probe = 0; probe < probes; probe++)
            SetFloor(probe, score);
    }
}
