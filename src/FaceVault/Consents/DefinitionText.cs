using System.Globalization;

namespace FaceVault.Consents;

/// <summary>Checks of the other texts of purposes and grants. They refuse what could never be right; what a rule may refuse later (empty, wildcard) passes.</summary>
internal static class DefinitionText
{
    public const int MaxProseBytes = 4096;
    public const int MaxTokenBytes = 64;
    private const int Sha256HexLength = 64;
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>Prose: at most 4,096 bytes of UTF-8, line ends allowed.</summary>
    public static string? Prose(string? value, string name) =>
        value is null || IdText.IsValidText(value, MaxProseBytes, allowLines: true) ? value : throw Error.TextRefused(name, MaxProseBytes);

    /// <summary>A line: at most as many bytes of UTF-8, no control characters.</summary>
    public static string? Line(string? value, string name, int maxBytes = IdText.MaxUtf8Bytes) =>
        value is null || IdText.IsValidText(value, maxBytes, allowLines: false) ? value : throw Error.TextRefused(name, maxBytes);

    /// <summary>A SHA-256 as 64 lowercase hexadecimal digits.</summary>
    public static string? Sha256(string? value, string name) => value is null || IsSha256(value) ? value : throw Error.Sha256Refused(name);

    /// <summary>A language tag (BCP 47): ASCII letters, digits and hyphens.</summary>
    public static string? Language(string? value, string name) =>
        value is null || (value.Length is > 0 and <= 35 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) ? value : throw Error.LanguageRefused(name);

    public static string Sha256Of(string value) => Sha256(value, nameof(value))!;

    public static string LanguageOf(string value) => Language(value, nameof(value))!;

    /// <summary>The moment without its fraction of a second.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset value) => value.AddTicks(-(value.Ticks % TimeSpan.TicksPerSecond));

    private static bool IsSha256(string value) => value.Length == Sha256HexLength && value.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>A day of the calendar, <c>2030-06-01</c>.</summary>
    /// <exception cref="FormatException">It is none, or has another spelling.</exception>
    public static DateOnly? DayOf(string text) => DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);

    public static string? Day(DateOnly? day) => day?.ToString(DayFormat, CultureInfo.InvariantCulture);
}
