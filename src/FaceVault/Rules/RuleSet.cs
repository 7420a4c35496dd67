using FaceVault.Consents;

namespace FaceVault.Rules;

/// <summary>What holds for purposes of one profile, or of several together, between two moments. Where several rows speak of one thing the strictest counts. Immutable.</summary>
internal sealed partial class RuleSet
{
    private readonly RuleRow[] rows;
    private readonly RuleRow[] denials;
    private readonly HashSet<string> rules;
    private readonly bool isUnknown;

    /// <param name="profiles">For each profile that the purpose names: its rows that hold now.</param>
    /// <param name="zones">By whose days the profiles count.</param>
    /// <param name="validFrom">Since when these rows hold.</param>
    /// <param name="validUntil">When the next row begins or ends.</param>
    public RuleSet(IReadOnlyList<IReadOnlyList<RuleRow>> profiles, IReadOnlyList<TimeZoneInfo> zones, DateTimeOffset validFrom, DateTimeOffset validUntil)
    {
        rows = [.. profiles.SelectMany(each => each).Distinct()];
        denials = [.. rows.Where(row => row.Deny is not null)];
        rules = [.. rows.Select(row => row.Rule)];
        (ValidFrom, ValidUntil) = (validFrom, validUntil);
        Demands = new ConsentDemands
        {
            MinimumForm = rows.Select(row => row.MinimumForm).DefaultIfEmpty().Max(),
            ChildAge = rows.Max(row => row.ChildAge) ?? 0,
            MaxRetention = [.. rows.Select(row => row.MaxRetention).OfType<CalendarPeriod>()],
            Zones = zones,
        };
        Filing = [.. rows.Select(row => row.Filing).OfType<FilingRule>().Distinct()];
        Bases = [.. profiles.Select(each => each.Select(row => row.Basis).OfType<string>()).Aggregate((one, other) => one.Intersect(other)).Distinct()];
    }

    private RuleSet()
        : this([[]], [], DateTimeOffset.MinValue, DateTimeOffset.MaxValue) => isUnknown = true;

    /// <summary>For a purpose whose profile is not known here: nobody can say what it allows, so it allows nothing.</summary>
    public static RuleSet OfUnknownProfile { get; } = new();

    /// <summary>Whether it stands for a profile that is not known here.</summary>
    public bool IsUnknown => isUnknown;

    /// <summary>Since when the same rows hold.</summary>
    public DateTimeOffset ValidFrom { get; }

    /// <summary>When the next row begins or ends.</summary>
    public DateTimeOffset ValidUntil { get; }

    /// <summary>What is asked of a consent.</summary>
    public ConsentDemands Demands { get; }

    /// <summary>P11 (CAC 15): the duties to file that hold now.</summary>
    public IReadOnlyList<FilingRule> Filing { get; }

    /// <summary>P8 (SPC 5; PIPL 13; GDPR 9): the bases other than consent that every one of the profiles knows.</summary>
    public IReadOnlyList<string> Bases { get; }

    /// <summary>What is asked of a consent to a purpose. Where the purpose rests on something else, what is asked of consent alone (C5, C6) is not asked, and use ends with that.</summary>
    public ConsentDemands DemandsOf(Purpose purpose) => purpose.Basis is not { } basis ? Demands
        : Demands with { MinimumForm = ConsentForm.None, ChildAge = 0, BasisEnds = basis.EndsAt };

    /// <summary>Whether a rule holds, by its number.</summary>
    public bool Holds(string rule) => rules.Contains(rule);
}
