using System.Diagnostics;

namespace FaceVault.Matching;

/// <summary>Whether one probe reads a block as four streams side by side or as one: which fills the memory bus depends on the processor. The first blocks are read in turn either way, and the way with the smaller median is kept.</summary>
/// <remarks>Answers have the same bits either way. Not thread-safe: one for each worker.</remarks>
internal sealed class StreamChoice
{
    private const int Trials = 31;

    private readonly long[] four = new long[Trials];
    private readonly long[] one = new long[Trials];
    private int tried;
    private long start;

    /// <summary>Whether the block at hand is read side by side.</summary>
    public bool SideBySide { get; private set; } = true;

    public void Begin()
    {
        if (tried == 2 * Trials)
            return;
        SideBySide = tried % 2 == 0;
        start = Stopwatch.GetTimestamp();
    }

    public void End()
    {
        if (tried == 2 * Trials)
            return;
        (SideBySide ? four : one)[tried / 2] = Stopwatch.GetTimestamp() - start;
        if (++tried == 2 * Trials)
            SideBySide = Median(four) < Median(one);
    }

    private static long Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks[Trials / 2];
    }
}
