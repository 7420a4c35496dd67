using System.Collections.Concurrent;
using FaceVault.Consents;

namespace FaceVault.Rules;

/// <summary>Every profile that is known: those that come with the library and the caller's. Answers which rules hold for a purpose at a moment. Immutable to its users, thread-safe.</summary>
internal sealed class RuleBook
{
    public const string Baseline = "baseline";

    private static readonly Lazy<IReadOnlyList<RuleProfile>> Own = new(() => [.. RuleData.Profiles.Select(name => RuleProfile.FromJson(RuleData.Read(name)))]);

    private readonly Dictionary<string, RuleProfile> profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<DatedRow>> rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> callersWords;
    private readonly ConcurrentDictionary<string, RuleSet> sets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DatedRow[]> retentions = new(StringComparer.Ordinal);

    /// <param name="callers">Profiles beside those of the library.</param>
    /// <exception cref="ArgumentException">A name is there already, an included profile is unknown or includes the one that includes it, or a row takes the place of one that is not replaceable.</exception>
    public RuleBook(IEnumerable<RuleProfile> callers)
    {
        foreach (RuleProfile profile in Own.Value.Concat(callers))
        {
            if (!profiles.TryAdd(profile.Name, profile))
                throw Error.ProfileNamedTwice(profile.Name, nameof(callers));
        }

        foreach (RuleProfile profile in profiles.Values)
            rows[profile.Name] = Collect(profile);
        RecordYears = profiles.Values.SelectMany(profile => profile.Rows).Select(row => row.RecordsKept).OfType<CalendarPeriod>().Select(YearsOf).DefaultIfEmpty().Max();
        callersWords = [.. callers.SelectMany(profile => profile.Rows).SelectMany(row => new[] { row.Deny?.Category, row.Deny?.Except, row.Deny?.Place, row.Signage, row.Confidential }).OfType<string>()];
    }

    /// <summary>The profiles of the library alone.</summary>
    public static RuleBook BuiltIn { get; } = new([]);

    /// <summary>In the order of their naming: those of the library first.</summary>
    public IReadOnlyCollection<RuleProfile> Profiles => profiles.Values;

    /// <summary>The rules that hold at a moment: of several profiles the strictest of each. A word that is not known here makes a set that refuses every use; without any word it is the baseline.</summary>
    public RuleSet At(string? profile, DateTimeOffset moment)
    {
        string key = profile ?? Baseline;
        if (sets.TryGetValue(key, out RuleSet? known) && known.ValidFrom <= moment && moment < known.ValidUntil)
            return known;
        return sets[key] = Make(key, moment);
    }

    /// <summary>P10 (PIPL 55, 56): the longest that a profile asks for processing records, in whole years; all rows count, whatever their days.</summary>
    public int RecordYears { get; }

    /// <summary>S2 (PIPL 19; BIPA 15(a)): the first moment at which a retention of the profiles, those that are yet to begin among them, refuses the use of a consent; null when none does. Counted as <see cref="ConsentDemands.RetentionEnds"/>
    /// counts. Costs nothing where no row is about retention.</summary>
    public DateTimeOffset? RetentionEnds(string? profile, DateTimeOffset given)
    {
        string key = profile ?? Baseline;
        if (!retentions.TryGetValue(key, out DatedRow[]? known))
            known = retentions.GetOrAdd(key, RetentionRows(key));
        DateTimeOffset? earliest = null;
        foreach (DatedRow row in known)
        {
            DateTimeOffset ends = row.Row.MaxRetention!.After(given);
            ends = ends > row.Begins ? ends : row.Begins;
            if (ends < row.Ends && !(earliest <= ends))
                earliest = ends;
        }

        return earliest;
    }

    /// <summary>Whether a purpose speaks of profiles, categories and places that are known here.</summary>
    /// <exception cref="ArgumentException">It does not; the message names the known words.</exception>
    public void ThrowIfUnknown(Purpose purpose, string parameter)
    {
        if (purpose.Profile is { } profile && !ProfileNames.Split(profile).All(profiles.ContainsKey))
            throw Error.WordUnknown("profile", profiles.Keys, parameter);
        if (purpose.Category is { } category && RuleTable.Categories.All(known => known.Word != category) && !callersWords.Contains(category))
            throw Error.WordUnknown("category", RuleTable.Categories.Select(known => known.Word).Concat(callersWords), parameter);
        if (purpose.Places.Any(place => RuleTable.Places.All(known => known.Word != place) && !callersWords.Contains(place)))
            throw Error.WordUnknown("places", RuleTable.Places.Select(known => known.Word).Concat(callersWords), parameter);
    }

    private DatedRow[] RetentionRows(string profile) => [.. ProfileNames.Split(profile).SelectMany(name => rows.GetValueOrDefault(name) ?? []).Where(row => row.Row.MaxRetention is not null)];

    private static int YearsOf(CalendarPeriod period)
    {
        var start = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        int years = 0;
        while (start.AddYears(years) < period.After(start))
            years++;
        return years;
    }

    private RuleSet Make(string profile, DateTimeOffset moment)
    {
        string[] names = ProfileNames.Split(profile);
        if (!names.All(rows.ContainsKey))
            return RuleSet.OfUnknownProfile;
        IReadOnlyList<DatedRow>[] each = [.. names.Select(name => rows[name])];
        DateTimeOffset from = DateTimeOffset.MinValue, until = DateTimeOffset.MaxValue;
        foreach (DateTimeOffset change in each.SelectMany(all => all).SelectMany(row => new[] { row.Begins, row.Ends }))
        {
            if (change <= moment)
                from = change > from ? change : from;
            else
                until = change < until ? change : until;
        }

        return new RuleSet([.. each.Select(all => all.Where(row => row.HoldsAt(moment)).Select(row => row.Row).Distinct().ToArray())],
            [.. each.SelectMany(all => all).Select(row => row.Zone).OfType<TimeZoneInfo>().Distinct()], from, until);
    }

    /// <summary>The rows of a profile and of all that it includes, without those whose place another one takes.</summary>
    private List<DatedRow> Collect(RuleProfile profile)
    {
        var found = new List<RuleProfile>();
        Include(profile, [], found);
        var all = found.SelectMany(each => each.Rows.Select(row => new DatedRow(row, each.Zone))).ToList();
        foreach (RuleRow row in found.SelectMany(each => each.Rows).Where(row => row.Replaces is not null).ToList())
        {
            if (all.RemoveAll(other => other.Row.Replaceable && other.Row.Rule == row.Rule && other.Row.Source == row.Replaces) == 0)
                throw Error.RowNotReplaceable(profile.Name, row.Rule, "profiles");
        }

        return all;
    }

    private void Include(RuleProfile profile, HashSet<string> above, List<RuleProfile> found)
    {
        if (!above.Add(profile.Name))
            throw Error.ProfileIncludesItself(profile.Name, "profiles");
        IEnumerable<string> includes = profile.Name == Baseline ? profile.Includes : profile.Includes.Append(Baseline);
        foreach (string name in includes)
            Include(profiles.GetValueOrDefault(name) ?? throw Error.WordUnknown("includes", profiles.Keys, "profiles"), above, found);
        above.Remove(profile.Name);
        if (!found.Contains(profile))
            found.Add(profile);
    }

    /// <summary>A row with the moments between which it holds, by the days of its profile.</summary>
    private sealed record DatedRow(RuleRow Row, TimeZoneInfo? Zone)
    {
        public DateTimeOffset Begins { get; } = Row.From is { } day ? CalendarDay.Begins(day, Zone ?? TimeZoneInfo.Utc) : DateTimeOffset.MinValue;

        public DateTimeOffset Ends { get; } = Row.Until is { } day ? CalendarDay.Begins(day, Zone ?? TimeZoneInfo.Utc) : DateTimeOffset.MaxValue;

        public bool HoldsAt(DateTimeOffset moment) => Begins <= moment && moment < Ends;
    }
}
