using FaceVault.Rules;

namespace FaceVault;

/// <summary>The rules of one jurisdiction or keeper as dated data: for each what it asks, since when, until when, and by which article of law. Immutable, for any number of threads.</summary>
/// <remarks>
/// <para>As JSON: <c>name</c> (1 to 32 of a–z, 0–9 and hyphens), <c>title</c>, <c>zone</c> (the IANA name of the time zone by whose days it counts), <c>includes</c> [names of profiles
/// whose rows hold too] and <c>rows</c>. A row has <c>rule</c>, <c>source</c> (the article), where they apply <c>from</c> and <c>until</c> (days, the second one the first day on which it holds
/// no more), <c>note</c>, and at most one of <c>minimumForm</c>, <c>childAge</c> (1 to 30), <c>maxRetention</c>, <c>recordsKept</c>, <c>deny</c> {<c>category</c>, <c>except</c>, <c>jurisdiction</c>, <c>place</c>},
/// <c>signage</c>, <c>confidential</c>, <c>basis</c> and <c>filing</c> {<c>persons</c>, <c>workingDays</c>, <c>afterDue</c> block or warn}; with none of them it says that the rule holds.</para>
/// <para>Every profile includes <c>baseline</c>. Of several rows about one thing the strictest counts. A row with <c>replaces</c> (a source) takes the place of the row of that source in an included
/// profile, if that one is <c>replaceable</c>, because the law leaves it to a narrower one (GDPR 8(1): the age of children). docs/rules.md shows the rows of the profiles that come with the library.</para>
/// </remarks>
public sealed partial class RuleProfile
{
    private RuleProfile(string name, string title, TimeZoneInfo? zone, IReadOnlyList<string> includes, IReadOnlyList<RuleRow> rows) =>
        (Name, Title, Zone, Includes, Rows) = (name, title, zone, includes, rows);

    /// <summary>The word by which purposes name it (<see cref="Purpose.Profile"/>).</summary>
    public string Name { get; }

    /// <summary>Whose rules these are.</summary>
    public string Title { get; }

    /// <summary>By whose days it counts; null where that is left to others.</summary>
    internal TimeZoneInfo? Zone { get; }

    /// <summary>The profiles whose rows hold too.</summary>
    internal IReadOnlyList<string> Includes { get; }

    internal IReadOnlyList<RuleRow> Rows { get; }

    /// <summary>The type's name and the profile's.</summary>
    public override string ToString() => $"{nameof(RuleProfile)} {Name}";
}
