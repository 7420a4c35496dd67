using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Sets or lifts a legal hold on slots. What was stopped and is not destroyed yet leaves the work list under a hold, and comes back into it when the hold is lifted.</summary>
/// <remarks>A hold keeps both keys of a slot; it never keeps a stop from taking effect. Setting one that stands, or lifting one that does not, changes nothing.</remarks>
internal sealed class HoldItem(VaultEngine engine, IReadOnlyList<uint> slots, bool set, string? reference) : OrdinaryItem
{
    private readonly List<StopRequest> resumed = [];

    public override bool NeedsHead => true;

    public override bool StandsAlone => true;

    /// <summary>How many slots changed.</summary>
    public int Changed { get; private set; }

    /// <summary>Stopped slots whose hold was lifted: they stand in the work list now.</summary>
    public IReadOnlyList<StopRequest> Resumed => resumed;

    public override void Apply(CommitDraft draft)
    {
        SortedDictionary<uint, WorkItem> work = draft.Crown.Work;
        var fresh = new List<uint>();
        int more = 0;
        foreach (uint slot in slots.Distinct().Order())
        {
            if (!draft.TryPeek(slot, out KeyEntry entry) || !entry.HasEvidence || entry.IsHeld == set)
                continue;
            fresh.Add(slot);
            more += entry.IsKept && !work.ContainsKey(slot) ? 1 : 0;
        }

        if (work.Count + more > Crown.MostWorkItems)
            throw Error.CapacityExceeded();
        if (fresh.Count == 0)
            return;
        draft.IsChanging = true;
        DateTimeOffset now = engine.Options.Clock.GetUtcNow();
        foreach (uint slot in fresh)
        {
            byte[]? record = StopItem.Noted(draft, slot, (entry, sealedRecord) => engine.Options.Evidence.Held(entry, slot, sealedRecord, set, now, reference));
            if (set)
                record = Set(draft, slot, record, now);
            else
                Lift(draft, slot);
            if (record is not null)
                draft.Writes.Add(new KeyWrite(KeyTable.Record, slot, record));
        }

        Changed = fresh.Count;
        draft.HeldChange += set ? Changed : -Changed;
        draft.AppendLine(set ? LedgerEntry.HoldSet(draft.Time, Changed) : LedgerEntry.HoldLifted(draft.Time, Changed));
    }

    private byte[]? Set(CommitDraft draft, uint slot, byte[]? record, DateTimeOffset now)
    {
        KeyEntry entry = draft.Edit(slot);
        entry.IsHeld = true;
        if (!draft.Crown.Work.TryGetValue(slot, out WorkItem item) || !item.IsStopped)
            return record;
        entry.State = SlotState.Restricted;
        entry.Trigger = item.Trigger;
        draft.KeptChange++;
        draft.Crown.Work.Remove(slot);
        if (item.IsRemoved) // a former key's completion stays owed
            draft.Crown.Work.Add(slot, item with { State = WorkState.Removed });
        return record is null ? null : StopItem.Sealed(draft, slot, record, (held, sealedRecord) => engine.Options.Evidence.Restricted(held, new StopRequest(slot, (DeletionTrigger)item.Trigger, null), sealedRecord, now));
    }

    private void Lift(CommitDraft draft, uint slot)
    {
        KeyEntry entry = draft.Edit(slot);
        bool isKept = entry.IsKept;
        entry.IsHeld = false;
        if (!isKept)
            return;
        draft.KeptChange--;
        WorkState state = draft.Crown.Work.TryGetValue(slot, out WorkItem rekeyed) ? WorkState.RemovedAndStopped : WorkState.Stopped;
        draft.Crown.Work[slot] = new WorkItem(slot, state, entry.Trigger, engine.NowMinutes, rekeyed.RemovedIndex);
        resumed.Add(new StopRequest(slot, (DeletionTrigger)entry.Trigger, null));
    }
}
