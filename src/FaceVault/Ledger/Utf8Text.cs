using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FaceVault.Ledger;

/// <summary>Writes canonical JSON as UTF-8 into a buffer that the caller gives and, when that is full, into rented ones. Not for secrets.</summary>
/// <remarks>The caller writes members in their sorted order: structure and names with <see cref="Raw"/>, values with the rest.</remarks>
internal ref struct Utf8Text(Span<byte> initial)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\");

    private Span<byte> buffer = initial;
    private byte[]? rented;
    private int length;

    public readonly ReadOnlySpan<byte> Written => buffer[..length];

    /// <summary>Whether everything stands in the buffer that was given.</summary>
    public readonly bool FitsInitial => rented is null;

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        length += bytes.Length;
    }

    public void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        length += written;
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>Lowercase hex in quotation marks.</summary>
    public void Hex(scoped ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Room((2 * bytes.Length) + 2);
        room[0] = (byte)'"';
        Convert.TryToHexStringLower(bytes, room[1..], out int written);
        room[written + 1] = (byte)'"';
        length += written + 2;
    }

    /// <summary>The 44 characters of a hash in base64, without quotation marks.</summary>
    public void Base64(in MerkleHash hash)
    {
        System.Buffers.Text.Base64.EncodeToUtf8(hash.Bytes, Room(44), out _, out int written);
        length += written;
    }

    /// <summary>A string in quotation marks, with the escapes of RFC 8785 and no others.</summary>
    public void String(scoped ReadOnlySpan<char> value)
    {
        Raw("\""u8);
        Content(value);
        Raw("\""u8);
    }

    /// <summary>A part of a string, without quotation marks.</summary>
    public void Content(scoped ReadOnlySpan<char> value)
    {
        while (!value.IsEmpty)
        {
            int plain = value.IndexOfAny(Escaped);
            ReadOnlySpan<char> run = plain < 0 ? value : value[..plain];
            length += Encoding.UTF8.GetBytes(run, Room(Encoding.UTF8.GetByteCount(run)));
            value = value[run.Length..];
            if (value.IsEmpty)
                break;
            Escape(value[0]);
            value = value[1..];
        }
    }

    /// <summary>The same for text that is UTF-8 already and well-formed.</summary>
    public void String(scoped ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        while (!utf8.IsEmpty)
        {
            int plain = 0;
            while (plain < utf8.Length && utf8[plain] is >= 0x20 and not (byte)'"' and not (byte)'\\')
                plain++;
            Raw(utf8[..plain]);
            utf8 = utf8[plain..];
            if (utf8.IsEmpty)
                break;
            Escape((char)utf8[0]);
            utf8 = utf8[1..];
        }
        Raw("\""u8);
    }

    /// <summary>A time in whole seconds of UTC as RFC 3339 in quotation marks, 22 bytes: <c>"2026-11-21T23:59:08Z"</c>.</summary>
    public void Time(DateTimeOffset time)
    {
        Span<byte> room = Room(22);
        UtcSeconds.Write(time, room[1..]);
        room[0] = (byte)'"';
        room[21] = (byte)'"';
        length += 22;
    }

    public void Dispose()
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        this = default;
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"': Raw("\\\""u8); break;
            case '\\': Raw("\\\\"u8); break;
            case '\b': Raw("\\b"u8); break;
            case '\f': Raw("\\f"u8); break;
            case '\n': Raw("\\n"u8); break;
            case '\r': Raw("\\r"u8); break;
            case '\t': Raw("\\t"u8); break;
            default:
                Raw("\\u00"u8);
                Raw([(byte)(c < 0x10 ? '0' : '1'), "0123456789abcdef"u8[c & 0xF]]);
                break;
        }
    }

    private Span<byte> Room(int count)
    {
        if (buffer.Length - length < count)
            Grow(count);
        return buffer[length..];
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(length + count), 2 * buffer.Length));
        Written.CopyTo(larger);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        rented = larger;
        buffer = larger;
    }
}
