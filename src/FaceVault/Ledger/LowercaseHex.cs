using System.Buffers;

namespace FaceVault.Ledger;

/// <summary>Lowercase hex digits, an even number, nothing else.</summary>
internal static class LowercaseHex
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Fills the whole of <paramref name="destination"/> or answers false.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (!IsHex(text, destination.Length))
            return false;
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (byte)((Value(text[2 * i]) << 4) | Value(text[(2 * i) + 1]));
        return true;
    }

    /// <summary>Whether <paramref name="text"/> spells exactly <paramref name="bytes"/> bytes.</summary>
    public static bool IsHex(ReadOnlySpan<char> text, int bytes) => text.Length == 2 * bytes && text.IndexOfAnyExcept(Digits) < 0;

    private static int Value(char digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;
}
