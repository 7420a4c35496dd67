using System.Globalization;
using FaceVault.Consents;

namespace FaceVault;

/// <summary>Which days of a span of time are working days: Monday to Friday without the holidays, and the weekend days that are worked to make up for them. The caller supplies it, from what the government announces each year; nobody can compute it.</summary>
/// <remarks>Immutable, for any number of threads. As JSON: <c>from</c>, <c>until</c> (the first day that is not covered), <c>holidays</c> [days], <c>workingDays</c> [days], days as <c>2025-06-02</c>.</remarks>
public sealed class WorkingDayCalendar
{
    private const string Document = "working-day calendar";

    private readonly HashSet<DateOnly> holidays;
    private readonly HashSet<DateOnly> workingDays;

    /// <summary>A calendar from its exceptions.</summary>
    /// <param name="from">The first day that it covers.</param>
    /// <param name="until">The first day that it does not cover any more.</param>
    /// <param name="holidays">Days within that are not worked, whatever day of the week they are.</param>
    /// <param name="workingDays">Days within that are worked although they are Saturdays or Sundays.</param>
    /// <exception cref="ArgumentException">The span is empty, an exception lies outside it, or a day is both a holiday and a working day.</exception>
    public WorkingDayCalendar(DateOnly from, DateOnly until, IEnumerable<DateOnly> holidays, IEnumerable<DateOnly> workingDays)
    {
        ArgumentNullException.ThrowIfNull(holidays);
        ArgumentNullException.ThrowIfNull(workingDays);
        (From, Until, this.holidays, this.workingDays) = (from, until, [.. holidays], [.. workingDays]);
        if (from >= until || this.holidays.Concat(this.workingDays).Any(day => !Covers(day)) || this.holidays.Overlaps(this.workingDays))
            throw Error.CalendarRefused(nameof(holidays));
    }

    /// <summary>The first day that it covers.</summary>
    public DateOnly From { get; }

    /// <summary>The first day that it does not cover any more.</summary>
    public DateOnly Until { get; }

    /// <summary>Reads a calendar from a file of at most 64 KiB of UTF-8 JSON.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Malformed JSON, a missing, unknown or repeated member, a day that is none, or days that do not fit together; the message names the member.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WorkingDayCalendar FromJson(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromJson(StrictJson.ReadFile(path, Document));
    }

    /// <summary>Reads a calendar from UTF-8 JSON, as <see cref="FromJson(string)"/>.</summary>
    /// <param name="utf8">At most 64 KiB.</param>
    /// <exception cref="FormatException">Malformed JSON, a missing, unknown or repeated member, a day that is none, or days that do not fit together; the message names the member.</exception>
    public static WorkingDayCalendar FromJson(ReadOnlySpan<byte> utf8)
    {
        StrictJson json = StrictJson.Root(utf8, Document, ["from", "until", "holidays", "workingDays"]);
        DateOnly from = json.Parsed<DateOnly?>("from", text => ReadDay(text)) ?? throw json.Refuse("from", "is missing");
        DateOnly until = json.Parsed<DateOnly?>("until", text => ReadDay(text)) ?? throw json.Refuse("until", "is missing");
        try
        {
            return new WorkingDayCalendar(from, until, ReadDays(json, "holidays"), ReadDays(json, "workingDays"));
        }
        catch (ArgumentException)
        {
            throw json.Refuse("until", "must lie after from, and every exception once between them");
        }
    }

    /// <summary>Whether the calendar knows a day.</summary>
    /// <param name="day">Any day.</param>
    public bool Covers(DateOnly day) => day >= From && day < Until;

    /// <summary>Whether a day is worked.</summary>
    /// <param name="day">A day that the calendar covers.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not cover the day.</exception>
    public bool IsWorkingDay(DateOnly day)
    {
        if (!Covers(day))
            throw new ArgumentOutOfRangeException(nameof(day));
        return workingDays.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day));
    }

    /// <summary>The last of so many working days after a day, which itself does not count; null when the calendar ends before.</summary>
    /// <param name="day">Any day.</param>
    /// <param name="count">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 1.</exception>
    public DateOnly? AddWorkingDays(DateOnly day, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        for (DateOnly next = day; Covers(next.AddDays(1));)
        {
            next = next.AddDays(1);
            if (IsWorkingDay(next) && --count == 0)
                return next;
        }

        return null;
    }

    internal static DateOnly ReadDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : throw new FormatException();

    private static DateOnly[] ReadDays(StrictJson json, string member)
    {
        string[] texts = json.TextArray(member, IdText.MaxUtf8Bytes) ?? [];
        var days = new DateOnly[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!DateOnly.TryParseExact(texts[i], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out days[i]))
                throw json.Refuse($"{member}[{i}]", "must be a day such as 2025-06-02");
        }

        return days;
    }
}
