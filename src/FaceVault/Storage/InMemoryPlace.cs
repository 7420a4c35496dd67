namespace FaceVault.Storage;

/// <summary>A place in memory: the object is the disk, it survives the connections opened to it and can fail, vanish, be copied and be put back. For tests.</summary>
/// <remarks>Thread-safe; the connections are not. A checkpoint waits for scans that are open, as in SQLite.</remarks>
/// <typeparam name="T">What lies on the disk; never changed, only replaced.</typeparam>
internal abstract class InMemoryPlace<T>(StoreNoun noun, StoreFaults? faults)
    where T : class
{
    private readonly object gate = new();
    private T? image;
    private T? zombie;
    private int scans;

    public StoreFaults Faults { get; } = faults ?? new StoreFaults();

    /// <summary>How long a checkpoint waits for a scan. Default 10 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>False: the place is away. Nothing exists there, and what is open fails.</summary>
    public bool IsReachable { get; set; } = true;

    public bool Exists => IsReachable && Snapshot() is not null;

    /// <summary>Whether a failed write waits to be seen again.</summary>
    public bool HasZombie
    {
        get
        {
            lock (gate)
                return zombie is not null;
        }
    }

    /// <summary>What a copy of the disk made now would show; null when nothing is there.</summary>
    public T? Snapshot()
    {
        lock (gate)
            return image;
    }

    /// <summary>Puts a copy back (or nothing). What is open goes on with it, so close first.</summary>
    public void Restore(T? copy)
    {
        lock (gate)
        {
            image = copy;
            zombie = null;
        }
    }

    /// <summary>The failed write is seen from now on, as after a crash. False when there is none (any more).</summary>
    public bool ReviveZombie()
    {
        lock (gate)
        {
            if (zombie is null)
                return false;
            image = zombie;
            zombie = null;
            return true;
        }
    }

    internal T Read()
    {
        if (!IsReachable || Faults.Next(StoreStep.Read) != StoreFaultMoment.None)
            throw Error.StoreFailed(noun);
        return Snapshot() ?? throw Error.StoreMissing(noun);
    }

    /// <summary>Takes a step that writes. The change answers null for "not applicable", which is no failure and gives false.</summary>
    internal bool Change(StoreStep step, Func<T?, T?> change)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!IsReachable || fault == StoreFaultMoment.Before)
            throw Error.StoreFailed(noun);
        lock (gate)
        {
            T? changed = change(image);
            if (changed is null)
                return false;
            switch (fault)
            {
                case StoreFaultMoment.None or StoreFaultMoment.After:
                    image = changed;
                    zombie = null;
                    break;
                case StoreFaultMoment.Zombie:
                    zombie = changed;
                    break;
            }
        }
        return fault == StoreFaultMoment.None ? true : throw Error.StoreFailed(noun);
    }

    internal void Checkpoint() => Change(StoreStep.Checkpoint, now => now ?? throw Error.StoreMissing(noun));

    internal void CheckUnread()
    {
        lock (gate)
        {
            while (scans > 0)
                if (!Monitor.Wait(gate, LockTimeout))
                    throw Error.CheckpointBlocked(noun);
        }
    }

    internal void BeginScan()
    {
        lock (gate)
            scans++;
    }

    internal void EndScan()
    {
        lock (gate)
        {
            if (--scans == 0)
                Monitor.PulseAll(gate);
        }
    }

    /// <summary>Takes a step that opens what is there.</summary>
    protected void Take(StoreStep step)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!Exists)
            throw Error.StoreMissing(noun);
        if (fault != StoreFaultMoment.None)
            throw Error.StoreFailed(noun);
    }

    /// <summary>Changes what is there behind everybody's back: a damaged disk.</summary>
    protected void Tamper(Func<T, T> change)
    {
        lock (gate)
        {
            if (image is { } now)
                image = change(now);
        }
    }
}
