namespace FaceVault.Storage;

/// <summary>A template store's place in memory: the object is the disk. For tests. Fails, vanishes, is copied and put back like <see cref="InMemoryKeyStoreLocation"/>.</summary>
internal sealed class InMemoryTemplateStoreLocation(StoreFaults? faults = null) : ITemplateStoreLocation
{
    private readonly Lock gate = new();
    private RowTable? rows;
    private RowTable? zombie;
    private int scans;

    public StoreFaults Faults { get; } = faults ?? new StoreFaults();

    /// <summary>False: the place is away. Nothing exists there, and what is open fails.</summary>
    public bool IsReachable { get; set; } = true;

    public bool Exists => IsReachable && Snapshot() is not null;

    public ITemplateStore Create()
    {
        Change(StoreStep.Create, now => now is null ? RowTable.Empty : throw Error.StoreExists(StoreNoun.TemplateStore));
        return new InMemoryTemplateStore(this);
    }

    public ITemplateStore Open()
    {
        Take(StoreStep.Open);
        return new InMemoryTemplateStore(this);
    }

    public ITemplateReader OpenReader()
    {
        Take(StoreStep.OpenReader);
        return new InMemoryTemplateReader(this);
    }

    /// <summary>What a copy of the disk made now would show, by template id; null when nothing is there.</summary>
    public RowTable? Snapshot()
    {
        lock (gate)
            return rows;
    }

    /// <summary>Puts a copy back (or nothing).</summary>
    public void Restore(RowTable? copy)
    {
        lock (gate)
        {
            rows = copy;
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
            rows = zombie;
            zombie = null;
            return true;
        }
    }

    /// <summary>Changes a row behind everybody's back: a damaged disk. Null deletes it.</summary>
    public void Tamper(uint slot, ushort ordinal, byte[]? blob)
    {
        lock (gate)
        {
            if (rows is null)
                return;
            RowTable.Builder builder = rows.Change();
            if (blob is null)
                builder.Remove(TemplateRowId.Of(slot, ordinal));
            else
                builder.Set(TemplateRowId.Of(slot, ordinal), blob);
            rows = builder.ToTable();
        }
    }

    internal RowTable Read()
    {
        if (!IsReachable || Faults.Next(StoreStep.Read) != StoreFaultMoment.None)
            throw Error.StoreFailed(StoreNoun.TemplateStore);
        return Snapshot() ?? throw Error.StoreMissing(StoreNoun.TemplateStore);
    }

    internal void BeginScan()
    {
        lock (gate)
            scans++;
    }

    internal void EndScan()
    {
        lock (gate)
            scans--;
    }

    internal void CheckUnread()
    {
        lock (gate)
        {
            if (scans > 0)
                throw Error.CheckpointBlocked(StoreNoun.TemplateStore);
        }
    }

    internal void Checkpoint() => Change(StoreStep.Checkpoint, now => now ?? throw Error.StoreMissing(StoreNoun.TemplateStore));

    internal void Change(StoreStep step, Func<RowTable?, RowTable> change)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!IsReachable || fault == StoreFaultMoment.Before)
            throw Error.StoreFailed(StoreNoun.TemplateStore);
        lock (gate)
        {
            RowTable changed = change(rows);
            switch (fault)
            {
                case StoreFaultMoment.None or StoreFaultMoment.After:
                    rows = changed;
                    zombie = null;
                    break;
                case StoreFaultMoment.Zombie:
                    zombie = changed;
                    break;
            }
        }
        if (fault != StoreFaultMoment.None)
            throw Error.StoreFailed(StoreNoun.TemplateStore);
    }

    private void Take(StoreStep step)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!Exists)
            throw Error.StoreMissing(StoreNoun.TemplateStore);
        if (fault != StoreFaultMoment.None)
            throw Error.StoreFailed(StoreNoun.TemplateStore);
    }
}
