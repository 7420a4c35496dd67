namespace FaceVault.Storage;

/// <summary>A key store's place in memory, for tests.</summary>
internal sealed class InMemoryKeyStoreLocation(string name = "memory", StoreFaults? faults = null) : InMemoryPlace<KeyStoreImage>(StoreNoun.KeyStore, faults), IKeyStoreLocation
{
    private readonly List<IReadOnlyList<KeyWrite>> attempts = [];

    /// <summary>Keep every write set ever handed to the place, failed ones too: what somebody who copies the disk all the time has.</summary>
    public bool KeepsAttempts { get; set; }

    /// <summary>The write sets kept, oldest first.</summary>
    public IReadOnlyList<IReadOnlyList<KeyWrite>> Attempts
    {
        get
        {
            lock (attempts)
                return [.. attempts];
        }
    }

    public string Medium => "memory";

    public string Description => name;

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

    /// <summary>Changes a row behind everybody's back. Null deletes it.</summary>
    public void Tamper(KeyTable table, long key, byte[]? blob) => Tamper(now => now.With([new KeyWrite(table, key, blob)], now.Numbers));

    internal bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        byte[] expected = expectedCrown.ToArray();
        if (KeepsAttempts)
        {
            lock (attempts)
                attempts.Add([.. writes.Select(w => w with { Blob = w.Blob.ToArray() })]);
        }

        return Change(StoreStep.Commit, now =>
        {
            if (now is null)
                throw Error.StoreMissing(StoreNoun.KeyStore);
            if (!now.CrownIs(expected))
                return null;
            return now.With(writes, numbers);
        });
    }
}
