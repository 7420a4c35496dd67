using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>A wish to end the use of a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Trigger">Why.</param>
/// <param name="Reference">An order's reference, sealed into the consent record; null where there is none.</param>
internal readonly record struct StopRequest(uint Slot, DeletionTrigger Trigger, string? Reference);

/// <summary>Step 0 of a destroying commit: the stops of a batch become durable in the crown's work list. A crash after it leaves the slots stopped; destruction resumes.</summary>
internal sealed class StopItem(VaultEngine engine, IReadOnlyList<StopRequest> requests) : OrdinaryItem
{
    public override bool NeedsHead => true;

    public override void Apply(CommitDraft draft)
    {
        SortedDictionary<uint, WorkItem> work = draft.Crown.Work;
        var fresh = requests.DistinctBy(r => r.Slot).OrderBy(r => r.Slot).Where(r => !(work.TryGetValue(r.Slot, out WorkItem known) && known.IsStopped) && draft.TryPeek(r.Slot, out KeyEntry entry) && entry.IsLiving).ToList();
        if (work.Count + fresh.Count(r => !work.ContainsKey(r.Slot)) > Crown.MostWorkItems)
            throw Error.CapacityExceeded();
        draft.IsChanging = true;
        foreach (StopRequest request in fresh)
        {
            if (request.Reference is not null && Noted(draft, request) is { } noted)
                draft.Writes.Add(new KeyWrite(KeyTable.Record, request.Slot, noted));
            WorkState state = work.TryGetValue(request.Slot, out WorkItem rekeyed) ? WorkState.RemovedAndStopped : WorkState.Stopped;
            work[request.Slot] = new WorkItem(request.Slot, state, (byte)request.Trigger, engine.NowMinutes, rekeyed.RemovedIndex);
            draft.CrownChanged = true;
        }
    }

    /// <summary>The record with the order's reference; null when it is damaged or missing, which keeps nobody from being stopped.</summary>
    private byte[]? Noted(CommitDraft draft, StopRequest request)
    {
        draft.TryPeek(request.Slot, out KeyEntry entry);
        if (draft.Reader.Read(KeyTable.Record, request.Slot) is not { } record)
            return null;
        try
        {
            return engine.Options.Evidence.Stopped(entry.EvidenceKey, request.Slot, record, request.Trigger, engine.Options.Clock.GetUtcNow(), request.Reference!);
        }
        catch (VaultException damaged) when (damaged.Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated)
        {
            return null;
        }
    }
}
