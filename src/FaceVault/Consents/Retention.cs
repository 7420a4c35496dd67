namespace FaceVault.Consents;

/// <summary>When use and evidence end (S2: PIPL 19, BIPA 15(a); D9: GDPR 7(1), 17(3)(e)). Pure.</summary>
internal static class Retention
{
    /// <summary>The most that any period may last, counted by the calendar.</summary>
    public const int MaxYears = 100;

    /// <summary>Use ends at the earlier of the consent's end and the purpose's longest retention counted from the consent.</summary>
    public static DateTimeOffset UseEnds(DateTimeOffset given, DateTimeOffset expires, CalendarPeriod maxRetention)
    {
        DateTimeOffset retained = maxRetention.After(given);
        return retained < expires ? retained : expires;
    }

    /// <summary>Evidence ends so long after the template key died.</summary>
    public static DateTimeOffset EvidenceEnds(DateTimeOffset end, CalendarPeriod evidenceRetention) => evidenceRetention.After(end);

    /// <summary>Unix minutes, rounded down, as the key pages keep times: an end comes up to a minute early, never late.</summary>
    /// <exception cref="OverflowException">The moment lies before 1970.</exception>
    public static uint ToMinutes(DateTimeOffset time) => checked((uint)((ulong)time.ToUnixTimeSeconds() / 60));

    public static DateTimeOffset FromMinutes(uint minutes) => DateTimeOffset.FromUnixTimeSeconds(minutes * 60L);

    public static bool IsTooLong(CalendarPeriod period)
    {
        var start = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return period.After(start) > start.AddYears(MaxYears);
    }
}
