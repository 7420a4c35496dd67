using System.Text.Json;

namespace FaceVault.Operations;

/// <summary>Members of what is written for people: about their consents, and about what is done.</summary>
internal static class JsonMembers
{
    /// <summary>A text, where there is one.</summary>
    public static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    /// <summary>A list of texts, also when it is empty.</summary>
    public static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
