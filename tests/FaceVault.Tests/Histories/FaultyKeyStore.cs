using FaceVault.Storage;

namespace FaceVault.Tests.Histories;

/// <summary>A key store's place on a disk that fails on demand, as <see cref="InMemoryKeyStoreLocation"/> does.</summary>
/// <param name="inner">The place.</param>
/// <param name="faults">Which step fails.</param>
/// <param name="attempted">Told of every commit that fails before it is done: whoever copies the disk then has its frames.</param>
internal sealed class FaultyKeyStoreLocation(IKeyStoreLocation inner, StoreFaults faults, Action<byte[], IReadOnlyList<KeyWrite>, StoreNumbers> attempted) : IKeyStoreLocation
{
    public bool IsReachable { get; set; } = true;

    public string Medium => inner.Medium;

    public string Description => inner.Description;

    public bool Exists => IsReachable && inner.Exists;

    public IKeyStore Create(ReadOnlySpan<byte> placeId)
    {
        byte[] place = placeId.ToArray();
        return Wrap(Step(StoreStep.Create, () => inner.Create(place)));
    }

    public IKeyStore Open() => Wrap(Step(StoreStep.Open, inner.Open));

    public IKeyStoreReader OpenReader() => new Reader(this, Step(StoreStep.OpenReader, inner.OpenReader));

    public IKeyStoreReader OpenWithoutTrace() => new Reader(this, Step(StoreStep.OpenReader, inner.OpenWithoutTrace));

    public byte[]? ReadPlaceId() => IsReachable && !faults.IsDead ? inner.ReadPlaceId() : null;

    public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId)
    {
        byte[] place = placeId.ToArray();
        Step(StoreStep.Copy, () =>
        {
            inner.CopyFrom(source, place);
            return true;
        });
    }

    private Store Wrap(IKeyStore store) => new(this, store);

    private T Step<T>(StoreStep step, Func<T> act, Action? lost = null)
    {
        StoreFaultMoment fault = faults.Next(step);
        if (!IsReachable)
            throw Error.StoreFailed(StoreNoun.KeyStore);
        if (fault is StoreFaultMoment.Before or StoreFaultMoment.During or StoreFaultMoment.Zombie)
        {
            lost?.Invoke();
            throw Error.StoreFailed(StoreNoun.KeyStore);
        }

        T result = act();
        return fault == StoreFaultMoment.None ? result : throw Error.StoreFailed(StoreNoun.KeyStore);
    }

    private class Reader(FaultyKeyStoreLocation place, IKeyStoreReader inner) : IKeyStoreReader
    {
        protected FaultyKeyStoreLocation Place => place;

        public byte[]? Read(KeyTable table, long key) => place.Step(StoreStep.Read, () => inner.Read(table, key));

        public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue) => place.Step(StoreStep.Read, () => inner.Scan(table, from, to));

        public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key) => place.Step(StoreStep.Read, () => inner.ReadAtOrBelow(table, key));

        public StoreNumbers ReadNumbers() => place.Step(StoreStep.Read, inner.ReadNumbers);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Store(FaultyKeyStoreLocation place, IKeyStore inner) : Reader(place, inner), IKeyStore
    {
        public bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
        {
            byte[] expected = expectedCrown.ToArray();
            return Place.Step(StoreStep.Commit, () => inner.Commit(expected, writes, numbers), () => Place.Attempted(expected, writes, numbers));
        }

        public void Checkpoint() => Place.Step(StoreStep.Checkpoint, () =>
        {
            inner.Checkpoint();
            return true;
        });
    }

    private void Attempted(byte[] expected, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers) => attempted(expected, writes, numbers);
}
