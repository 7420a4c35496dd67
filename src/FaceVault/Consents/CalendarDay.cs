namespace FaceVault.Consents;

/// <summary>When a day of the calendar begins at a place.</summary>
internal static class CalendarDay
{
    /// <summary>The first moment of a day in a time zone: the later one where the clock shows midnight twice, and the end of the gap where it shows none.</summary>
    public static DateTimeOffset Begins(DateOnly day, TimeZoneInfo zone)
    {
        DateTime midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }

    /// <summary>The day at a moment in a time zone.</summary>
    public static DateOnly Of(DateTimeOffset moment, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);
}
