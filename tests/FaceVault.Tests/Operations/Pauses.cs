using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Stops whoever comes by at one point until it is let go, once.</summary>
internal sealed class Pause : IDisposable
{
    private readonly ManualResetEventSlim go = new();
    private int armed;

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether a thread of the pool was stopped.</summary>
    public bool ReachedOnPoolThread { get; private set; }

    public void Arm() => Volatile.Write(ref armed, 1);

    public void Pass()
    {
        if (Interlocked.Exchange(ref armed, 0) == 0)
            return;
        ReachedOnPoolThread = Thread.CurrentThread.IsThreadPoolThread;
        Reached.SetResult();
        go.Wait();
    }

    public void LetGo() => go.Set();

    public void Dispose() => go.Dispose();
}

/// <summary>Places in memory where a use can be stopped while it holds its lease: at a template read, a consent record read, a row appended; or a commit while nobody may read.</summary>
internal sealed class Pauses : IDisposable
{
    public Pause TemplateRead { get; } = new();

    public Pause RecordRead { get; } = new();

    public Pause Append { get; } = new();

    public Pause Commit { get; } = new();

    /// <summary>Slots whose consent record was asked for, in that order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<long> RecordsRead { get; } = new();

    /// <summary>The slot whose consent record is lost; -1 for none.</summary>
    public long LostRecord { get; set; } = -1;

    private Pause[] All => [TemplateRead, RecordRead, Append, Commit];

    public VaultPlaces Around(VaultPlaces places) => places with { Store = new KeyLocation(this, places.Store), Templates = new TemplateLocation(this, places.Templates) };

    public void Dispose()
    {
        foreach (Pause pause in All)
        {
            pause.LetGo();
            pause.Dispose();
        }
    }

    /// <summary>Lets everybody go when it is disposed: before the vault is closed, which waits for them, also where a test fails.</summary>
    public Release LetGoAtEnd() => new(this);

    public readonly struct Release(Pauses pauses) : IDisposable
    {
        public void Dispose()
        {
            foreach (Pause pause in pauses.All)
                pause.LetGo();
        }
    }

    private sealed class TemplateLocation(Pauses pauses, ITemplateStoreLocation inner) : ITemplateStoreLocation
    {
        public bool Exists => inner.Exists;

        public ITemplateStore Create() => new Templates(pauses, inner.Create());

        public ITemplateStore Open() => new Templates(pauses, inner.Open());

        public ITemplateReader OpenReader() => new TemplateReader(pauses, inner.OpenReader());
    }

    private class TemplateReader(Pauses pauses, ITemplateReader inner) : ITemplateReader
    {
        public void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor) => inner.Scan(fromSlot, toSlot, (slot, ordinal, blob) =>
        {
            bool more = visitor(slot, ordinal, blob);
            pauses.TemplateRead.Pass();
            return more;
        });

        public void Dispose() => inner.Dispose();
    }

    private sealed class Templates(Pauses pauses, ITemplateStore inner) : TemplateReader(pauses, inner), ITemplateStore
    {
        private readonly Pauses own = pauses;

        public void Append(IReadOnlyList<TemplateRow> rows)
        {
            own.Append.Pass();
            inner.Append(rows);
        }

        public long DeleteSlots(IReadOnlyList<uint> slots) => inner.DeleteSlots(slots);

        public long DeleteOrdinals(uint slot, ushort fromOrdinal, ushort toOrdinal) => inner.DeleteOrdinals(slot, fromOrdinal, toOrdinal);

        public long DeleteBelow(IReadOnlyList<(uint Slot, ushort Ordinal)> firsts) => inner.DeleteBelow(firsts);

        public long DeleteFrom(uint slot) => inner.DeleteFrom(slot);

        public void Checkpoint() => inner.Checkpoint();
    }

    private sealed class KeyLocation(Pauses pauses, IKeyStoreLocation inner) : IKeyStoreLocation
    {
        public string Medium => inner.Medium;

        public string Description => inner.Description;

        public bool Exists => inner.Exists;

        public IKeyStore Create(ReadOnlySpan<byte> placeId) => inner.Create(placeId);

        public IKeyStore Open() => new Keys(pauses, inner.Open());

        public IKeyStoreReader OpenReader() => new KeyReader(pauses, inner.OpenReader());

        public byte[]? ReadPlaceId() => inner.ReadPlaceId();

        public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId) => inner.CopyFrom(source, placeId);
    }

    private sealed class Keys(Pauses pauses, IKeyStore inner) : KeyReader(pauses, inner), IKeyStore
    {
        private readonly Pauses own = pauses;

        public bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
        {
            own.Commit.Pass();
            return inner.Commit(expectedCrown, writes, numbers);
        }

        public void Checkpoint() => inner.Checkpoint();
    }

    private class KeyReader(Pauses pauses, IKeyStoreReader inner) : IKeyStoreReader
    {
        public byte[]? Read(KeyTable table, long key)
        {
            if (table != KeyTable.Record)
                return inner.Read(table, key);
            pauses.RecordsRead.Enqueue(key);
            pauses.RecordRead.Pass();
            return key == pauses.LostRecord ? null : inner.Read(table, key);
        }

        public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue) => inner.Scan(table, from, to);

        public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key) => inner.ReadAtOrBelow(table, key);

        public StoreNumbers ReadNumbers() => inner.ReadNumbers();

        public void Dispose() => inner.Dispose();
    }
}
