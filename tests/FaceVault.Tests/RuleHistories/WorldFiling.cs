namespace FaceVault.Tests.RuleHistories;

/// <summary>A duty to file that was crossed, as this test has worked it out.</summary>
internal sealed record WorldDuty(FilingTerms Terms, DateOnly Crossed, DateOnly? Due)
{
    public bool IsFiled { get; set; }

    public bool IsOverdue(DateTimeOffset now) => !IsFiled && Due is { } due && now >= new DateTimeOffset(due.AddDays(1).ToDateTime(TimeOnly.MinValue), Terms.Offset);
}

/// <summary>Who files: a profile, from how many persons on, within how many working days, whether it stops what is new when it is late, and by whose days.</summary>
internal sealed record FilingTerms(string Profile, int Persons, int WorkingDays, bool Blocks, TimeSpan Offset)
{
    public static IReadOnlyList<FilingTerms> Table { get; } =
    [
        new("desk", 2, 3, true, TimeSpan.FromHours(8)),
        new("shop", 3, 2, false, TimeSpan.Zero),
        new("cn", 100_000, 30, true, TimeSpan.FromHours(8)),
    ];

    /// <summary>The profiles of these histories that are a keeper's own.</summary>
    public static IEnumerable<RuleProfile> Profiles =>
    [
        RuleProfile.FromJson("""
            {"name": "desk", "title": "A desk", "zone": "Asia/Shanghai", "includes": ["baseline"],
             "rows": [{"rule": "P11", "filing": {"persons": 2, "workingDays": 3, "afterDue": "block"}, "source": "desk rule 1"}]}
            """u8),
        RuleProfile.FromJson("""
            {"name": "shop", "title": "A shop", "zone": "Etc/UTC", "includes": ["baseline"],
             "rows": [{"rule": "P11", "filing": {"persons": 3, "workingDays": 2, "afterDue": "warn"}, "source": "shop rule 1"}]}
            """u8),
    ];

    public bool Covers(Purpose definition) => definition.Profile!.Split('+').Contains(Profile);
}

/// <summary>The duties to file of the world (P11), counted anew each time.</summary>
internal sealed class WorldFiling(RuleWorld world)
{
    private static readonly DateOnly Ends = new(2027, 12, 31);
    private static readonly DateOnly[] Holidays = [new(2026, 12, 25), new(2027, 1, 1), new(2027, 5, 3)];
    private static readonly DateOnly[] Worked = [new(2026, 12, 26), new(2027, 5, 8)];

    public List<WorldDuty> Duties { get; } = [];

    /// <summary>Whether the vault was given a calendar.</summary>
    public bool HasCalendar { get; set; } = true;

    public WorkingDayCalendar? Calendar => HasCalendar ? new WorkingDayCalendar(new DateOnly(2026, 1, 1), Ends, Holidays, Worked) : null;

    /// <summary>Whether a filing that a purpose's profile asks for is late, and the profile stops what is new.</summary>
    public bool IsBlocked(Purpose definition) => Duties.Any(duty => duty.Terms.Blocks && duty.Terms.Covers(definition) && duty.IsOverdue(world.Now));

    public int Persons(FilingTerms terms) => Given(terms).Count;

    /// <summary>What is crossed when these persons consent to a purpose now.</summary>
    public IEnumerable<WorldDuty> Crossed(WorldPurpose purpose, IEnumerable<SubjectId> newcomers)
    {
        foreach (FilingTerms terms in FilingTerms.Table.Where(terms => terms.Covers(purpose.Definition) && Duties.All(duty => duty.Terms != terms)))
        {
            Dictionary<SubjectId, DateTimeOffset> given = Given(terms);
            foreach (SubjectId newcomer in newcomers)
                given.TryAdd(newcomer, world.Now);
            if (given.Count < terms.Persons)
                continue;
            var day = DateOnly.FromDateTime(given.Values.Order().ElementAt(terms.Persons - 1).ToOffset(terms.Offset).DateTime);
            yield return new WorldDuty(terms, day, HasCalendar ? WorkingDaysAfter(day, terms.WorkingDays) : null);
        }
    }

    /// <summary>When each of the persons who are kept under such a profile consented first.</summary>
    private Dictionary<SubjectId, DateTimeOffset> Given(FilingTerms terms) =>
        world.Consents.Where(c => c.IsStored && terms.Covers(c.Definition)).GroupBy(c => c.Subject).ToDictionary(own => own.Key, own => own.Min(c => c.Given));

    private static DateOnly? WorkingDaysAfter(DateOnly day, int count)
    {
        while (count > 0 && day < Ends)
        {
            day = day.AddDays(1);
            if (Worked.Contains(day) || (day.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Friday && !Holidays.Contains(day)))
                count--;
        }

        return day < Ends ? day : null;
    }
}
