using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Places that now and then take their time: a row of templates that is read, and a commit at a mirror, when it is visible in the vault already. Counts who reads templates.</summary>
internal sealed class SlowPlaces(int seed)
{
    private readonly Random random = new(seed);
    private int openReaders;
    private int rows;

    /// <summary>Template readers that are not closed.</summary>
    public int OpenReaders => Volatile.Read(ref openReaders);

    /// <summary>Rows that were read.</summary>
    public int Rows => Volatile.Read(ref rows);

    /// <summary>Called with every row that was read.</summary>
    public Action<uint>? Visited { get; set; }

    public VaultPlaces Around(VaultPlaces places) => places with { Templates = new TemplateLocation(this, places.Templates), Mirrors = [.. places.Mirrors.Select(m => new MirrorLocation(this, m))] };

    private void Dawdle(int oneIn)
    {
        bool isSlow;
        lock (random)
            isSlow = random.Next(oneIn) == 0;
        if (isSlow)
            Thread.Sleep(1);
    }

    private sealed class TemplateLocation(SlowPlaces slow, ITemplateStoreLocation inner) : ITemplateStoreLocation
    {
        public bool Exists => inner.Exists;

        public ITemplateStore Create() => inner.Create();

        public ITemplateStore Open() => inner.Open();

        public ITemplateReader OpenReader() => new Reader(slow, inner.OpenReader());
    }

    private sealed class Reader : ITemplateReader
    {
        private readonly SlowPlaces slow;
        private readonly ITemplateReader inner;

        public Reader(SlowPlaces slow, ITemplateReader inner)
        {
            (this.slow, this.inner) = (slow, inner);
            Interlocked.Increment(ref slow.openReaders);
        }

        public void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor) => inner.Scan(fromSlot, toSlot, (slot, ordinal, blob) =>
        {
            Interlocked.Increment(ref slow.rows);
            bool more = visitor(slot, ordinal, blob);
            slow.Visited?.Invoke(slot);
            slow.Dawdle(oneIn: 40);
            return more;
        });

        public void Dispose()
        {
            inner.Dispose();
            Interlocked.Decrement(ref slow.openReaders);
        }
    }

    private sealed class MirrorLocation(SlowPlaces slow, IKeyStoreLocation inner) : IKeyStoreLocation
    {
        public string Medium => inner.Medium;

        public string Description => inner.Description;

        public bool Exists => inner.Exists;

        public IKeyStore Create(ReadOnlySpan<byte> placeId) => new Mirror(slow, inner.Create(placeId));

        public IKeyStore Open() => new Mirror(slow, inner.Open());

        public IKeyStoreReader OpenReader() => inner.OpenReader();

        public byte[]? ReadPlaceId() => inner.ReadPlaceId();

        public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId) => inner.CopyFrom(source, placeId);
    }

    private sealed class Mirror(SlowPlaces slow, IKeyStore inner) : IKeyStore
    {
        public byte[]? Read(KeyTable table, long key) => inner.Read(table, key);

        public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue) => inner.Scan(table, from, to);

        public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key) => inner.ReadAtOrBelow(table, key);

        public StoreNumbers ReadNumbers() => inner.ReadNumbers();

        public bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
        {
            slow.Dawdle(oneIn: 2);
            return inner.Commit(expectedCrown, writes, numbers);
        }

        public void Checkpoint() => inner.Checkpoint();

        public void Dispose() => inner.Dispose();
    }
}
