using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>A wish to end the use of a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Trigger">Why.</param>
/// <param name="Reference">An order's reference, sealed into the consent record; null where there is none.</param>
/// <param name="Role">Who asked, by name, in the same place; null where nobody said.</param>
internal readonly record struct StopRequest(uint Slot, DeletionTrigger Trigger, string? Reference, string? Role = null);

/// <summary>Step 0 of a destroying commit: the stops of a batch become durable in the crown's work list. A crash after it leaves the slots stopped; destruction resumes.</summary>
/// <remarks>A slot under a legal hold does not come into the list: its entry becomes restricted and says why, until the hold is lifted.</remarks>
internal sealed class StopItem(VaultEngine engine, IReadOnlyList<StopRequest> requests) : OrdinaryItem
{
    public override bool NeedsHead => true;

    public override void Apply(CommitDraft draft)
    {
        SortedDictionary<uint, WorkItem> work = draft.Crown.Work;
        List<StopRequest> fresh = [], held = [];
        foreach (StopRequest request in requests.DistinctBy(r => r.Slot).OrderBy(r => r.Slot))
        {
            if ((work.TryGetValue(request.Slot, out WorkItem known) && known.IsStopped) || !draft.TryPeek(request.Slot, out KeyEntry entry) || !entry.IsLiving || entry.IsKept)
                continue;
            (entry.IsHeld ? held : fresh).Add(request);
        }

        if (work.Count + fresh.Count(r => !work.ContainsKey(r.Slot)) > Crown.MostWorkItems)
            throw Error.CapacityExceeded();
        draft.IsChanging = true;
        foreach (StopRequest request in fresh.Concat(held))
            if (draft.TryPeek(request.Slot, out KeyEntry stopped))
                draft.Count(stopped.PurposeVersion, ActivityOf(request.Trigger), engine.Options.Clock.GetUtcNow());
        foreach (StopRequest request in held)
        {
            KeyEntry entry = draft.Edit(request.Slot);
            draft.KeptChange += entry.IsSetAside ? 0 : 1;
            entry.State = SlotState.Restricted;
            entry.Trigger = (byte)request.Trigger;
            if (Noted(draft, request.Slot, (entry, record) => engine.Options.Evidence.Restricted(entry, request, record, engine.Options.Clock.GetUtcNow())) is { } kept)
                draft.Writes.Add(new KeyWrite(KeyTable.Record, request.Slot, kept));
        }

        foreach (StopRequest request in fresh)
        {
            if ((request.Reference ?? request.Role) is not null && Noted(draft, request.Slot, (entry, record) => engine.Options.Evidence.Stopped(entry, request, record, engine.Options.Clock.GetUtcNow())) is { } noted)
                draft.Writes.Add(new KeyWrite(KeyTable.Record, request.Slot, noted));
            if (draft.TryPeek(request.Slot, out KeyEntry stopped) && stopped.IsSetAside)
            {
                draft.Edit(request.Slot).Trigger = (byte)request.Trigger; // what was set aside goes on to its end
                draft.KeptChange--;
            }

            WorkState state = work.TryGetValue(request.Slot, out WorkItem rekeyed) ? WorkState.RemovedAndStopped : WorkState.Stopped;
            work[request.Slot] = new WorkItem(request.Slot, state, (byte)request.Trigger, engine.NowMinutes, rekeyed.RemovedIndex);
            draft.CrownChanged = true;
        }
    }

    private static Activity ActivityOf(DeletionTrigger trigger) => trigger switch
    {
        DeletionTrigger.Withdrawn => Activity.Withdrawals,
        DeletionTrigger.Expired => Activity.Expiries,
        DeletionTrigger.Erased => Activity.Erasures,
        DeletionTrigger.PurposeRetired => Activity.Retirements,
        _ => throw new ArgumentOutOfRangeException(nameof(trigger)),
    };

    /// <summary>The record with one more event; null when it is damaged or missing, which keeps nobody from being stopped.</summary>
    internal static byte[]? Noted(CommitDraft draft, uint slot, RecordChange change)
    {
        if (draft.Reader.Read(KeyTable.Record, slot) is not { } record)
            return null;
        try
        {
            return Sealed(draft, slot, record, change);
        }
        catch (VaultException damaged) when (damaged.IsDamage)
        {
            return null;
        }
    }

    /// <summary>The same for a record that is at hand: its entry counts that it is written.</summary>
    internal static byte[] Sealed(CommitDraft draft, uint slot, byte[] record, RecordChange change)
    {
        KeyEntry entry = draft.Edit(slot);
        byte[] changed = change(entry, record);
        if (!changed.AsSpan().SequenceEqual(record))
            entry.CountRecord();
        return changed;
    }

    /// <summary>Seals a consent record again, as the entry's next version, with something more in it.</summary>
    internal delegate byte[] RecordChange(KeyEntry entry, ReadOnlySpan<byte> sealedRecord);
}
