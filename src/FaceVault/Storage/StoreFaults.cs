namespace FaceVault.Storage;

/// <summary>What a store does that can fail.</summary>
internal enum StoreStep : byte
{
    /// <summary>Every step but <see cref="Read"/>, in the order in which they are taken.</summary>
    Any = 0,
    Create,
    Open,
    OpenReader,
    Commit,
    Checkpoint,
    Copy,
    Append,
    Delete,
    Read,
}

/// <summary>When in a step the error strikes, which decides what is on the disk afterwards.</summary>
internal enum StoreFaultMoment : byte
{
    None = 0,

    /// <summary>Nothing was written.</summary>
    Before,

    /// <summary>Part of it was written, which nobody can see: the old state stands, but a thief of the disk has the new blobs.</summary>
    During,

    /// <summary>It is done and durable; only the answer was lost.</summary>
    After,

    /// <summary>The old state is seen now, and the new one may be seen after a crash (<c>ReviveZombie</c>), until a later success.</summary>
    Zombie,
}

/// <summary>Decides which step of the in-memory stores fails. One plan may be shared by several locations, so that a test can fail the n-th step of a whole vault. Thread-safe.</summary>
internal sealed class StoreFaults
{
    private readonly Lock gate = new();
    private readonly int[] taken = new int[(int)StoreStep.Read + 1];
    private readonly List<Fault> planned = [];
    private readonly List<(int Number, Action Call)> calls = [];
    private bool dead;

    /// <summary>True after a fault of <see cref="KillAt"/> has struck: every step fails until <see cref="Clear"/>.</summary>
    public bool IsDead
    {
        get
        {
            lock (gate)
                return dead;
        }
    }

    /// <summary>How many steps of a kind were taken (failed ones count).</summary>
    public int Taken(StoreStep step)
    {
        lock (gate)
            return taken[(int)step];
    }

    /// <summary>Fails one step once.</summary>
    /// <param name="step">The kind, or <see cref="StoreStep.Any"/>.</param>
    /// <param name="number">1 for the next one of that kind.</param>
    /// <param name="moment">When it strikes.</param>
    public void FailAt(StoreStep step, int number, StoreFaultMoment moment) => Plan(step, number, moment, fatal: false);

    /// <summary>Fails one step and every one after it, as if the process had died there: abandon what is open, <see cref="Clear"/>, open again.</summary>
    public void KillAt(StoreStep step, int number, StoreFaultMoment moment) => Plan(step, number, moment, fatal: true);

    /// <summary>Every step fails from now on, until <see cref="Clear"/>.</summary>
    public void Kill()
    {
        lock (gate)
            dead = true;
    }

    /// <summary>Calls back just before a step is taken: 1 for the next one of any kind but <see cref="StoreStep.Read"/>.</summary>
    public void CallAt(int number, Action call)
    {
        lock (gate)
            calls.Add((checked(taken[(int)StoreStep.Any] + number), call));
    }

    /// <summary>Forgets every planned fault and lets a dead plan live; the counts go on.</summary>
    public void Clear()
    {
        lock (gate)
        {
            planned.Clear();
            calls.Clear();
            dead = false;
        }
    }

    /// <summary>Counts a step and answers how it is to fail.</summary>
    internal StoreFaultMoment Next(StoreStep step)
    {
        lock (gate)
        {
            taken[(int)step]++;
            if (step != StoreStep.Read)
                taken[(int)StoreStep.Any]++;
            if (step != StoreStep.Read)
                foreach ((int number, Action call) in calls)
                    if (number == taken[(int)StoreStep.Any])
                        call();
            if (dead)
                return StoreFaultMoment.Before;
            int hit = planned.FindIndex(f => f.Number == taken[(int)f.Step] && (f.Step == step || (f.Step == StoreStep.Any && step != StoreStep.Read)));
            if (hit < 0)
                return StoreFaultMoment.None;
            Fault fault = planned[hit];
            planned.RemoveAt(hit);
            dead = fault.Fatal;
            return fault.Moment;
        }
    }

    private void Plan(StoreStep step, int number, StoreFaultMoment moment, bool fatal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        lock (gate)
            planned.Add(new Fault(step, checked(taken[(int)step] + number), moment, fatal));
    }

    private readonly record struct Fault(StoreStep Step, int Number, StoreFaultMoment Moment, bool Fatal);
}
