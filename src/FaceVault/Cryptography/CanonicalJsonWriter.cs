using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FaceVault.Cryptography;

/// <summary>Writes canonical JSON (RFC 8785) as UTF-8 from pieces that its callers put in the sorted order of the members.</summary>
/// <remarks>Starts in the caller's buffer and moves to a pooled one when that is full. Whatever it wrote to memory of its own is zeroed on dispose.</remarks>
internal ref struct CanonicalJsonWriter(Span<byte> buffer)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    // Refuses unpaired surrogates instead of replacing them, so that equal bytes mean equal strings.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private Span<byte> buffer = buffer;
    private byte[]? pooled;
    private int length;

    public readonly ReadOnlySpan<byte> Written => buffer[..length];

    /// <summary>Whether everything stands in the buffer that the caller gave.</summary>
    public readonly bool FitsInitial => pooled is null;

    /// <summary>Text that is JSON already: punctuation, member names, literals.</summary>
    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        length += json.Length;
    }

    /// <summary>A string with its quotes.</summary>
    /// <exception cref="ArgumentException">The text holds half of a surrogate pair.</exception>
    public void Text(scoped ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        TextContent(text);
        Raw("\""u8);
    }

    /// <summary>A part of a string, without quotes.</summary>
    /// <exception cref="ArgumentException">The text holds half of a surrogate pair.</exception>
    public void TextContent(scoped ReadOnlySpan<char> text)
    {
        while (true)
        {
            int plain = text.IndexOfAny(Escaped);
            scoped ReadOnlySpan<char> run = plain < 0 ? text : text[..plain];
            bool surelyFits = buffer.Length - length >= run.Length * 3;
            length += Utf8.GetBytes(run, surelyFits ? buffer[length..] : Room(Utf8.GetByteCount(run)));
            if (plain < 0)
                break;
            Escape(text[plain]);
            text = text[(plain + 1)..];
        }
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>Bytes as a string of lowercase hex.</summary>
    public void Hex(scoped ReadOnlySpan<byte> bytes)
    {
        Raw("\""u8);
        Convert.TryToHexStringLower(bytes, Room(2 * bytes.Length), out int written);
        length += written;
        Raw("\""u8);
    }

    public void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        length += written;
    }

    /// <summary>Bytes as a string of canonical base64.</summary>
    public void Base64(scoped ReadOnlySpan<byte> bytes)
    {
        Raw("\""u8);
        Base64Content(bytes);
        Raw("\""u8);
    }

    /// <summary>Bytes as canonical base64 within a string, without quotes.</summary>
    public void Base64Content(scoped ReadOnlySpan<byte> bytes)
    {
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, Room(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
        length += written;
    }

    /// <summary>A moment as a string, <c>"2026-11-21T23:59:08Z"</c>: UTC, whole seconds.</summary>
    public void Time(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        Span<byte> at = Room(22);
        at[0] = (byte)'"';
        Digits(at.Slice(1, 4), utc.Year);
        at[5] = (byte)'-';
        Digits(at.Slice(6, 2), utc.Month);
        at[8] = (byte)'-';
        Digits(at.Slice(9, 2), utc.Day);
        at[11] = (byte)'T';
        Digits(at.Slice(12, 2), utc.Hour);
        at[14] = (byte)':';
        Digits(at.Slice(15, 2), utc.Minute);
        at[17] = (byte)':';
        Digits(at.Slice(18, 2), utc.Second);
        at[20] = (byte)'Z';
        at[21] = (byte)'"';
        length += 22;
    }

    /// <summary>A string member that is left out when there is no value: <paramref name="prefix"/> is everything before the string.</summary>
    public void OptionalText(ReadOnlySpan<byte> prefix, string? text)
    {
        if (text is null)
            return;
        Raw(prefix);
        Text(text);
    }

    public void TextArray(IReadOnlyList<string> texts)
    {
        Raw("["u8);
        for (int i = 0; i < texts.Count; i++)
        {
            if (i != 0)
                Raw(","u8);
            Text(texts[i]);
        }

        Raw("]"u8);
    }

    /// <summary>Fills with spaces up to the next multiple of <paramref name="step"/>, so that lengths say little.</summary>
    public void Pad(int step)
    {
        int padding = (step - length % step) % step;
        Room(padding)[..padding].Fill((byte)' ');
        length += padding;
    }

    public void Dispose()
    {
        if (pooled is null)
            return;
        CryptographicOperations.ZeroMemory(pooled);
        ArrayPool<byte>.Shared.Return(pooled);
        pooled = null;
    }

    private static void Digits(Span<byte> destination, int value)
    {
        for (int i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }

    private void Escape(char c)
    {
        Raw("\\"u8);
        switch (c)
        {
            case '"': Raw("\""u8); break;
            case '\\': Raw("\\"u8); break;
            case '\b': Raw("b"u8); break;
            case '\t': Raw("t"u8); break;
            case '\n': Raw("n"u8); break;
            case '\f': Raw("f"u8); break;
            case '\r': Raw("r"u8); break;
            default:
                Raw("u00"u8);
                Raw([(byte)('0' + (c >> 4)), (byte)((c & 15) < 10 ? '0' + (c & 15) : 'a' + (c & 15) - 10)]);
                break;
        }
    }

    private Span<byte> Room(int count)
    {
        if (buffer.Length - length >= count)
            return buffer[length..];
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, length + count));
        buffer[..length].CopyTo(larger);
        Dispose();
        pooled = larger;
        buffer = larger;
        return buffer[length..];
    }
}
