using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace FaceVault.Consents;

/// <summary>One JSON object, read strictly: duplicate or unknown members and wrong types are refused with the member's path. A missing or null member is told as such, for the rules to judge.</summary>
internal readonly struct StrictJson
{
    public const int MaxBytes = 64 * 1024;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private readonly JsonElement element;
    private readonly string document;
    private readonly string path;

    private StrictJson(JsonElement element, string document, string path, ReadOnlySpan<string> allowed)
    {
        this.element = element;
        this.document = document;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw Error.JsonMember(document, path.Length == 0 ? "(the whole)" : path, "must be an object");
        try
        {
            ulong seen = 0;
            foreach (JsonProperty property in element.EnumerateObject())
            {
                int member = IndexOf(allowed, property);
                if (member < 0)
                    throw Error.JsonMember(document, Path(Printable(property.Name)), "is not known here");
                if ((seen & (1ul << member)) != 0)
                    throw Error.JsonMember(document, Path(allowed[member]), "stands there twice");
                seen |= 1ul << member;
            }
        }
        catch (InvalidOperationException)
        {
            throw Error.JsonMalformed(document, null, null); // a name with half of a surrogate pair
        }
    }

    /// <summary>The root object of a document. <paramref name="document"/> names it in messages ("purpose definition").</summary>
    /// <exception cref="FormatException">Not JSON, too large, or an unknown or repeated member.</exception>
    public static StrictJson Root(ReadOnlySpan<byte> utf8, string document, ReadOnlySpan<string> allowed, int maxBytes = MaxBytes)
    {
        if (utf8.Length > maxBytes)
            throw Error.JsonTooLarge(document, maxBytes);
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        JsonElement root;
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 8 });
            root = JsonElement.ParseValue(ref reader);
            if (reader.Read())
                throw Error.JsonMalformed(document, null, null);
        }
        catch (JsonException e)
        {
            throw Error.JsonMalformed(document, e.LineNumber, e.BytePositionInLine);
        }

        return new StrictJson(root, document, "", allowed);
    }

    /// <summary>The bytes of a small file.</summary>
    public static byte[] ReadFile(string path, string document)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var bytes = new byte[MaxBytes + 1];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= MaxBytes ? bytes[..read] : throw Error.JsonTooLarge(document, MaxBytes);
    }

    /// <summary>The string, or null when the member is missing or null. Refused when it is not printable or too long.</summary>
    public string? Text(string name, int maxUtf8Bytes, bool allowLines = false)
    {
        if (!TryGet(name, out JsonElement value))
            return null;
        return Text(value, name, -1, maxUtf8Bytes, allowLines);
    }

    /// <summary>As <see cref="Text(string, int, bool)"/>, with an empty string counting as missing.</summary>
    public string? NonEmptyText(string name, int maxUtf8Bytes) => Text(name, maxUtf8Bytes) is { Length: > 0 } text ? text : null;

    public int? Integer(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Refuse(name, "must be a whole number");

    public bool? Boolean(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Refuse(name, "must be true or false");

    public long? LongInteger(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Refuse(name, "must be a whole number");

    /// <summary>The moment, or the default value when the member is missing: RFC 3339 with its offset.</summary>
    public DateTimeOffset Time(string name)
    {
        string? text = NonEmptyText(name, 40);
        if (text is null)
            return default;
        bool hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-');
        return hasOffset && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time)
            ? time : throw Refuse(name, "must be a time with its offset, such as 2026-11-21T08:00:00Z");
    }

    /// <summary>The value that <paramref name="parse"/> makes of a string, null when missing or empty; its refusal becomes ours.</summary>
    public T? Parsed<T>(string name, Func<string, T> parse, int maxUtf8Bytes = IdText.MaxUtf8Bytes)
    {
        string? text = NonEmptyText(name, maxUtf8Bytes);
        if (text is null)
            return default;
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw Refuse(name, "has a value that is not allowed there; see the description of the member");
        }
    }

    /// <summary>Bytes of a known number from canonical base64; null when missing.</summary>
    public byte[]? Base64(string name, int count)
    {
        string? text = NonEmptyText(name, 4 * ((count + 2) / 3));
        if (text is null)
            return null;
        var bytes = new byte[count + 3];
        return Convert.TryFromBase64String(text, bytes, out int written) && written == count && Convert.ToBase64String(bytes, 0, count) == text
            ? bytes[..count] : throw Refuse(name, $"must be {count} bytes in base64");
    }

    public StrictJson? Object(string name, params ReadOnlySpan<string> allowed) => TryGet(name, out JsonElement value) ? new StrictJson(value, document, Path(name), allowed) : null;

    /// <summary>The strings of an array, null when missing.</summary>
    public string[]? TextArray(string name, int maxUtf8Bytes, bool allowLines = false)
    {
        JsonElement[]? items = Array(name);
        return items is null ? null : [.. TextItems(items, name, maxUtf8Bytes, allowLines)];
    }

    /// <summary>The objects of an array, null when missing.</summary>
    public StrictJson[]? ObjectArray(string name, params string[] allowed)
    {
        JsonElement[]? items = Array(name);
        if (items is null)
            return null;
        var objects = new StrictJson[items.Length];
        for (int i = 0; i < items.Length; i++)
            objects[i] = new StrictJson(items[i], document, $"{Path(name)}[{i}]", allowed);
        return objects;
    }

    public long[]? IntegerArray(string name)
    {
        JsonElement[]? items = Array(name);
        if (items is null)
            return null;
        var numbers = new long[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].ValueKind != JsonValueKind.Number || !items[i].TryGetInt64(out numbers[i]))
                throw Refuse($"{name}[{i}]", "must be a whole number");
        }

        return numbers;
    }

    /// <summary>The full name of a member, for messages.</summary>
    public string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public FormatException Refuse(string name, string problem) => Error.JsonMember(document, Path(name), problem);

    private IEnumerable<string> TextItems(JsonElement[] items, string name, int maxUtf8Bytes, bool allowLines)
    {
        for (int i = 0; i < items.Length; i++)
            yield return Text(items[i], name, i, maxUtf8Bytes, allowLines);
    }

    private string Text(JsonElement value, string name, int item, int maxUtf8Bytes, bool allowLines)
    {
        string text = value.ValueKind == JsonValueKind.String ? ReadString(value) : throw Refuse(item < 0 ? name : $"{name}[{item}]", "must be a string");
        return IdText.IsValidText(text, maxUtf8Bytes, allowLines)
            ? text : throw Refuse(item < 0 ? name : $"{name}[{item}]", $"must be at most {maxUtf8Bytes} bytes of UTF-8 without control characters");
    }

    private string ReadString(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error.JsonMalformed(document, null, null);
        }
    }

    private JsonElement[]? Array(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Refuse(name, "must be an array");

    private bool TryGet(string name, out JsonElement value) => element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static int IndexOf(ReadOnlySpan<string> allowed, JsonProperty property)
    {
        for (int i = 0; i < allowed.Length; i++)
            if (property.NameEquals(allowed[i]))
                return i;
        return -1;
    }

    private static string Printable(string name)
    {
        string cut = name.Length > 40 ? name[..40] : name;
        return string.Concat(cut.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$' or '@' ? c : '?'));
    }
}
