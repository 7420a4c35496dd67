using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>One slot's part in a destroying commit: what leaves the store, and what the ledger says of it.</summary>
internal abstract class Removal(uint slot)
{
    public uint Slot { get; } = slot;

    /// <summary>SHA-256 of every ciphertext the entry counted.</summary>
    public IReadOnlyList<byte[]> Digests { get; set; } = [];

    /// <summary>Templates zeroed in open galleries.</summary>
    public int Purged { get; set; }

    /// <summary>The slots whose templates change: open galleries read them anew.</summary>
    public virtual IReadOnlyList<uint> Changed => [Slot];

    /// <summary>Ledger index of the <c>key removed</c> line once applied, or -1 where no template key is removed.</summary>
    public long RemovedIndex { get; protected set; } = -1;

    /// <summary>What became of it, once the destroying commit has answered; null where no certificate is owed.</summary>
    public CompletedDestruction? Completed { get; set; }

    /// <summary>Whether the slot has no template key afterwards.</summary>
    public virtual bool EndsSlot => true;

    /// <summary>Whether it leaves the batch where a legal hold came before it. What does not is refused by <see cref="Apply"/>.</summary>
    public virtual bool YieldsToHold => false;

    /// <summary>Where no template key is removed: whether what it removes is not there any more.</summary>
    public virtual bool IsGone(VaultState state, TreeCursor tree) => !tree.TryGet(Slot, out _);

    /// <summary>Changes the draft of the destroying commit.</summary>
    public abstract void Apply(CommitDraft draft, EngineOptions options);

    /// <summary>The commit stands or failed; on the writer's thread.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>Writes the <c>key removed</c> line, the draft row and the work item for the key that the entry still holds.</summary>
    protected void Remove(CommitDraft draft, EngineOptions options, KeyEntry entry, RecordFacts record, DeletionTrigger trigger, uint minute, bool consentGoesOn)
    {
        if (draft.Crown.Work.TryGetValue(Slot, out WorkItem owed) && owed.IsRemoved)
            throw Error.FormerKeyOwed(); // the list has room for one, and would forget the certificate of the former key
        long epoch = draft.Crown.Epoch;
        Span<byte> key = stackalloc byte[32];
        Commitments.Key(entry.TemplateKey, key);
        Span<byte> line = stackalloc byte[LedgerEntry.MaxLength];
        DateTimeOffset now = draft.Time;
        draft.Count(entry.PurposeVersion, Activity.KeysDestroyed, now);
        int length = LedgerEntry.WriteKeyRemoved(line, now, record.CreatedIndex, key, record.Consent, trigger, epoch - 1, epoch);
        RemovedIndex = draft.AppendLine(line[..length]);
        var facts = new DestructionFacts(Slot, trigger, minute, consentGoesOn, record.CreatedIndex, epoch - 1, epoch, Purged, Digests);
        draft.SealLater(KeyTable.Draft, RemovedIndex, () => facts.Seal(draft.Crown.LedgerKey, draft.Crown.VaultId, RemovedIndex));
        draft.Crown.Work[Slot] = new WorkItem(Slot, WorkState.Removed, (byte)trigger, minute, RemovedIndex);
    }

    protected static byte[] ReadRecord(CommitDraft draft, uint slot) =>
        draft.Reader.Read(KeyTable.Record, slot) ?? throw Error.StoreDamaged("a consent record that is missing");
}

/// <summary>Destroys the template key of a stopped slot.</summary>
/// <param name="slot">The slot.</param>
/// <param name="record">What its record said when it was stopped; nothing changes it afterwards.</param>
internal sealed class Shred(uint slot, RecordFacts record) : Removal(slot)
{
    public RecordFacts Record => record;

    public override bool YieldsToHold => true;

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        WorkItem work = draft.Crown.Work[Slot];
        KeyEntry entry = draft.Edit(Slot);
        Remove(draft, options, entry, record, (DeletionTrigger)work.Trigger, work.Minute, consentGoesOn: false);
        entry.Shred();
        entry.EvidenceEnds = options.Evidence.EvidenceEnds(entry.PurposeVersion, options.Clock.GetUtcNow());
        draft.CountLiving(entry.PurposeVersion, -1);
    }
}

/// <summary>Destroys the evidence key of a slot whose template key is gone: the whole entry becomes zero, the consent record goes, lookups answer "unknown".</summary>
/// <param name="slot">The slot.</param>
/// <param name="record">What its record says; nothing changes it after its key's death.</param>
internal sealed class EvidenceDeath(uint slot, RecordFacts record) : Removal(slot)
{
    public override bool YieldsToHold => true;

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        KeyEntry entry = draft.Edit(Slot);
        if (entry.IsLiving)
            throw new InvalidOperationException("An evidence key never dies before its template key.");
        if (!entry.HasEvidence)
            return; // another sweep was here first
        draft.AppendLine(LedgerEntry.EvidenceDestroyed(draft.Time, record.CreatedIndex));
        draft.Writes.Add(new KeyWrite(KeyTable.Record, Slot, default));
        draft.Forget(Slot, entry);
        entry.Clear();
    }
}
