using FaceVault.Telemetry;

namespace FaceVault.Commits;

// What is measured of commits. The writer's thread has nobody's context: a commit is a trace of its own, since callers share it.
internal sealed partial class VaultEngine
{
    public VaultMeter Meter { get; }

    private void CommitMeasured(CommitDraft draft, int items)
    {
        using TraceSpan span = TraceSpan.Start("facevault.commit", Options.Origin).With(TagNames.CommitKind, "ordinary").With(TagNames.Items, items);
        MeasuredTime time = MeasuredTime.Start(Instruments.CommitDuration, Options.Clock);
        try
        {
            Commit(draft, rootKey!);
        }
        catch (Exception failure) when (span.Failed(failure))
        {
            throw;
        }

        Meter.Committed("ordinary", time);
    }

    private void DestroyMeasured(IReadOnlyList<Removal> removals, RootChange? change, ref bool begun, ref Task? deletion)
    {
        workSince = Options.Clock.GetTimestamp();
        using TraceSpan span = TraceSpan.Start("facevault.commit", Options.Origin).With(TagNames.CommitKind, "destroying").With(TagNames.Items, removals.Count);
        MeasuredTime time = MeasuredTime.Start(Instruments.CommitDuration, Options.Clock);
        try
        {
            DestroyNow(removals, change, ref begun, ref deletion);
        }
        catch (Exception failure) when (span.Failed(failure))
        {
            throw;
        }

        Meter.Committed("destroying", time);
    }
}
