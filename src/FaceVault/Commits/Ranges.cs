using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FaceVault.Commits;

/// <summary>Work on many like items, on all processors when it is much.</summary>
internal static class Ranges
{
    private const int Least = 128;

    /// <summary>Calls <paramref name="work"/> for ranges [from, to) that together are all of the items; on the calling thread alone when they are few.</summary>
    public static void Run(int count, Action<int, int> work)
    {
        if (count < 2 * Least)
        {
            work(0, count);
            return;
        }

        try
        {
            Parallel.ForEach(Partitioner.Create(0, count, Math.Max(Least, count / (8 * Environment.ProcessorCount))), range => work(range.Item1, range.Item2));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
