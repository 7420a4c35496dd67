namespace FaceVault.Consents;

/// <summary>When use and evidence end (S2: PIPL 19, BIPA 15(a); D9: GDPR 7(1), 17(3)(e)). Pure.</summary>
internal static class Retention
{
    /// <summary>The most that any period may last, counted by the calendar.</summary>
    public const int MaxYears = 100;

    /// <summary>Use ends at the earliest of the consent's end, the purpose's longest retention and the profile's, both counted from the consent, the last act of the person that the vault knows of.</summary>
    public static DateTimeOffset UseEnds(DateTimeOffset given, DateTimeOffset expires, CalendarPeriod maxRetention, ConsentDemands demands)
    {
        DateTimeOffset retained = maxRetention.After(given), allowed = demands.RetentionEnds(given);
        if (allowed < retained)
            retained = allowed;
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
