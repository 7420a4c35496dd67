using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Rules;

namespace FaceVault.Operations;

/// <summary>The duties to file of an open vault (P11: CAC 15). Thread-safe; what a draft would cross is planned on the writer's thread alone.</summary>
/// <remarks>
/// Counting persons means looking at every entry. It is done only when there may be enough: an upper bound goes up with every person who is new, and is set right by the count. Tags of subjects are held for the count alone.
/// </remarks>
internal sealed class Filing(VaultSession session)
{
    private readonly Lock gate = new();
    private readonly List<FilingDuty> duties = [];
    private readonly Dictionary<string, long> bounds = [];

    /// <summary>Takes over what the vault remembers.</summary>
    public void Load(IReadOnlyList<FilingDuty> remembered)
    {
        lock (gate)
        {
            duties.Clear();
            duties.AddRange(remembered);
        }
    }

    public IReadOnlyList<FilingDuty> Duties
    {
        get
        {
            lock (gate)
                return [.. duties];
        }
    }

    /// <summary>Puts duties in the place of those of the same thresholds; answers those, for whoever has to take it back.</summary>
    public IReadOnlyList<FilingDuty> Put(IReadOnlyList<FilingDuty> changed)
    {
        lock (gate)
        {
            FilingDuty[] before = [.. duties.Where(duty => changed.Any(other => other.Threshold == duty.Threshold))];
            foreach (FilingDuty duty in changed)
            {
                duties.RemoveAll(other => other.Threshold == duty.Threshold);
                duties.Add(duty);
            }

            return before;
        }
    }

    /// <summary>Takes back what <see cref="Put"/> did.</summary>
    public void TakeBack(IReadOnlyList<FilingDuty> changed, IReadOnlyList<FilingDuty> before)
    {
        lock (gate)
        {
            duties.RemoveAll(duty => changed.Any(other => other.Threshold == duty.Threshold));
            duties.AddRange(before);
        }
    }

    /// <summary>P11 (CAC 15): the refusal of new consents and enrolments when the last day passed without a filing; nothing otherwise.</summary>
    public IReadOnlyList<Violation> CheckOverdue(Purpose purpose)
    {
        RuleSet rules = session.RulesOf(purpose);
        if (rules.Filing.Count == 0)
            return [];
        foreach (FilingRule rule in rules.Filing)
            if (rule.Blocks && Find(rule.Persons) is { } duty && IsOverdue(duty, rule))
                return [Error.FilingOverdue(duty.DueOn!.Value)];
        return [];
    }

    /// <summary>What an operator should know of the duties that were crossed; nobody is counted for it.</summary>
    public IEnumerable<string> Warnings =>
        from scope in Scopes()
        let duty = Find(scope.Rule.Persons)
        where duty is { FiledAt: null, DueOn: not null }
        select $"A filing {(IsOverdue(duty, scope.Rule) ? "was" : "is")} due by {duty.DueOn:yyyy-MM-dd}, and none is recorded (filing show|record).";

    public bool IsOverdue(FilingDuty duty, FilingRule rule) =>
        duty is { FiledAt: null, DueOn: { } due } && session.Now >= CalendarDay.Begins(due.AddDays(1), rule.Zone ?? TimeZoneInfo.Utc);

    /// <summary>What the thresholds in force count: for each its strictest rule and the purpose versions that are counted together.</summary>
    public IEnumerable<(FilingRule Rule, HashSet<uint> Versions)> Scopes()
    {
        var rules = new SortedDictionary<long, (FilingRule Rule, HashSet<uint> Versions)>();
        foreach (PurposeEntry purpose in session.Purposes.All)
        {
            for (int version = 1; version <= purpose.Versions.Count; version++)
            {
                foreach (FilingRule rule in session.RulesOf(purpose.Versions[version - 1].Registered).Filing)
                {
                    if (!rules.TryGetValue(rule.Persons, out (FilingRule Rule, HashSet<uint> Versions) scope))
                        scope = (rule, []);
                    scope.Versions.Add(purpose.VersionNumber(version));
                    rules[rule.Persons] = (scope.Rule with { WorkingDays = Math.Min(scope.Rule.WorkingDays, rule.WorkingDays), Blocks = scope.Rule.Blocks || rule.Blocks }, scope.Versions);
                }
            }
        }

        return rules.Values;
    }

    /// <summary>What recording these grants would cross, before anything of them is in the draft.</summary>
    /// <param name="draft">The commit, as the items before have left it.</param>
    /// <param name="grants">Consents that are to be recorded, all of them lawful otherwise.</param>
    /// <exception cref="RefusedException">P11: the due date cannot be told, or has passed already.</exception>
    public IReadOnlyList<FilingDuty> Plan(CommitDraft draft, IEnumerable<ConsentGrant> grants)
    {
        ConsentGrant[] counted = [.. grants.Where(grant => session.Purposes.Get(grant.Purpose).Current is var purpose && session.RulesOf(purpose).Filing.Count > 0)];
        if (counted.Length == 0)
            return [];
        var crossed = new List<FilingDuty>();
        var found = new List<Violation>();
        foreach ((FilingRule rule, HashSet<uint> versions) in Scopes())
        {
            if (Find(rule.Persons) is null && Cross(draft, counted, rule, versions) is { } duty)
            {
                crossed.Add(duty);
                AddRefusals(found, rule, duty);
            }
        }

        RefusedException.ThrowIfAny(found);
        return crossed;
    }

    /// <summary>As <see cref="Plan"/>, for persons who are to be imported, before there is a draft: what would refuse it.</summary>
    /// <param name="purpose">The purpose of all of them.</param>
    /// <param name="subjects">Whose consents would be new.</param>
    public List<Violation> CheckCrossing(PurposeEntry purpose, IReadOnlyCollection<SubjectId> subjects)
    {
        var found = new List<Violation>();
        if (subjects.Count == 0 || session.RulesOf(purpose.Current).Filing.Count == 0)
            return found;
        foreach ((FilingRule rule, HashSet<uint> versions) in Scopes())
        {
            IEnumerable<SubjectId> newcomers = versions.Contains(purpose.CurrentVersion) ? subjects : [];
            if (Find(rule.Persons) is null && versions.Sum(version => (long)session.Engine.State.Living.GetValueOrDefault(version)) + newcomers.Count() >= rule.Persons
                && CountWith(versions, newcomers).ReachedAt(rule.Persons) is { } reached)
                AddRefusals(found, rule, DutyOf(rule, reached));
        }

        return found;
    }

    /// <summary>The duty that arose at a Unix minute, or with the rule.</summary>
    public FilingDuty DutyOf(FilingRule rule, uint reachedAt)
    {
        DateOnly day = CalendarDay.Of(Retention.FromMinutes(reachedAt), rule.Zone ?? TimeZoneInfo.Utc);
        if (rule.From > day)
            day = rule.From.Value;
        return new FilingDuty(rule.Persons, day, session.Options.WorkingDays?.AddWorkingDays(day, rule.WorkingDays));
    }

    public FilingDuty? Find(long threshold)
    {
        lock (gate)
            return duties.Find(duty => duty.Threshold == threshold);
    }

    private FilingDuty? Cross(CommitDraft draft, ConsentGrant[] grants, FilingRule rule, HashSet<uint> versions)
    {
        Span<byte> tag = stackalloc byte[Tags.Size];
        var newcomers = new PersonCount(versions);
        foreach (ConsentGrant grant in grants)
        {
            Granting.Tag(draft.Crown.TagKey, grant.Subject, tag);
            if (versions.Contains(session.Purposes.Get(grant.Purpose).CurrentVersion) && !IsCounted(draft, tag, versions))
                newcomers.Add(tag, session.NowMinutes);
        }

        string scope = $"{rule.Persons}:{string.Join(',', versions.Order())}";
        long bound = newcomers.Persons + (bounds.TryGetValue(scope, out long known) ? known : Living(draft, versions));
        bounds[scope] = bound;
        if (bound < rule.Persons)
            return null;
        var all = new PersonCount(versions);
        for (uint slot = 1; slot < draft.Crown.NextSlot; slot++)
            if (draft.TryPeek(slot, out KeyEntry entry))
                all.Add(entry);
        foreach (ConsentGrant grant in grants)
        {
            Granting.Tag(draft.Crown.TagKey, grant.Subject, tag);
            if (versions.Contains(session.Purposes.Get(grant.Purpose).CurrentVersion))
                all.Add(tag, session.NowMinutes);
        }

        bounds[scope] = all.Persons;
        return all.ReachedAt(rule.Persons) is { } reached ? DutyOf(rule, reached) : null;
    }

    private void AddRefusals(List<Violation> found, FilingRule rule, FilingDuty duty)
    {
        if (duty.DueOn is null)
            found.Add(Error.CalendarMissing());
        else if (rule.Blocks && IsOverdue(duty, rule))
            found.Add(Error.FilingOverdue(duty.DueOn.Value));
    }

    private PersonCount CountWith(HashSet<uint> versions, IEnumerable<SubjectId> newcomers)
    {
        var count = new PersonCount(versions);
        session.Engine.VisitEntries((_, _, entry) => count.Add(entry));
        using ReadScope view = session.Engine.Read();
        Span<byte> tag = stackalloc byte[Tags.Size];
        foreach (SubjectId newcomer in newcomers)
        {
            Granting.Tag(view.Crown.TagKey, newcomer, tag);
            count.Add(tag, session.NowMinutes);
        }

        return count;
    }

    private static bool IsCounted(CommitDraft draft, ReadOnlySpan<byte> subjectTag, HashSet<uint> versions)
    {
        foreach (uint slot in draft.FindSubject(subjectTag))
            if (draft.TryPeek(slot, out KeyEntry entry) && entry.IsLiving && versions.Contains(entry.PurposeVersion))
                return true;
        return false;
    }

    /// <summary>Living consents: never fewer than persons.</summary>
    private long Living(CommitDraft draft, HashSet<uint> versions) =>
        versions.Sum(version => (long)session.Engine.State.Living.GetValueOrDefault(version) + draft.LivingChanges.GetValueOrDefault(version));
}
