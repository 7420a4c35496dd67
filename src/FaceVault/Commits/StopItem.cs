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
        var fresh = requests.OrderBy(r => r.Slot).Where(r => !draft.Crown.Work.ContainsKey(r.Slot) && draft.TryPeek(r.Slot, out KeyEntry entry) && entry.IsLiving).ToList();
        if (draft.Crown.Work.Count + fresh.Count > Crown.MostWorkItems)
            throw Error.CapacityExceeded();
        draft.IsChanging = true;
        foreach (StopRequest request in fresh)
        {
            if (request.Reference is not null)
                NoteReference(draft, request);
            draft.Crown.Work.Add(request.Slot, new WorkItem(request.Slot, WorkState.Stopped, (byte)request.Trigger, engine.NowMinutes, 0));
            draft.CrownChanged = true;
        }
    }

    private void NoteReference(CommitDraft draft, StopRequest request)
    {
        draft.TryPeek(request.Slot, out KeyEntry entry);
        byte[] record = draft.Reader.Read(KeyTable.Record, request.Slot) ?? throw Error.StoreDamaged("a consent record that is missing");
        byte[] noted = engine.Options.Evidence.Stopped(entry.EvidenceKey, request.Slot, record, request.Trigger, engine.Options.Clock.GetUtcNow(), request.Reference!);
        draft.Writes.Add(new KeyWrite(KeyTable.Record, request.Slot, noted));
    }
}
