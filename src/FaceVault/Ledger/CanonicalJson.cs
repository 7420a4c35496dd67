using System.Text.Json;
using System.Text.Unicode;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The canonical form of JSON (RFC 8785, JCS) for the part of JSON that the vault uses: strings, integers, booleans, arrays and objects.</summary>
/// <remarks>
/// No white space; members sorted by the UTF-16 code units of their names; strings in UTF-8 with only the escapes <c>\" \\ \b \f \n \r \t</c> and <c>\u00xx</c>; integers from −(2⁵³ − 1) to
/// 2⁵³ − 1 in decimal. <c>null</c>, fractions, exponents, −0, duplicate members and lone surrogates are refused. Pure and thread-safe.
/// </remarks>
internal static class CanonicalJson
{
    /// <summary>The greatest integer, and the negative of the least: 2⁵³ − 1, what every JSON reader keeps exactly.</summary>
    public const long MaxInteger = (1L << 53) - 1;

    /// <summary>The longest input, in bytes: 8 MiB.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>The deepest nesting: 16.</summary>
    public const int MaxDepth = 16;

    /// <summary>Brings any spelling of a value into its canonical form.</summary>
    /// <param name="utf8">One JSON value, at most <see cref="MaxLength"/> bytes.</param>
    /// <exception cref="FormatException">Not JSON, or outside the part described above.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength || !Utf8.IsValid(utf8))
            throw Error.MalformedJson();
        var json = new CanonicalJsonWriter(stackalloc byte[1024]);
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            Write(ref json, document.RootElement);
            return json.Written.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a \u escape that is a lone surrogate.
            throw Error.MalformedJson();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Whether the bytes are a value in its canonical form.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Canonicalize(utf8).AsSpan().SequenceEqual(utf8);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void Write(ref CanonicalJsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(ref json, value);
                break;
            case JsonValueKind.Array:
                json.Raw("["u8);
                bool first = true;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    if (!first)
                        json.Raw(","u8);
                    first = false;
                    Write(ref json, item);
                }
                json.Raw("]"u8);
                break;
            case JsonValueKind.String:
                json.Text(value.GetString());
                break;
            case JsonValueKind.Number:
                json.Integer(ReadInteger(value));
                break;
            case JsonValueKind.True:
            case JsonValueKind.False:
                json.Boolean(value.GetBoolean());
                break;
            default:
                throw Error.MalformedJson();
        }
    }

    private static void WriteObject(ref CanonicalJsonWriter json, JsonElement value)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (JsonProperty member in value.EnumerateObject())
            members.Add((member.Name, member.Value));
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        json.Raw("{"u8);
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0 && members[i - 1].Name == members[i].Name)
                throw Error.MalformedJson();
            if (i > 0)
                json.Raw(","u8);
            json.Text(members[i].Name);
            json.Raw(":"u8);
            Write(ref json, members[i].Value);
        }
        json.Raw("}"u8);
    }

    private static long ReadInteger(JsonElement value)
    {
        string raw = value.GetRawText();
        bool isInteger = raw.AsSpan(raw[0] == '-' ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0 && raw != "-0";
        return isInteger && value.TryGetInt64(out long integer) && integer is >= -MaxInteger and <= MaxInteger ? integer : throw Error.MalformedJson();
    }
}
