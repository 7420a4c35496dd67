using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>What <see cref="Utf8JsonWriter"/> lacks for our results.</summary>
internal static class JsonExtensions
{
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>A time as RFC 3339 in UTC with seconds, the way the ledger writes it.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset time) =>
        json.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
}
