using System.Buffers;
using System.Text;

namespace FaceVault.Consents;

/// <summary>Tells a text that stands for anything from one that says something.</summary>
internal static class Wildcard
{
    private static readonly string[] Words = ["any", "all", "anything", "everything", "anyone", "everyone", "none", "n/a", "tbd", "任何", "所有", "一切", "全部"];

    private static readonly SearchValues<char> Marks = SearchValues.Create("*%?_.-#+ \t＊％？＃＋。．　");

    /// <summary>Whether an identifier is a pattern: it holds an asterisk, a wide one too, or nothing but marks that patterns are made of.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '＊') || !text.AsSpan().ContainsAnyExcept(Marks);

    /// <summary>Whether the name of a purpose, a model or a recipient is a pattern or a word for anything.</summary>
    public static bool IsName(string text) => IsPattern(text) || IsWord(text);

    /// <summary>Whether a text says nothing: no letter or digit at all, or only a word for anything.</summary>
    public static bool IsProse(string text) => !text.EnumerateRunes().Any(Rune.IsLetterOrDigit) || IsWord(text);

    private static bool IsWord(string text) => Words.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
}
