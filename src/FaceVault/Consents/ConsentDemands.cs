namespace FaceVault.Consents;

/// <summary>What the profiles of a purpose ask of one consent at one moment, the strictest of them where several hold. Immutable.</summary>
internal sealed record ConsentDemands
{
    /// <summary>Nothing is asked beyond what holds for every profile.</summary>
    public static ConsentDemands None { get; } = new();

    /// <summary>C5 (PIPL 29; BIPA 15(b)): the weakest form that is enough.</summary>
    public ConsentForm MinimumForm { get; init; }

    /// <summary>C6 (SPC 2(3), 3; PIPL 31; GDPR 8): who is younger than this many years is a child, and so is whoever's age is unknown; 0 when no profile asks.</summary>
    public int ChildAge { get; init; }

    /// <summary>S2 (PIPL 19; BIPA 15(a)): the longest use, counted from the last interaction; all of them hold.</summary>
    public IReadOnlyList<CalendarPeriod> MaxRetention { get; init; } = [];

    /// <summary>P8 (SPC 5, 6; PIPL 13): when the basis of the purpose ends, if that is not consent.</summary>
    public DateTimeOffset BasisEnds { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>By whose calendars days are counted; without any, by that of UTC.</summary>
    public IReadOnlyList<TimeZoneInfo> Zones { get; init; } = [];

    /// <summary>The moment at which a day has begun in all zones.</summary>
    public DateTimeOffset DayBegins(DateOnly day)
    {
        DateTimeOffset latest = DateTimeOffset.MinValue;
        foreach (TimeZoneInfo zone in Zones.Count == 0 ? [TimeZoneInfo.Utc] : Zones)
            latest = Later(latest, CalendarDay.Begins(day, zone));
        return latest;
    }

    /// <summary>The moment at which somebody born on a day is so many years old in all zones. Who is born on 29 February grows a year older on 1 March of a year without that day.</summary>
    public DateTimeOffset TurnsAge(DateOnly born, int years)
    {
        DateOnly birthday = born.AddYears(years);
        return DayBegins(birthday.Day == born.Day ? birthday : birthday.AddDays(1));
    }

    /// <summary>When use has to end at the latest, counted from the last interaction by its own calendar or that of UTC, whichever ends first: with the retention that the profiles allow, and with the basis.</summary>
    public DateTimeOffset RetentionEnds(DateTimeOffset lastInteraction)
    {
        DateTimeOffset earliest = BasisEnds;
        foreach (CalendarPeriod period in MaxRetention)
            foreach (DateTimeOffset counted in (ReadOnlySpan<DateTimeOffset>)[lastInteraction, lastInteraction.ToUniversalTime()]) // the vault keeps the moment, and counts by UTC later
                earliest = period.After(counted) is var end && end < earliest ? end : earliest;
        return earliest;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
