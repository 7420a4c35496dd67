using System.Collections.Concurrent;

namespace FaceVault.Records;

/// <summary>What an open vault has counted and not written yet, for all purposes. Thread-safe.</summary>
internal sealed class CountBook(TimeProvider clock)
{
    private readonly ConcurrentDictionary<ushort, PurposeCounts> purposes = new();

    /// <summary>Today, in UTC.</summary>
    public int Today => DayNumber.Of(clock.GetUtcNow());

    /// <summary>The counters of a purpose by its number; 0 for none.</summary>
    public PurposeCounts Of(ushort number) => purposes.TryGetValue(number, out PurposeCounts? counts) ? counts : purposes.GetOrAdd(number, new PurposeCounts(number, clock));

    /// <summary>What is there now. It stays there until it is settled.</summary>
    public List<TakenCount> Read()
    {
        int today = Today;
        var taken = new List<TakenCount>();
        foreach ((_, PurposeCounts counts) in purposes)
            counts.Read(today, taken);
        return taken;
    }
}
