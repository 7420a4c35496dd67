namespace FaceVault.Records;

/// <summary>What was done for one purpose and is not written yet. Counting costs a look at the clock and an addition, waits for nobody and allocates nothing but once a day. Thread-safe.</summary>
internal sealed class PurposeCounts(ushort number, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly List<DayCounters> days = [];
    private volatile DayCounters current = new(-1);

    /// <summary>The purpose's number; 0 for requests that name no purpose of the vault.</summary>
    public ushort Number { get; } = number;

    public void Add(Activity activity, long count = 1) => Add(CountNames.Of(activity), count);

    public void Refused(ViolationCode code) => Add(CountNames.Of(code), 1);

    /// <summary>Reads what is there, days long gone left out when nothing of them is.</summary>
    public void Read(int today, List<TakenCount> destination)
    {
        lock (gate)
        {
            days.RemoveAll(day => Math.Abs(today - day.Day) > 1 && day != current && !day.Counts.AsSpan().ContainsAnyExcept(0)); // whoever still counts there began a day ago
            foreach (DayCounters day in days)
                for (int at = 0; at < day.Counts.Length; at++)
                    if (Interlocked.Read(ref day.Counts[at]) is > 0 and var count)
                        destination.Add(new TakenCount(Number, day, at, count));
        }
    }

    private void Add(int at, long count)
    {
        if (count == 0)
            return;
        int today = DayNumber.Of(clock.GetUtcNow());
        DayCounters day = current;
        if (day.Day != today)
            day = Turn(today);
        Interlocked.Add(ref day.Counts[at], count);
    }

    private DayCounters Turn(int today)
    {
        lock (gate)
        {
            if (days.Find(day => day.Day == today) is not { } day)
                days.Add(day = new DayCounters(today));
            return current = day;
        }
    }
}

/// <summary>The counters of one day, by their number.</summary>
internal sealed class DayCounters(int day)
{
    public int Day { get; } = day;

    public long[] Counts { get; } = new long[CountNames.Size];
}

/// <summary>A count that is about to be written, or listed beside what is.</summary>
internal readonly record struct TakenCount(ushort Purpose, DayCounters From, int At, long Count)
{
    /// <summary>It is durable: it is not counted a second time.</summary>
    public void Settle() => Interlocked.Add(ref From.Counts[At], -Count);
}
