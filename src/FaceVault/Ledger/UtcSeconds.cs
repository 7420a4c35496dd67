using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FaceVault.Ledger;

/// <summary>The one spelling of a time in ledger and certificate: RFC 3339, UTC, whole seconds, capital T and Z, 20 characters: <c>2026-11-21T23:59:08Z</c>.</summary>
internal static class UtcSeconds
{
    public const int Length = 20;

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>The same time without the part below a second.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
