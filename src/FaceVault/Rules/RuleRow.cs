using FaceVault.Consents;

namespace FaceVault.Rules;

/// <summary>One row of a profile: what one rule asks, since when, until when, and by which article of law. At most one of the values is set; with none the row says that the rule holds.</summary>
internal sealed record RuleRow
{
    /// <summary>The rule's number, such as <c>C5</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The article of law.</summary>
    public required string Source { get; init; }

    /// <summary>The first day, null for always.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The first day on which it holds no more, null for never.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>C5: the weakest form of consent that is enough.</summary>
    public ConsentForm MinimumForm { get; init; }

    /// <summary>C6: the age below which a guardian consents.</summary>
    public int? ChildAge { get; init; }

    /// <summary>S2: the longest use after the last interaction.</summary>
    public CalendarPeriod? MaxRetention { get; init; }

    /// <summary>P10: how long processing records are kept at least.</summary>
    public CalendarPeriod? RecordsKept { get; init; }

    /// <summary>P4, P6, P7: what is forbidden.</summary>
    public DenyRule? Deny { get; init; }

    /// <summary>P4: the category whose purposes have to say where the sign hangs.</summary>
    public string? Signage { get; init; }

    /// <summary>P4: the category whose data may not leave.</summary>
    public string? Confidential { get; init; }

    /// <summary>P8: a basis other than consent that the law knows.</summary>
    public string? Basis { get; init; }

    /// <summary>P11: the number of persons from which on processing is filed.</summary>
    public FilingRule? Filing { get; init; }

    /// <summary>Whether a profile that includes this one may put a row of its own in this one's place: the law itself leaves it to a narrower one.</summary>
    public bool Replaceable { get; init; }

    /// <summary>The source of the row, in an included profile, whose place this one takes.</summary>
    public string? Replaces { get; init; }

    /// <summary>What a reader should know.</summary>
    public string? Note { get; init; }
}

/// <summary>P11 (CAC 15): who stores the faces of so many persons files within so many working days.</summary>
/// <param name="Persons">From how many persons on.</param>
/// <param name="WorkingDays">Within how many working days after the day on which so many were kept.</param>
/// <param name="Blocks">Whether new consents and enrolments are refused after the last day.</param>
internal sealed record FilingRule(long Persons, int WorkingDays, bool Blocks)
{
    /// <summary>The first day of the rule: nobody was late before.</summary>
    public DateOnly? From { get; init; }

    /// <summary>By whose days it is counted.</summary>
    public TimeZoneInfo? Zone { get; init; }
}

/// <summary>P4, P6, P7 (PIPL 24, 26; CAC 13; local law): a purpose that has everything named here is forbidden. A null member stands for anything.</summary>
/// <param name="Category">The purpose's category.</param>
/// <param name="Except">The one category that is not forbidden.</param>
/// <param name="Jurisdiction">ISO 3166: a country holds for its parts too (<c>CN</c> for <c>CN-TJ</c>).</param>
/// <param name="Place">One of the purpose's places.</param>
internal sealed record DenyRule(string? Category, string? Except, string? Jurisdiction, string? Place)
{
    /// <summary>Whether a purpose is forbidden. One that names a country is pursued in all its parts; one that is of the category named and does not say where it is pursued counts as pursued there.</summary>
    /// <param name="purpose">The purpose.</param>
    /// <param name="isPlaceUnsaid">Whether it is forbidden only because it does not say where, or names a country of which the jurisdiction is a part.</param>
    public bool Forbids(Purpose purpose, out bool isPlaceUnsaid)
    {
        isPlaceUnsaid = false;
        if (Category is not null ? purpose.Category != Category : Except is not null && purpose.Category == Except)
            return false;
        bool isJurisdictionUnsaid = Jurisdiction is not null && purpose.Jurisdiction is null, arePlacesUnsaid = Place is not null && purpose.Places.Count == 0;
        bool isWider = Jurisdiction is not null && purpose.Jurisdiction is { } whole && IsPart(Jurisdiction, whole);
        isPlaceUnsaid = isJurisdictionUnsaid || arePlacesUnsaid || isWider;
        return (!(isJurisdictionUnsaid || arePlacesUnsaid) || Category is not null)
            && (Jurisdiction is null || isJurisdictionUnsaid || isWider || Lies(purpose.Jurisdiction!))
            && (Place is null || arePlacesUnsaid || purpose.Places.Contains(Place));
    }

    private bool Lies(string jurisdiction) => jurisdiction == Jurisdiction || IsPart(jurisdiction, Jurisdiction!);

    private static bool IsPart(string part, string country) => part.Length > country.Length && part.StartsWith(country, StringComparison.Ordinal) && part[country.Length] == '-';
}
