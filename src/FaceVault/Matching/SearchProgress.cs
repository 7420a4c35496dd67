namespace FaceVault.Matching;

/// <summary>Tells the asker of one search how many comparisons are done: after blocks, on the calling thread, at most ten times a second, and once at the end.</summary>
internal sealed class SearchProgress(IProgress<long> asker, TimeProvider clock, int probes, long templates)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private long told = clock.GetTimestamp();
    private int before;

    /// <summary>Some blocks of the pass are done.</summary>
    public void Tell(int probesOfPass, int blocks, int ofBlocks)
    {
        long now = clock.GetTimestamp();
        if (clock.GetElapsedTime(told, now) < Pause)
            return;
        told = now;
        asker.Report((long)(((double)before + (double)probesOfPass * blocks / ofBlocks) * templates));
    }

    /// <summary>A pass is done.</summary>
    public void EndPass(int probesOfPass)
    {
        before += probesOfPass;
        if (before == probes)
            asker.Report(probes * templates);
    }
}
