namespace FaceVault.Keys;

internal enum WorkState : byte
{
    None = 0,

    /// <summary>Stopped for every use; both keys still stand.</summary>
    Stopped = 1,

    /// <summary>The template key left the store; confirmation and certificate are owed.</summary>
    Removed = 2,

    /// <summary>A former key of a slot left the store by re-keying and its confirmation is owed; meanwhile the slot was stopped. Confirmed, it is <see cref="Stopped"/>.</summary>
    RemovedAndStopped = 3,
}

/// <summary>The crown's only memory of a deletion in progress: 22 bytes.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="State">How far it is.</param>
/// <param name="Trigger">The deletion trigger's number.</param>
/// <param name="Minute">When it was stopped, Unix minutes.</param>
/// <param name="RemovedIndex">Ledger index of its <c>key removed</c> line, once removed.</param>
internal readonly record struct WorkItem(uint Slot, WorkState State, byte Trigger, uint Minute, long RemovedIndex)
{
    public const int Size = 22;

    /// <summary>Whether the slot is stopped and its key still stands.</summary>
    public bool IsStopped => State is WorkState.Stopped or WorkState.RemovedAndStopped;

    /// <summary>Whether a completion is owed.</summary>
    public bool IsRemoved => State is WorkState.Removed or WorkState.RemovedAndStopped;
}
