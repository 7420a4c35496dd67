using FaceVault.Consents;
using FaceVault.Rules;

namespace FaceVault;

/// <content>Reading a profile, strictly.</content>
public sealed partial class RuleProfile
{
    private const string Document = "rule profile";
    private const int MaxSourceBytes = 512;
    private const int MaxNoteBytes = 1024;

    private static readonly string[] RowMembers =
    [
        "rule", "source", "from", "until", "note", "replaceable", "replaces",
        "minimumForm", "childAge", "maxRetention", "recordsKept", "deny", "signage", "confidential", "basis", "filing",
    ];

    /// <summary>Reads a profile from a file of at most 64 KiB of UTF-8 JSON.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Malformed JSON, a missing, unknown or repeated member, or a value that is not allowed; the message names the member.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RuleProfile FromJson(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromJson(StrictJson.ReadFile(path, Document));
    }

    /// <summary>Reads a profile from UTF-8 JSON, as <see cref="FromJson(string)"/>.</summary>
    /// <param name="utf8">At most 64 KiB.</param>
    /// <exception cref="FormatException">Malformed JSON, a missing, unknown or repeated member, or a value that is not allowed; the message names the member.</exception>
    public static RuleProfile FromJson(ReadOnlySpan<byte> utf8)
    {
        StrictJson json = StrictJson.Root(utf8, Document, ["name", "title", "zone", "includes", "rows"]);
        string name = json.Parsed("name", ProfileNames.One) ?? throw json.Refuse("name", "is missing");
        string title = json.NonEmptyText("title", MaxSourceBytes) ?? throw json.Refuse("title", "is missing");
        TimeZoneInfo? zone = json.Parsed("zone", TimeZones.Find);
        string[] includes = [.. (json.TextArray("includes", IdText.MaxUtf8Bytes) ?? []).Select(text => ProfileNames.IsOne(text) ? text : throw json.Refuse("includes", "must be names of profiles"))];
        return new RuleProfile(name, title, zone, includes, [.. (json.ObjectArray("rows", RowMembers) ?? []).Select(row => ReadRow(row, zone))]);
    }

    private static RuleRow ReadRow(StrictJson json, TimeZoneInfo? zone)
    {
        DateOnly? from = json.Parsed<DateOnly?>("from", text => WorkingDayCalendar.ReadDay(text)), until = json.Parsed<DateOnly?>("until", text => WorkingDayCalendar.ReadDay(text));
        if (until <= from)
            throw json.Refuse("until", "must lie after from");
        var row = new RuleRow
        {
            Rule = json.Parsed("rule", text => RuleTable.Find(text) is null ? throw new FormatException() : text) ?? throw json.Refuse("rule", "is missing"),
            Source = json.NonEmptyText("source", MaxSourceBytes) ?? throw json.Refuse("source", "is missing"),
            From = from,
            Until = until,
            Note = json.NonEmptyText("note", MaxNoteBytes),
            Replaceable = json.Boolean("replaceable") ?? false,
            Replaces = json.NonEmptyText("replaces", MaxSourceBytes),
            MinimumForm = json.Parsed("minimumForm", text => ConsentForms.Of(text) is not ConsentForm.None and var form ? form : throw new FormatException()),
            ChildAge = json.Integer("childAge") is { } age ? age is >= 1 and <= 30 ? age : throw json.Refuse("childAge", "must be 1 to 30") : null,
            MaxRetention = json.Parsed("maxRetention", CalendarPeriod.Parse),
            RecordsKept = json.Parsed("recordsKept", CalendarPeriod.Parse),
            Deny = ReadDeny(json),
            Signage = json.Parsed("signage", PurposeWords.Category),
            Confidential = json.Parsed("confidential", PurposeWords.Category),
            Basis = json.Parsed("basis", PurposeWords.Basis),
            Filing = ReadFiling(json) is { } filing ? filing with { From = from, Zone = zone } : null,
        };
        object?[] values =
            [row.MinimumForm == ConsentForm.None ? null : row.MinimumForm, row.ChildAge, row.MaxRetention, row.RecordsKept, row.Deny, row.Signage, row.Confidential, row.Basis, row.Filing];
        return values.Count(value => value is not null) <= 1 ? row : throw json.Refuse("rule", "has more than one value; write a row for each");
    }

    private static DenyRule? ReadDeny(StrictJson row)
    {
        if (row.Object("deny", "category", "except", "jurisdiction", "place") is not { } json)
            return null;
        var deny = new DenyRule(
            json.Parsed("category", PurposeWords.Category), json.Parsed("except", PurposeWords.Category), json.Parsed("jurisdiction", PurposeWords.Jurisdiction), json.Parsed("place", PurposeWords.Place));
        if (deny.Category is not null && deny.Except is not null)
            throw row.Refuse("deny", "must not name a category and an exception");
        return deny.Category is null && deny.Jurisdiction is null && deny.Place is null ? throw row.Refuse("deny", "must name a category, a jurisdiction or a place") : deny;
    }

    private static FilingRule? ReadFiling(StrictJson row)
    {
        if (row.Object("filing", "persons", "workingDays", "afterDue") is not { } json)
            return null;
        bool blocks = json.Parsed("afterDue", text => text switch { "block" => 1, "warn" => -1, _ => throw new FormatException() }) >= 0;
        return json.LongInteger("persons") is { } persons and >= 1 && json.Integer("workingDays") is { } days and >= 1 and <= 366
            ? new FilingRule(persons, days, blocks) : throw row.Refuse("filing", "must have persons (1 or more) and workingDays (1 to 366)");
    }
}
