using System.Text.Json;

namespace FaceVault.Cli.Documents;

/// <summary>Reads the library's records for documents.</summary>
internal static class JsonReading
{
    /// <summary>A member as text; null where it does not apply.</summary>
    public static string? Text(this JsonElement json, string name) => !json.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => null,
    };

    /// <summary>The texts of a list; none where it does not apply.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")] : [];

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A moment as people write it; what is none stays as it is.</summary>
    public static string? Moment(this JsonElement json, string name) => json.Text(name) is { } text && text.Length == 20 && text[10] == 'T' && text[^1] == 'Z' ? $"{text[..10]} {text[11..^1]} UTC" : json.Text(name);
}
