using FaceVault.Consents;

namespace FaceVault.Rules;

/// <summary>A rule as people read it.</summary>
/// <param name="Id">Its number, such as <c>C4</c>.</param>
/// <param name="Title">What it asks.</param>
/// <param name="Library">What the library does.</param>
/// <param name="Codes">The codes it refuses with, as <see cref="ViolationCode"/> or <see cref="VaultErrorCode"/> spell them.</param>
/// <param name="Always">Whether the library does it under every profile, whether or not one names the rule.</param>
internal sealed record RuleText(string Id, string Title, string Library, IReadOnlyList<string> Codes, bool Always);

/// <summary>All rules, and the words by which purposes and rules speak of the same things: the embedded <c>rules.json</c>.</summary>
internal static class RuleTable
{
    private const string Document = "table of rules";

    private static readonly StrictJson Json = StrictJson.Root(RuleData.Read("rules"), Document, ["rules", "categories", "places"]);

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<RuleText> All { get; } = [.. (Json.ObjectArray("rules", "id", "title", "library", "codes", "always") ?? []).Select(Read)];

    /// <summary>What a purpose may be for, with what the word means.</summary>
    public static IReadOnlyList<(string Word, string Meaning)> Categories { get; } = ReadWords("categories");

    /// <summary>Where faces may be taken, with what the word means.</summary>
    public static IReadOnlyList<(string Word, string Meaning)> Places { get; } = ReadWords("places");

    /// <summary>The rule of a number, or null.</summary>
    public static RuleText? Find(string id) => All.FirstOrDefault(rule => rule.Id == id);

    private static RuleText Read(StrictJson json) => new(
        Required(json, "id"), Required(json, "title"), Required(json, "library"), json.TextArray("codes", IdText.MaxUtf8Bytes) ?? [], json.Boolean("always") ?? false);

    private static (string, string)[] ReadWords(string member) =>
        [.. (Json.ObjectArray(member, "word", "meaning") ?? []).Select(json => (PurposeWords.Category(Required(json, "word")), Required(json, "meaning")))];

    private static string Required(StrictJson json, string member) => json.NonEmptyText(member, DefinitionText.MaxProseBytes) ?? throw json.Refuse(member, "is missing");
}

/// <summary>The data that come with the library.</summary>
internal static class RuleData
{
    /// <summary>The names of the profiles among them.</summary>
    public static readonly string[] Profiles = ["baseline", "cn", "eu", "us-il"];

    public static byte[] Read(string name)
    {
        using Stream stream = typeof(RuleData).Assembly.GetManifestResourceStream($"FaceVault.Rules.{name}.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
