using System.Text;
using System.Text.Json;
using FaceVault.Cryptography;

namespace FaceVault.Records;

/// <summary>The counts of one purpose and day, as they are stored: canonical JSON, then spaces up to a multiple of 256 bytes. No member names a subject or consent, or is a function of one.</summary>
/// <remarks><c>{"counts":{"enrolments":3,"searches":17},"refusals":{"ConsentMissing":1}}</c>; <c>"begunAnew":true</c> stands first when a former row did not open. Names are letters and ascend, counts are 1 to 2⁵³ − 1; names of a later version are kept.</remarks>
internal sealed class DayCounts
{
    public const int MaxBytes = 16 * 1024;

    private const int Step = 256;
    private const long Most = (1L << 53) - 1;

    /// <summary>Activities by name.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Refusals by the name of their code.</summary>
    public SortedDictionary<string, long> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a former row of this day did not open, so that counts are missing.</summary>
    public bool IsBegunAnew { get; set; }

    public long this[Activity activity] => Counts.GetValueOrDefault(CountNames.NameOf(activity));

    public void Add(int number, long count) => Add(CountNames.IsRefusal(number) ? Refusals : Counts, CountNames.Name(number), count);

    public void Add(DayCounts other)
    {
        foreach ((string name, long count) in other.Counts)
            Add(Counts, name, count);
        foreach ((string name, long count) in other.Refusals)
            Add(Refusals, name, count);
        IsBegunAnew |= other.IsBegunAnew;
    }

    public byte[] ToBytes()
    {
        var json = new CanonicalJsonWriter(stackalloc byte[1024]);
        try
        {
            json.Raw(IsBegunAnew ? "{\"begunAnew\":true,\"counts\":"u8 : "{\"counts\":"u8);
            Write(ref json, Counts);
            json.Raw(",\"refusals\":"u8);
            Write(ref json, Refusals);
            json.Raw("}"u8);
            json.Pad(Step);
            return json.Written.ToArray();
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null when it is anything else.</summary>
    public static DayCounts? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            return null;
        var counts = new DayCounts();
        try
        {
            var reader = new Utf8JsonReader(bytes);
            counts.Read(ref reader);
            return counts.ToBytes().AsSpan().SequenceEqual(bytes) ? counts : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private void Read(ref Utf8JsonReader reader)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string member = reader.GetString()!;
            Expect(reader.Read());
            if (member == "begunAnew")
                IsBegunAnew = reader.GetBoolean();
            else
                Read(ref reader, member switch { "counts" => Counts, "refusals" => Refusals, _ => throw new FormatException() });
        }
    }

    private static void Read(ref Utf8JsonReader reader, SortedDictionary<string, long> into)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            Expect(reader.Read() && name.Length is > 0 and <= 64 && name.All(char.IsAsciiLetter));
            Expect(reader.TokenType == JsonTokenType.Number && reader.GetInt64() is >= 1 and <= Most && into.TryAdd(name, reader.GetInt64()));
        }
    }

    private static void Expect(bool holds)
    {
        if (!holds)
            throw new FormatException();
    }

    private static void Write(ref CanonicalJsonWriter json, SortedDictionary<string, long> counts)
    {
        json.Raw("{"u8);
        bool isFirst = true;
        foreach ((string name, long count) in counts)
        {
            if (!isFirst)
                json.Raw(","u8);
            isFirst = false;
            json.Text(name);
            json.Raw(":"u8);
            json.Integer(count);
        }

        json.Raw("}"u8);
    }

    private static void Add(SortedDictionary<string, long> to, string name, long count) => to[name] = Math.Min(Most, to.GetValueOrDefault(name) + count);
}
