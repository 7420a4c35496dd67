using System.Text.Json;

namespace FaceVault.Cli.Output;

/// <summary>How a root location, the store or a mirror is shown.</summary>
internal static class PlaceOutput
{
    public static void Write(Utf8JsonWriter json, PlaceStatus place)
    {
        json.WriteString("type", Word(place.Type));
        json.WriteString("place", place.Description);
        if (place.Id is { } id)
            json.WriteString("id", id);
        json.WriteString("medium", place.Medium);
        json.WriteBoolean("current", place.IsCurrent);
        if (place.Trouble is { } trouble)
            json.WriteString("trouble", trouble);
    }

    public static void Write(TextWriter output, PlaceStatus place) =>
        output.WriteLine($"{Word(place.Type)}: {place.Description} ({place.Medium}){(place.Id is { } id ? ", id " + id : "")}, {(place.IsCurrent ? "current" : "NOT current")}{(place.Trouble is { } trouble ? ": " + trouble : "")}");

    /// <summary>That a change of the list was made.</summary>
    public static void Changed(CommandContext context, string sentence, Action<Utf8JsonWriter> write)
    {
        context.Say(sentence);
        if (!context.Get(context.Common.Json))
            return;
        using ResultWriter results = context.Results();
        results.Write(write);
    }

    /// <summary>That a place was retired, and whether it was reached.</summary>
    public static void Retired(CommandContext context, string place, bool confirmed, string sentence) => Changed(
        context,
        confirmed ? sentence : "The place is off the list. It could not be reached: certificates of keys that it could open name it as not confirmed. Destroy its medium.",
        json =>
        {
            json.WriteString("retired", place);
            json.WriteBoolean("confirmed", confirmed);
        });

    private static string Word(LocationType type) => JsonNamingPolicy.CamelCase.ConvertName(type.ToString());
}
