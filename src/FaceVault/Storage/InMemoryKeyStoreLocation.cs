namespace FaceVault.Storage;

/// <summary>A key store's place in memory: the object is the disk, it survives the connections opened to it and can fail, vanish, be copied and be put back. For tests.</summary>
/// <remarks>Thread-safe; the connections are not. An open enumeration of a reader blocks a checkpoint, as in SQLite, but without waiting.</remarks>
internal sealed class InMemoryKeyStoreLocation : IKeyStoreLocation
{
    private readonly Lock gate = new();
    private readonly List<IReadOnlyList<KeyWrite>> attempts = [];
    private KeyStoreImage? image;
    private KeyStoreImage? zombie;
    private int scans;

    public InMemoryKeyStoreLocation(string name = "memory", StoreFaults? faults = null)
    {
        Description = name;
        Faults = faults ?? new StoreFaults();
    }

    public StoreFaults Faults { get; }

    /// <summary>False: the place is away. Nothing exists there, and what is open fails.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Keep every write set ever handed to the place, failed ones too: what somebody who copies the disk all the time has.</summary>
    public bool KeepsAttempts { get; set; }

    /// <summary>The write sets kept, oldest first.</summary>
    public IReadOnlyList<IReadOnlyList<KeyWrite>> Attempts
    {
        get
        {
            lock (gate)
                return [.. attempts];
        }
    }

    public string Medium => "memory";

    public string Description { get; }

    public bool Exists => IsReachable && Snapshot() is not null;

    /// <summary>Whether a failed commit waits to be seen again.</summary>
    public bool HasZombie
    {
        get
        {
            lock (gate)
                return zombie is not null;
        }
    }

    public IKeyStore Create(ReadOnlySpan<byte> placeId)
    {
        KeyWrites.CheckPlaceId(placeId);
        var empty = new KeyStoreImage(placeId);
        Change(StoreStep.Create, now => now is null ? empty : throw Error.StoreExists(StoreNoun.KeyStore));
        return new InMemoryKeyStore(this);
    }

    public IKeyStore Open()
    {
        Take(StoreStep.Open);
        return new InMemoryKeyStore(this);
    }

    public IKeyStoreReader OpenReader()
    {
        Take(StoreStep.OpenReader);
        return new InMemoryKeyStoreReader(this);
    }

    public byte[]? ReadPlaceId()
    {
        if (!IsReachable || Faults.IsDead)
            return null;
        return Snapshot()?.PlaceId.ToArray();
    }

    public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId)
    {
        ArgumentNullException.ThrowIfNull(source);
        KeyWrites.CheckPlaceId(placeId);
        var copy = new KeyStoreImage(placeId);
        using (IKeyStoreReader reader = source.OpenReader())
        {
            KeyStoreCopy.Read(reader, (writes, numbers) => copy = copy.With(writes, numbers));
        }
        Change(StoreStep.Copy, _ => copy);
    }

    /// <summary>What a copy of the disk made now would show; null when nothing is there.</summary>
    public KeyStoreImage? Snapshot()
    {
        lock (gate)
            return image;
    }

    /// <summary>Puts a copy back (or nothing). What is open goes on with it, so close first.</summary>
    public void Restore(KeyStoreImage? copy)
    {
        lock (gate)
        {
            image = copy;
            zombie = null;
        }
    }

    /// <summary>The failed commit is seen from now on, as after a crash. False when there is none (any more).</summary>
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

    /// <summary>Changes a row behind everybody's back: a damaged disk. Null deletes it.</summary>
    public void Tamper(KeyTable table, long key, byte[]? blob)
    {
        lock (gate)
        {
            if (image is { } now)
                image = now.With([new KeyWrite(table, key, blob)], now.Numbers);
        }
    }

    internal KeyStoreImage Read()
    {
        if (!IsReachable || Faults.Next(StoreStep.Read) != StoreFaultMoment.None)
            throw Error.StoreFailed(StoreNoun.KeyStore);
        return Snapshot() ?? throw Error.StoreMissing(StoreNoun.KeyStore);
    }

    internal bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        byte[] expected = expectedCrown.ToArray();
        return Change(StoreStep.Commit, now =>
        {
            if (now is null)
                throw Error.StoreMissing(StoreNoun.KeyStore);
            if (!now.CrownIs(expected))
                return null;
            if (KeepsAttempts)
                attempts.Add([.. writes.Select(w => w with { Blob = w.Blob.ToArray() })]);
            return now.With(writes, numbers);
        });
    }

    internal void CheckUnread()
    {
        lock (gate)
        {
            if (scans > 0)
                throw Error.CheckpointBlocked(StoreNoun.KeyStore);
        }
    }

    internal void Checkpoint() => Change(StoreStep.Checkpoint, now => now ?? throw Error.StoreMissing(StoreNoun.KeyStore));

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

    private void Take(StoreStep step)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!Exists)
            throw Error.StoreMissing(StoreNoun.KeyStore);
        if (fault != StoreFaultMoment.None)
            throw Error.StoreFailed(StoreNoun.KeyStore);
    }

    /// <summary>Takes a step that writes. The change answers null for "not applicable", which is no failure.</summary>
    private bool Change(StoreStep step, Func<KeyStoreImage?, KeyStoreImage?> change)
    {
        StoreFaultMoment fault = Faults.Next(step);
        if (!IsReachable || fault == StoreFaultMoment.Before)
            throw Error.StoreFailed(StoreNoun.KeyStore);
        lock (gate)
        {
            KeyStoreImage? changed = change(image);
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
        return fault == StoreFaultMoment.None ? true : throw Error.StoreFailed(StoreNoun.KeyStore);
    }
}
