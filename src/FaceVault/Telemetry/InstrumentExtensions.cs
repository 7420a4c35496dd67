using System.Diagnostics.Metrics;

namespace FaceVault.Telemetry;

/// <summary>Hands measurements to whoever listens. What a listener throws is lost: no call that was done fails because of it.</summary>
internal static class InstrumentExtensions
{
    public static void Count(this Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
            // the listener's
        }
    }

    public static void Measure(this Histogram<double> histogram, double value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // the listener's
        }
    }
}
