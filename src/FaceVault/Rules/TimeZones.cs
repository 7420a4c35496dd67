namespace FaceVault.Rules;

/// <summary>Time zones by their IANA names.</summary>
internal static class TimeZones
{
    /// <summary>The zone. Where the machine has no table of time zones, the last one on earth in which a day begins: nobody is taken for older there than he is.</summary>
    /// <exception cref="FormatException">The name is not one, or the machine has other zones and not this one.</exception>
    public static TimeZoneInfo Find(string name)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
            return zone;
        return TimeZoneInfo.TryFindSystemTimeZoneById("Asia/Shanghai", out _)
            ? throw new FormatException() : TimeZoneInfo.CreateCustomTimeZone(name, TimeSpan.FromHours(-12), name, name);
    }
}
