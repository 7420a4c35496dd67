namespace FaceVault.Records;

/// <summary>Days in UTC, counted from 1 January 1970. From 1 to 65,535, which is a day in the year 2149.</summary>
internal static class DayNumber
{
    private static readonly DateOnly Zero = new(1970, 1, 1);

    public static int Of(DateTimeOffset time) => (int)Math.Clamp(Math.DivRem(time.ToUnixTimeSeconds(), 86_400).Quotient, 1, ushort.MaxValue);

    /// <summary>A day before the first is the first, one after the last the last.</summary>
    public static int Of(DateOnly day) => Math.Clamp(day.DayNumber - Zero.DayNumber, 1, ushort.MaxValue);

    public static DateOnly Date(int day) => Zero.AddDays(day);

    /// <summary>The first day that is still kept: a day is kept until so many years after its end. 29 February ends when 1 March begins.</summary>
    public static int FirstKept(int today, int years)
    {
        DateOnly now = Date(today), day = now.AddYears(-years).AddDays(-3);
        while (day.AddDays(1).AddYears(years) < now)
            day = day.AddDays(1);
        return Of(day);
    }
}
