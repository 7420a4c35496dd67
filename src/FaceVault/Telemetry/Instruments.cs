using System.Diagnostics.Metrics;

namespace FaceVault.Telemetry;

/// <summary>Every instrument of the meter <c>FaceVault</c>. docs/telemetry.md says the same; a test compares.</summary>
/// <remarks>They are written to by <see cref="VaultMeter"/>, <see cref="SearchMeter"/>, <see cref="RefusalMeter"/> and <see cref="ObservedVaults"/> alone, which take no identifier of a subject or consent and no score.</remarks>
internal static class Instruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Source = "FaceVault";

    private static readonly Meter Meter = new(Source, Version);

    // The default boundaries of collectors are made for milliseconds.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    /// <summary>The library's version, as meter and source carry it.</summary>
    public static string Version => typeof(Instruments).Assembly.GetName().Version!.ToString(3);

    public static Counter<long> Grants { get; } = Meter.CreateCounter<long>("facevault.grants", "{consent}", "Consents granted.");

    public static Counter<long> Enrollments { get; } = Meter.CreateCounter<long>("facevault.enrollments", "{template}", "Templates enrolled under a consent, imported ones too.");

    public static Counter<long> Searches { get; } = Meter.CreateCounter<long>("facevault.searches", "{probe}", "Probes searched for in a gallery (1:N).");

    public static Counter<long> SearchHits { get; } = Meter.CreateCounter<long>("facevault.search.hits", "{probe}", "Probes for which a search found a candidate at or above the threshold.");

    public static Counter<long> Comparisons { get; } = Meter.CreateCounter<long>("facevault.comparisons", "{comparison}", "Templates compared with a probe by searches.");

    public static Histogram<double> SearchDuration { get; } = Meter.CreateHistogram("facevault.search.duration", "s", "Time of a search from its first block to the handing over, of all probes that share it.", null, Seconds);

    public static Counter<long> Verifications { get; } = Meter.CreateCounter<long>("facevault.verifications", "{verification}", "Probes compared with one consent (1:1).");

    public static Counter<long> Copies { get; } = Meter.CreateCounter<long>("facevault.copies", "{template}", "Templates handed out to a person or to a recipient that a consent names.");

    public static Counter<long> RejectedCallers { get; } = Meter.CreateCounter<long>("facevault.callers.rejected", "{caller}", "Callers told that too many wait already (Busy).");

    public static Counter<long> Refusals { get; } = Meter.CreateCounter<long>("facevault.refusals", "{violation}", "Violations for which a request was refused; a request may have several.");

    public static Counter<long> Deletions { get; } = Meter.CreateCounter<long>("facevault.deletions", "{key}", "Template keys destroyed everywhere and certified; a withdrawal is one of them.");

    public static Histogram<double> DeletionDuration { get; } = Meter.CreateHistogram("facevault.deletion.duration", "s", "Time from the stop of a consent, or the pause of one that is re-keyed, until its key is destroyed everywhere and certified.", null, Seconds);

    public static Histogram<double> CommitDuration { get; } = Meter.CreateHistogram("facevault.commit.duration", "s", "Time of a durable commit, its mirrors included; of a destroying one until it is certified.", null, Seconds);

    private static readonly Instrument[] Observed =
    [
        Meter.CreateObservableUpDownCounter("facevault.vaults", ObservedVaults.Vaults, "{vault}", "Open vaults."),
        Meter.CreateObservableUpDownCounter("facevault.gallery.templates", ObservedVaults.Templates, "{template}", "Templates that a gallery can find now."),
        Meter.CreateObservableUpDownCounter("facevault.callers.waiting", ObservedVaults.Waiting, "{caller}", "Callers who wait for a search, a verification or names."),
        Meter.CreateObservableUpDownCounter("facevault.memory.locked", ObservedVaults.Locked, "By", "Memory for secrets that the system keeps out of swap."),
        Meter.CreateObservableUpDownCounter("facevault.memory.unlocked", ObservedVaults.Unlocked, "By", "Memory for secrets that the system refused to lock."),
        Meter.CreateObservableCounter("facevault.flushes", ObservedVaults.Flushes, "{flush}", "Flushes asked of the operating system; those of a store begin anew when it is opened again."),
    ];

    /// <summary>Makes the observed instruments known to whoever listens, before the first measurement.</summary>
    public static int Publish() => Observed.Length;
}

/// <summary>The names of the tags. Their values are the vault's signed name, a purpose's id, a model's name, or one of a few words.</summary>
internal static class TagNames
{
    public const string Origin = "facevault.origin";
    public const string Purpose = "facevault.purpose";
    public const string Model = "facevault.model";
    public const string Mode = "facevault.gallery.mode";
    public const string SearchKind = "facevault.search.kind";
    public const string Outcome = "facevault.verification.outcome";
    public const string Violation = "facevault.violation";
    public const string Trigger = "facevault.deletion.trigger";
    public const string CommitKind = "facevault.commit.kind";
    public const string MemoryUse = "facevault.memory.use";
    public const string FlushPlace = "facevault.flush.place";
    public const string Items = "facevault.items";
    public const string ErrorType = "error.type";
}
