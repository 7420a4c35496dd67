namespace FaceVault.Matching;

/// <summary>How many threads may compare at once: one budget for all galleries of a vault. Whoever comes first is served first; who compares looks about every millisecond whether somebody waits.</summary>
/// <remarks>Thread-safe; allocates nothing.</remarks>
internal sealed class ThreadBudget(int threads)
{
    private readonly object gate = new();
    private int free = threads;
    private int waiting;
    private long nextTicket;
    private long served;

    /// <summary>Whether somebody waits for a thread.</summary>
    public bool IsWanted => Volatile.Read(ref waiting) > 0;

    /// <summary>Waits until a thread is free.</summary>
    /// <param name="wanted">How many are of use; more than one are given only while nobody else waits.</param>
    /// <returns>How many the caller has now, 1 or more, each to be given back.</returns>
    public int Take(int wanted)
    {
        lock (gate)
        {
            long ticket = nextTicket++;
            waiting++;
            while (free == 0 || ticket != served)
                Monitor.Wait(gate);
            waiting--;
            served++;
            int taken = waiting > 0 ? 1 : Math.Min(wanted, free);
            free -= taken;
            if (free > 0)
                Monitor.PulseAll(gate);
            return taken;
        }
    }

    public void Give(int count)
    {
        lock (gate)
        {
            free += count;
            Monitor.PulseAll(gate);
        }
    }
}
