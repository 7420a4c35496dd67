namespace FaceVault.Telemetry;

/// <summary>Measures the searches of one gallery that belongs to a vault. Allocates nothing itself. Thread-safe.</summary>
internal sealed class SearchMeter(string origin, string purpose, string model, string mode)
{
    private static readonly KeyValuePair<string, object?> Shared = new(TagNames.SearchKind, "shared"), Bulk = new(TagNames.SearchKind, "bulk");

    private readonly KeyValuePair<string, object?> origin = new(TagNames.Origin, origin), purpose = new(TagNames.Purpose, purpose), model = new(TagNames.Model, model), mode = new(TagNames.Mode, mode);

    /// <summary>Whether somebody listens to a count that has to be taken first.</summary>
    public static bool CountsHits => Instruments.SearchHits.Enabled;

    public void Searched(bool isShared, int probes, long templates, int hits, MeasuredTime since)
    {
        ReadOnlySpan<KeyValuePair<string, object?>> tags = [origin, purpose, model, mode, isShared ? Shared : Bulk];
        Instruments.Searches.Count(probes, tags);
        Instruments.SearchHits.Count(hits, tags);
        Instruments.Comparisons.Count(probes * templates, tags);
        since.Record(Instruments.SearchDuration, tags);
    }

    public void Rejected() => Instruments.RejectedCallers.Count(1, origin);

    /// <summary>A span over a search of this gallery, as its caller sees it.</summary>
    public TraceSpan StartSpan(int probes) =>
        TraceSpan.Start("facevault.identify", (string)origin.Value!).With(TagNames.Purpose, purpose.Value).With(TagNames.Model, model.Value).With(TagNames.Mode, mode.Value).With(TagNames.Items, probes);
}
