namespace FaceVault.Ledger;

/// <summary>What a note may contain: well-formed Unicode without control characters below U+0020 but LF.</summary>
internal static class NoteText
{
    /// <summary>Whether every surrogate stands in a pair, so that the text has exactly one UTF-8 form.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        int i = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (i < 0)
            return true;
        for (; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    public static bool IsAllowed(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c < ' ' && c != '\n')
                return false;
        }
        return IsWellFormed(text);
    }
}
