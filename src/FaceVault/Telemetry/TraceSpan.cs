using System.Diagnostics;

namespace FaceVault.Telemetry;

/// <summary>One activity of the source <c>FaceVault</c>, or nothing while nobody listens.</summary>
/// <remarks>Carries no message and no stack of a failure, only its kind (<c>error.type</c>). What a listener throws is lost.</remarks>
internal readonly struct TraceSpan : IDisposable
{
    private static readonly ActivitySource Source = new(Instruments.Source, Instruments.Version);

    private readonly Activity? activity;

    private TraceSpan(Activity? activity) => this.activity = activity;

    /// <summary>Begins one below whatever the calling thread is doing.</summary>
    public static TraceSpan Start(string name, string? origin = null)
    {
        Activity? begun = null, around = Activity.Current;
        try
        {
            begun = Source.StartActivity(name);
        }
        catch (Exception)
        {
            Activity.Current = around; // the listener's: nothing is traced
        }

        var span = new TraceSpan(begun);
        return origin is null ? span : span.With(TagNames.Origin, origin);
    }

    public TraceSpan With(string tag, object? value)
    {
        activity?.SetTag(tag, value);
        return this;
    }

    public TraceSpan With(string tag, int value)
    {
        activity?.SetTag(tag, value);
        return this;
    }

    /// <summary>Lets the calling thread go on below what it did before: for a call that another thread ends with <see cref="End"/>.</summary>
    public TraceSpan Apart()
    {
        if (activity is not null)
            Activity.Current = activity.Parent;
        return this;
    }

    /// <summary>Ends one that is <see cref="Apart"/>; what this thread does stays what it is.</summary>
    public void End()
    {
        if (activity is null)
            return;
        Activity? here = Activity.Current;
        Dispose();
        Activity.Current = here;
    }

    /// <summary>Notes a failure that goes on to the caller. For an exception filter: false.</summary>
    public bool Failed(Exception failure)
    {
        if (activity is null)
            return false;
        activity.SetTag(TagNames.ErrorType, VaultEvents.KindOf(failure));
        activity.SetStatus(ActivityStatusCode.Error);
        return false;
    }

    public void Dispose()
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception)
        {
            // the listener's
        }
    }
}
