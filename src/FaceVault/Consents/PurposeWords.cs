namespace FaceVault.Consents;

/// <summary>How the words are spelled by which purposes and rules speak of the same things. Which of them are known is said by the rules.</summary>
internal static class PurposeWords
{
    private const int MaxLength = 32;

    /// <summary>A category: letters of ASCII, beginning with a small one, such as <c>publicSecurity</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Category(string text) => IsWord(text) ? text : throw new FormatException();

    /// <summary>A kind of place, spelled as categories are, such as <c>guestRoom</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Place(string text) => Category(text);

    /// <summary>A basis other than consent: <c>emergency</c> or <c>statute</c> (SPC 5; PIPL 13).</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Basis(string text) => IsBasis(text) ? text : throw new FormatException();

    /// <summary>A country or a part of one as ISO 3166 writes it: <c>CN</c>, <c>CN-TJ</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Jurisdiction(string text) => IsJurisdiction(text) ? text : throw new FormatException();

    public static bool IsBasis(string text) => text is "emergency" or "statute";

    public static bool IsWord(string text) => text.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(text[0]) && text.All(char.IsAsciiLetter);

    public static bool IsJurisdiction(string text) => text.Length >= 2 && text[..2].All(char.IsAsciiLetterUpper)
        && (text.Length == 2 || (text[2] == '-' && text.Length is >= 4 and <= 6 && text[3..].All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))));
}
