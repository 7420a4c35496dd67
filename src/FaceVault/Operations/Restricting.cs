using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Ends every use of a consent but storage (D4: PIPL 47(2); GDPR 18), one commit, then the open galleries, then the uses that began before.</summary>
internal static class Restricting
{
    public static async Task<bool> RunAsync(VaultSession session, uint slot, string? reason, string? role, CancellationToken cancellationToken)
    {
        SlotLeases leases = session.Engine.Leases;
        while (!leases.TryPause(slot)) // a key that is being replaced is waited for
            await leases.WhenResumed(slot).WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var item = new RestrictItem(session, slot, reason, role) { CancellationToken = cancellationToken };
            await session.Engine.Enqueue(item).ConfigureAwait(false);
            session.Engine.Options.Purge([slot]);
            await leases.DrainAsync(slot).WaitAsync(session.Engine.Options.DrainTimeout, session.Options.TimeProvider, CancellationToken.None).ConfigureAwait(false);
            return item.IsNew;
        }
        catch (TimeoutException late)
        {
            throw Error.RestrictedWhileInUse(late);
        }
        finally
        {
            leases.Resume(slot);
        }
    }
}

/// <summary>Sets a slot aside: both keys live, nothing may use it. Never back.</summary>
/// <param name="session">The open vault.</param>
/// <param name="slot">The slot.</param>
/// <param name="reason">Why; sealed into the consent record.</param>
/// <param name="role">Who asked, by name.</param>
internal sealed class RestrictItem(VaultSession session, uint slot, string? reason, string? role) : OrdinaryItem
{
    public override bool NeedsHead => true;

    /// <summary>Whether it was in use before.</summary>
    public bool IsNew { get; private set; }

    public override void Apply(CommitDraft draft)
    {
        bool isThere = draft.TryPeek(slot, out KeyEntry entry);
        if (isThere && (entry.IsKept || (entry.IsSetAside && !IsStopped(draft))))
            return;
        if (!isThere || !entry.IsLiving || IsStopped(draft))
            throw new RefusedException([Error.ConsentWithdrawn()]);
        draft.IsChanging = true;
        draft.Count(entry.PurposeVersion, Activity.Restrictions, session.Now);
        draft.Edit(slot).State = SlotState.Restricted;
        draft.KeptChange++;
        IsNew = true;
        byte[] vaultId = draft.Crown.VaultId;
        if (StopItem.Noted(draft, slot, (entry, record) => Seal(vaultId, entry, record)) is { } noted)
            draft.Writes.Add(new KeyWrite(KeyTable.Record, slot, noted));
    }

    private bool IsStopped(CommitDraft draft) => (draft.Crown.Work.TryGetValue(slot, out WorkItem work) && work.IsStopped) || session.Engine.Leases.IsStopped(slot);

    private byte[] Seal(byte[] vaultId, KeyEntry entry, ReadOnlySpan<byte> sealedRecord)
    {
        ConsentRecord record = SealedConsentRecord.Open(entry.EvidenceKey, vaultId, slot, entry.RecordVersion, sealedRecord);
        var restricted = new ConsentEvent(ConsentEventKind.Restricted, session.Now, null, reason, role);
        return record.Takes(restricted) ? SealedConsentRecord.Seal(entry.EvidenceKey, vaultId, slot, entry.NextRecordVersion, record.Append(restricted)) : throw Error.ConsentRecordDamaged();
    }
}
