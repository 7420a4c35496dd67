using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Rules;

namespace FaceVault.Operations;

/// <summary>Records that what was due has been filed.</summary>
internal sealed class FilingItem(VaultSession session, string reference) : OrdinaryItem
{
    private readonly FilingChange change = new(session);

    /// <summary>Whether there was a duty that was not filed yet.</summary>
    public bool IsChange { get; private set; }

    public override void Apply(CommitDraft draft)
    {
        var crossed = new List<FilingDuty>();
        foreach ((FilingRule rule, HashSet<uint> versions) in session.Filing.Scopes())
            if (session.Filing.Find(rule.Persons) is null && Count(draft, versions).ReachedAt(rule.Persons) is { } reached)
                crossed.Add(session.Filing.DutyOf(rule, reached));
        FilingDuty[] filed = [.. session.Filing.Duties.Concat(crossed).Where(duty => duty.FiledAt is null).Select(duty => duty with { FiledAt = Ledger.UtcSeconds.Truncate(session.Now), Reference = reference })];
        if (filed.Length == 0)
            return;
        draft.IsChanging = true;
        change.Write(draft, crossed, filed);
        IsChange = true;
    }

    public override void Committed() => change.Committed();

    public override void Ended() => change.Ended();

    private static PersonCount Count(CommitDraft draft, HashSet<uint> versions)
    {
        var count = new PersonCount(versions);
        for (uint slot = 1; slot < draft.Crown.NextSlot; slot++)
            if (draft.TryPeek(slot, out KeyEntry entry))
                count.Add(entry);
        return count;
    }
}
