using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>How a root location, the store or a mirror is shown.</summary>
internal static class PlaceOutput
{
    public static void Write(Utf8JsonWriter json, PlaceStatus place)
    {
        json.WriteString("type", Word(place.Type));
        json.WriteString("place", place.Description);
        json.WriteString("medium", place.Medium);
        json.WriteBoolean("current", place.IsCurrent);
        if (place.Trouble is { } trouble)
            json.WriteString("trouble", trouble);
    }

    public static void Write(TextWriter output, PlaceStatus place) =>
        output.WriteLine($"{Word(place.Type)}: {place.Description} ({place.Medium}), {(place.IsCurrent ? "current" : "NOT current")}{(place.Trouble is { } trouble ? ": " + trouble : "")}");

    private static string Word(LocationType type) => JsonNamingPolicy.CamelCase.ConvertName(type.ToString());
}
