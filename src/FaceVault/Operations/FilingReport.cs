using FaceVault.Rules;

namespace FaceVault.Operations;

/// <summary>Tells where the duties stand.</summary>
internal static class FilingReport
{
    public static IReadOnlyList<FilingStatus> Read(VaultSession session)
    {
        var all = new List<FilingStatus>();
        foreach ((FilingRule rule, HashSet<uint> versions) in session.Filing.Scopes())
        {
            var count = new PersonCount(versions);
            session.Engine.VisitEntries((_, _, entry) => count.Add(entry));
            FilingDuty? duty = session.Filing.Find(rule.Persons) ?? (count.ReachedAt(rule.Persons) is { } reached ? session.Filing.DutyOf(rule, reached) : null);
            all.Add(new FilingStatus
            {
                Threshold = rule.Persons,
                Persons = count.Persons,
                CrossedOn = duty?.CrossedOn,
                DueOn = duty?.DueOn,
                FiledAt = duty?.FiledAt,
                Reference = duty?.Reference,
                IsOverdue = duty is not null && session.Filing.IsOverdue(duty, rule),
            });
        }

        return all;
    }
}
