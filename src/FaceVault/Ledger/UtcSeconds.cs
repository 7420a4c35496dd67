using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FaceVault.Ledger;

/// <summary>The one spelling of a time in ledger and certificate: RFC 3339, UTC, whole seconds, capital T and Z, 20 characters: <c>2026-11-21T23:59:08Z</c>.</summary>
internal static class UtcSeconds
{
    public const int Length = 20;

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static void Write(DateTimeOffset time, Span<byte> destination)
    {
        DateTime utc = time.UtcDateTime;
        utc.Deconstruct(out DateOnly date, out TimeOnly clock);
        date.Deconstruct(out int year, out int month, out int day);
        destination = destination[..Length];
        Digits(destination, year / 100);
        Digits(destination[2..], year % 100);
        destination[4] = (byte)'-';
        Digits(destination[5..], month);
        destination[7] = (byte)'-';
        Digits(destination[8..], day);
        destination[10] = (byte)'T';
        Digits(destination[11..], clock.Hour);
        destination[13] = (byte)':';
        Digits(destination[14..], clock.Minute);
        destination[16] = (byte)':';
        Digits(destination[17..], clock.Second);
        destination[19] = (byte)'Z';
    }

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>The same time without the part below a second.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static void Digits(Span<byte> destination, int value)
    {
        destination[0] = (byte)('0' + (value / 10));
        destination[1] = (byte)('0' + (value % 10));
    }
}
