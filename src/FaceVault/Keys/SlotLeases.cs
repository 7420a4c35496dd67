namespace FaceVault.Keys;

/// <summary>Who uses a slot's keys right now, and which slots nobody may begin to use. Acquiring never waits.</summary>
/// <remarks>
/// A use holds a lease from before the key is read until it is wiped and its result returned or its row committed. A stop is set first, then the leases
/// drain; the writer never waits for a lease. Thread-safe; one short lock.
/// </remarks>
internal sealed class SlotLeases
{
    private readonly Lock gate = new();
    private readonly Dictionary<uint, int> held = [];
    private readonly List<uint> heldLeaves = [];
    private readonly HashSet<uint> stopped = [];
    private readonly Dictionary<uint, TaskCompletionSource> paused = [];
    private readonly Dictionary<uint, TaskCompletionSource> drains = [];

    /// <summary>Takes a lease, or answers false when the slot is stopped or, for anybody but the writer, paused.</summary>
    public bool TryAcquire(uint slot, out SlotLease lease, bool isWriter = false)
    {
        lock (gate)
        {
            lease = default;
            if (stopped.Contains(slot) || (!isWriter && paused.ContainsKey(slot)))
                return false;
            held[slot] = held.GetValueOrDefault(slot) + 1;
            lease = new SlotLease(this, slot);
            return true;
        }
    }

    /// <summary>Takes leases on all slots of a leaf that are not stopped, as the writer does: for whoever reads one slot after the other.</summary>
    public LeafLease AcquireLeaf(uint leaf)
    {
        lock (gate)
        {
            ulong refused = 0;
            for (int i = 0; stopped.Count > 0 && i < KeyPage.EntriesPerLeaf; i++)
                refused |= stopped.Contains(KeyPage.FirstOf(leaf) + (uint)i) ? 1UL << i : 0;
            heldLeaves.Add(leaf);
            return new LeafLease(this, leaf, refused);
        }
    }

    public bool IsStopped(uint slot)
    {
        lock (gate)
            return stopped.Contains(slot);
    }

    /// <summary>Refuses new leases from now on.</summary>
    public void Stop(IEnumerable<uint> slots)
    {
        lock (gate)
            stopped.UnionWith(slots);
    }

    /// <summary>Refuses new leases while the slot gets a new key; nobody is stopped, those who come wait (<see cref="WhenResumed"/>). False when it is paused already.</summary>
    public bool TryPause(uint slot)
    {
        lock (gate)
            return paused.TryAdd(slot, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>Ends a pause.</summary>
    public void Resume(uint slot)
    {
        lock (gate)
            if (paused.Remove(slot, out TaskCompletionSource? waiting))
                waiting.SetResult();
    }

    /// <summary>Completes when the slot is not, or no longer, paused. Give back every lease and view before waiting.</summary>
    public Task WhenResumed(uint slot)
    {
        lock (gate)
            return paused.TryGetValue(slot, out TaskCompletionSource? waiting) ? waiting.Task : Task.CompletedTask;
    }

    /// <summary>Completes when no lease on the slot is held. The slot must be stopped or paused.</summary>
    public Task DrainAsync(uint slot)
    {
        lock (gate)
        {
            if (!IsHeld(slot))
                return Task.CompletedTask;
            if (!drains.TryGetValue(slot, out TaskCompletionSource? drain))
                drains.Add(slot, drain = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return drain.Task;
        }
    }

    internal void Release(uint slot)
    {
        lock (gate)
        {
            int count = held[slot] - 1;
            if (count > 0)
            {
                held[slot] = count;
                return;
            }

            held.Remove(slot);
            EndDrain(slot);
        }
    }

    internal void ReleaseLeaf(uint leaf)
    {
        lock (gate)
        {
            heldLeaves.Remove(leaf);
            for (int i = 0; drains.Count > 0 && i < KeyPage.EntriesPerLeaf; i++)
                EndDrain(KeyPage.FirstOf(leaf) + (uint)i);
        }
    }

    /// <summary>Under the gate.</summary>
    private bool IsHeld(uint slot) => held.ContainsKey(slot) || heldLeaves.Contains(KeyPage.LeafOf(slot));

    /// <summary>Under the gate.</summary>
    private void EndDrain(uint slot)
    {
        if (!IsHeld(slot) && drains.Remove(slot, out TaskCompletionSource? drain))
            drain.SetResult();
    }
}

/// <summary>One use of a slot's keys. Dispose exactly once.</summary>
internal struct SlotLease(SlotLeases owner, uint slot) : IDisposable
{
    private SlotLeases? owner = owner;

    public readonly uint Slot => slot;

    public void Dispose()
    {
        owner?.Release(slot);
        owner = null;
    }
}

/// <summary>A use of the keys of a leaf's slots, but of those that were stopped before. Dispose exactly once; its default holds nothing.</summary>
internal struct LeafLease(SlotLeases owner, uint leaf, ulong refused) : IDisposable
{
    private SlotLeases? owner = owner;

    /// <summary>Whether it is a lease on this slot's leaf.</summary>
    public readonly bool IsOn(uint slot) => owner is not null && KeyPage.LeafOf(slot) == leaf;

    /// <summary>Whether the slot, one of this leaf, may be used.</summary>
    public readonly bool Covers(uint slot) => (refused >> (int)(slot - KeyPage.FirstOf(leaf)) & 1) == 0;

    public void Dispose()
    {
        owner?.ReleaseLeaf(leaf);
        owner = null;
    }
}
