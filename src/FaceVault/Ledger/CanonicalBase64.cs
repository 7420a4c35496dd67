namespace FaceVault.Ledger;

/// <summary>Base64 (RFC 4648 §4, padded) with one spelling per value: no white space, and the bits behind the last byte are zero.</summary>
internal static class CanonicalBase64
{
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        if (!Convert.TryFromBase64Chars(text, destination, out written))
            return false;
        // The decoder forgives white space and stray bits: only what encodes back to the same text is accepted.
        int length = (written + 2) / 3 * 4;
        if (length != text.Length)
            return false;
        Span<char> again = length <= 512 ? stackalloc char[length] : new char[length];
        return Convert.TryToBase64Chars(destination[..written], again, out int characters) && text.SequenceEqual(again[..characters]);
    }
}
