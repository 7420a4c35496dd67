namespace FaceVault.Matching;

/// <summary>What becomes of the scores of a pass. Each worker has its own, unless it is safe for several.</summary>
internal abstract unsafe class ScoreSink
{
    /// <summary>A worker begins a block. Inside the store's read side, as <see cref="Offer"/> is.</summary>
    /// <param name="block">The block.</param>
    /// <param name="firstLane">Its first lane's number in the gallery.</param>
    /// <param name="factors">The worker's copy of the lanes' factors; a lane whose factor is made NaN gets no score but NaN.</param>
    public virtual void Begin(InterleavedBlock block, int firstLane, float* factors)
    {
    }

    /// <summary>Offers adjacent probes the scores of adjacent lanes; NaN marks a lane that is not to be used.</summary>
    /// <param name="firstProbe">The first probe's number in the pass.</param>
    /// <param name="probes">How many probes.</param>
    /// <param name="values">Their scores, probe by probe.</param>
    /// <param name="count">How many lanes, a multiple of 16.</param>
    /// <param name="slot">The slots of the lanes.</param>
    /// <param name="ordinal">The ordinals of the lanes.</param>
    /// <param name="firstLane">The first lane's number in the gallery.</param>
    public abstract void Offer(int firstProbe, int probes, float* values, int count, uint* slot, ushort* ordinal, int firstLane);

    /// <summary>Whether any of a probe's scores would be looked at closer; true where that is not known cheaply.</summary>
    /// <param name="probe">The probe's number in the pass.</param>
    /// <param name="values">The scores.</param>
    /// <param name="count">How many, a multiple of 64.</param>
    public virtual bool Passes(int probe, float* values, int count) => true;

    /// <summary>The block is done, and a removal waits for nobody here.</summary>
    public virtual void End()
    {
    }
}
