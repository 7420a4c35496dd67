using System.Diagnostics.Metrics;

namespace FaceVault.Telemetry;

/// <summary>Time by the vault's clock, read only when somebody listened at the beginning.</summary>
internal readonly struct MeasuredTime
{
    private readonly TimeProvider? clock;
    private readonly long begun;

    private MeasuredTime(TimeProvider clock) => (this.clock, begun) = (clock, clock.GetTimestamp());

    public static MeasuredTime Start(Histogram<double> histogram, TimeProvider clock) => histogram.Enabled ? new MeasuredTime(clock) : default;

    public void Record(Histogram<double> histogram, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (clock is not null)
            histogram.Measure(clock.GetElapsedTime(begun).TotalSeconds, tags);
    }
}
