namespace FaceVault.Tests.Matching;

/// <summary>A clock that stands still, and calls back whenever it is asked.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private int asked;

    public DateTimeOffset Now { get; set; } = start;

    public Action? WhenAsked { get; set; }

    public int Asked => Volatile.Read(ref asked);

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref asked);
        WhenAsked?.Invoke();
        return Now;
    }
}
