using System.Globalization;

namespace FaceVault;

/// <summary>A length of time as people and laws count it: an ISO 8601 duration such as <c>P3Y</c>, <c>P90D</c>, <c>P1Y6M</c> or <c>PT12H</c>, kept as written and applied by the calendar.</summary>
/// <remarks>
/// Whole numbers only, no leading zeros, no zero parts, in the order years, months, weeks, days, hours, minutes, seconds; together at most 1,000 years.
/// Two periods are equal when they are written alike: <c>P12M</c> is not <c>P1Y</c>. Immutable.
/// </remarks>
public sealed class CalendarPeriod : IEquatable<CalendarPeriod>
{
    private const int MaxTextLength = 40;
    private const double MaxDays = 366_000;

    private static readonly double[] DaysPerUnit = [366, 31, 7, 1, 1 / 24.0, 1 / 1_440.0, 1 / 86_400.0];

    private readonly string text;
    private readonly int[] parts;

    private CalendarPeriod(string text, int[] parts)
    {
        this.text = text;
        this.parts = parts;
    }

    /// <summary>Reads an ISO 8601 duration.</summary>
    /// <param name="text">For instance <c>P3Y</c>.</param>
    /// <exception cref="FormatException">The text is not such a duration, or its length is zero or beyond 1,000 years.</exception>
    public static CalendarPeriod Parse(string text) => TryParse(text, out CalendarPeriod? period) ? period! : throw Error.PeriodMalformed();

    /// <summary>Reads an ISO 8601 duration; false when the text is not one.</summary>
    /// <param name="text">For instance <c>P3Y</c>.</param>
    /// <param name="period">The period, or null.</param>
    public static bool TryParse(string? text, out CalendarPeriod? period)
    {
        period = null;
        if (text is null || text.Length is < 3 or > MaxTextLength || text[0] != 'P')
            return false;
        var counts = new int[7];
        double days = 0;
        int next = 0;
        int at = 1;
        while (at < text.Length)
        {
            if (text[at] == 'T')
            {
                if (next > 4 || at + 1 == text.Length)
                    return false;
                next = 4;
                at++;
            }

            int start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (at == start || at == text.Length || text[start] == '0'
                || !int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return false;
            int unit = next < 4 ? "YMWD".IndexOf(text[at], StringComparison.Ordinal) : "HMS".IndexOf(text[at], StringComparison.Ordinal) + 4;
            if (unit < next || (next >= 4 && unit == 3))
                return false;
            counts[unit] = number;
            days += number * DaysPerUnit[unit];
            next = unit == 3 ? 4 : unit + 1;
            at++;
            if (unit == 3 && at < text.Length && text[at] != 'T')
                return false;
        }

        if (days > MaxDays)
            return false;
        period = new CalendarPeriod(text, counts);
        return true;
    }

    /// <summary>The moment this long after another: years and months first, the day cut to the month's last (29 February + P3Y = 28 February), then the rest. The offset stays.</summary>
    /// <param name="start">The moment from which the period counts, by the calendar of its own offset.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result lies beyond the year 9999.</exception>
    public DateTimeOffset After(DateTimeOffset start) => start
        .AddMonths(parts[0] * 12 + parts[1])
        .AddDays(parts[2] * 7L + parts[3])
        .AddSeconds(parts[4] * 3_600L + parts[5] * 60L + parts[6]);

    /// <summary>The duration as it was written.</summary>
    public override string ToString() => text;

    /// <inheritdoc/>
    public bool Equals(CalendarPeriod? other) => other is not null && text == other.text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CalendarPeriod);

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
