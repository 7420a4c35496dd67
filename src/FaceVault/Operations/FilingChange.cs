using System.Globalization;
using FaceVault.Commits;
using FaceVault.Ledger;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault.Operations;

/// <summary>What a draft crosses: written with it, and taken back when it fails.</summary>
/// <param name="session">The open vault.</param>
internal sealed class FilingChange(VaultSession session)
{
    private IReadOnlyList<FilingDuty> changed = [];
    private IReadOnlyList<FilingDuty>? before;

    /// <summary>Writes the lines of the ledger and the row. Items that follow in the same draft see it.</summary>
    public void Write(CommitDraft draft, IReadOnlyList<FilingDuty> crossed, IReadOnlyList<FilingDuty> filed)
    {
        changed = [.. filed, .. crossed.Where(duty => filed.All(other => other.Threshold != duty.Threshold))];
        if (changed.Count == 0)
            return;
        before = session.Filing.Put(changed);
        foreach (FilingDuty duty in crossed)
            draft.AppendLine(LedgerEntry.FilingThresholdCrossed(draft.Time, duty.Threshold));
        foreach (FilingDuty duty in filed)
            draft.AppendLine(LedgerEntry.FilingRecorded(draft.Time, duty.Threshold));
        draft.Writes.Add(new KeyWrite(KeyTable.Purpose, FilingRow.Key, FilingRow.Seal(draft.Crown.LedgerKey, draft.Crown.VaultId, session.Filing.Duties)));
    }

    public void Committed()
    {
        before = null;
        foreach (FilingDuty duty in changed.Where(duty => duty is { FiledAt: null, DueOn: not null }))
            VaultEvents.FilingThresholdCrossed(session.Engine.Options.Logger, session.Origin, duty.Threshold, duty.DueOn!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>After a destroying commit, which may stand although it failed, and may have been ended by a recovery: what the store says counts. On the writer's thread.</summary>
    public void Settle()
    {
        if (before is null)
            return;
        try
        {
            session.LoadFiling();
        }
        catch (VaultException)
        {
            Ended(); // nobody can say; it is loaded when the store is opened again
            return;
        }

        if (changed.All(duty => session.Filing.Find(duty.Threshold) is not null))
            Committed();
        before = null;
    }

    /// <summary>Takes back what did not become durable.</summary>
    public void Ended()
    {
        if (before is not null)
            session.Filing.TakeBack(changed, before);
        before = null;
    }
}
