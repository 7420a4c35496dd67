using System.Threading.Channels;

namespace FaceVault.Tests.Hosting;

/// <summary>A clock that stands until it is moved, and whose waits end when it is.</summary>
internal sealed class SteppedClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Wait> waits = [];
    private readonly Channel<TimeSpan> begun = Channel.CreateUnbounded<TimeSpan>();
    private DateTimeOffset now = start;

    /// <summary>How many wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return waits.Count;
        }
    }

    /// <summary>How long the next one that begins to wait wants to.</summary>
    public Task<TimeSpan> NextWaitAsync() => begun.Reader.ReadAsync().AsTask().WaitAsync(Operations.Observation.Patience);

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public void Advance(TimeSpan by)
    {
        Wait[] due;
        lock (gate)
        {
            now += by;
            due = [.. waits.Where(w => w.Due <= now)];
            waits.RemoveAll(w => w.Due <= now);
        }

        foreach (Wait wait in due)
            wait.Call();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var wait = new Wait(this, () => callback(state));
        wait.Change(dueTime, period);
        return wait;
    }

    private sealed class Wait(SteppedClock clock, Action call) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Call() => call();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.waits.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = clock.now + dueTime;
                clock.waits.Add(this);
            }

            clock.begun.Writer.TryWrite(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.waits.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
