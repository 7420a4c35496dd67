using System.Runtime.CompilerServices;
using System.Text;

namespace FaceVault.Consents;

/// <summary>What every identifier's text obeys: 1 to 256 bytes of UTF-8, no control characters, no half of a surrogate pair.</summary>
internal static class IdText
{
    public const int MaxUtf8Bytes = 256;

    /// <summary>UTF-8 that refuses unpaired surrogates instead of replacing them, so that equal bytes mean equal strings.</summary>
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text, if it is one. Not inlined: what it throws has this assembly as its <see cref="Exception.Source"/>, by which hosting tells a client's mistake from the application's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Check(string? value, string whose, string parameterName)
    {
        if (value is null)
            throw Error.IdMissing(whose, parameterName);
        return IsValid(value) ? value : throw Error.IdTextRefused(whose, parameterName);
    }

    public static bool IsValid(string value) => value.Length != 0 && IsValidText(value, MaxUtf8Bytes, allowLines: false);

    /// <summary>Whether the text fits and can be printed; with <paramref name="allowLines"/> also tabs and line ends.</summary>
    public static bool IsValidText(string value, int maxUtf8Bytes, bool allowLines)
    {
        if (value.Length > maxUtf8Bytes)
            return false;
        int bytes = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsControl(c) && !(allowLines && c is '\n' or '\r' or '\t'))
                return false;
            if (!char.IsSurrogate(c))
            {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
                continue;
            }

            if (!char.IsHighSurrogate(c) || i + 1 == value.Length || !char.IsLowSurrogate(value[i + 1]))
                return false;
            bytes += 4;
            i++;
        }

        return bytes <= maxUtf8Bytes;
    }
}
