namespace FaceVault.Consents;

/// <summary>How a purpose names its profiles: one word, or several joined by plus signs, of which all hold (<c>cn+us-il</c>).</summary>
internal static class ProfileNames
{
    private const int MaxLength = 32;
    private const int MaxNames = 8;

    /// <summary>Whether this is one profile's name.</summary>
    public static bool IsOne(string text) => text.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>One profile's name, as it is.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string One(string text) => IsOne(text) ? text : throw new FormatException();

    /// <summary>Whether this is one name, or up to eight different ones joined by plus signs.</summary>
    public static bool IsValid(string text) => Split(text) is { Length: <= MaxNames } names && names.All(IsOne) && names.Distinct(StringComparer.Ordinal).Count() == names.Length;

    public static string[] Split(string text) => text.Split('+');
}
