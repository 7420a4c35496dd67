using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceVault.Tests.Telemetry;

/// <summary>One measurement, as a collector gets it.</summary>
internal sealed record Taken(Instrument Instrument, double Value, KeyValuePair<string, object?>[] Tags)
{
    public string? this[string tag] => (string?)Tags.FirstOrDefault(t => t.Key == tag).Value;
}

/// <summary>Listens to everything that the library measures in this process, as a collector would; other tests' vaults are told apart by their origin.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly ConcurrentQueue<Taken> taken = new();
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly MeterListener meters = new();
    private readonly ActivityListener activities;

    public Recorder()
    {
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != "FaceVault")
                return;
            Instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => taken.Enqueue(new Taken(instrument, value, tags.ToArray())));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => taken.Enqueue(new Taken(instrument, value, tags.ToArray())));
        meters.Start();
        activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "FaceVault" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
    }

    public ConcurrentQueue<Instrument> Instruments { get; } = new();

    /// <summary>Asks the observed instruments what they say now.</summary>
    public List<Taken> Observe(string? origin)
    {
        int before = taken.Count;
        meters.RecordObservableInstruments();
        return [.. taken.Skip(before).Where(t => t.Instrument.IsObservable && Concerns(t, origin))];
    }

    /// <summary>What was measured of a vault, and what is of the whole process.</summary>
    public List<Taken> Of(string? origin) => [.. taken.Where(t => Concerns(t, origin))];

    public double Sum(string? origin, string instrument, params (string Tag, string Value)[] tags) =>
        Of(origin).Where(t => t.Instrument.Name == instrument && tags.All(tag => t[tag.Tag] == tag.Value)).Sum(t => t.Value);

    public List<Activity> SpansOf(string? origin) => [.. ended.Where(a => (string?)a.GetTagItem("facevault.origin") == origin)];

    public void Dispose()
    {
        meters.Dispose();
        activities.Dispose();
    }

    private static bool Concerns(Taken taken, string? origin) => taken["facevault.origin"] is not { } named || named == origin;
}
