using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Ledger;

namespace FaceVault.Operations;

/// <summary>Takes the clock for right, although it stands before a time that the vault has recorded: a line of the ledger says so.</summary>
internal sealed class ClockItem(VaultSession session) : OrdinaryItem
{
    private DateTimeOffset accepted;

    /// <summary>By how much the recorded time was ahead; zero when the clock was not behind it.</summary>
    public TimeSpan Ahead { get; private set; }

    public override bool StandsAlone => true;

    public override void Apply(CommitDraft draft)
    {
        accepted = session.Now;
        TimeSpan ahead = session.Engine.NewestTime - accepted;
        if (ahead <= ConsentRules.Skew)
            return;
        draft.IsChanging = true;
        Ahead = ahead;
        draft.AppendLine(LedgerEntry.ClockAccepted(accepted));
    }

    public override void Committed()
    {
        if (Ahead == TimeSpan.Zero)
            return;
        session.Engine.AcceptTime(accepted);
        session.Copies.Forget();
    }
}
