namespace FaceVault.Storage;

/// <summary>A connection to an <see cref="InMemoryKeyStoreLocation"/> that reads.</summary>
internal class InMemoryKeyStoreReader(InMemoryKeyStoreLocation location) : IKeyStoreReader
{
    private KeyStoreImage? pinned;
    private bool disposed;

    protected InMemoryKeyStoreLocation Location => location;

    /// <summary>Enumerations that are open.</summary>
    protected int Scans { get; private set; }

    private KeyStoreImage Image
    {
        get
        {
            CheckOpen();
            KeyStoreImage now = location.Read();
            return pinned ?? now;
        }
    }

    public byte[]? Read(KeyTable table, long key) => (byte[]?)Image[table].Find(key)?.Clone();

    public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue)
    {
        KeyWrites.CheckTable(table);
        return ScanRows(table, from, to);
    }

    public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key) =>
        Image[table].AtOrBelow(key) is { } row ? new(row.Key, (byte[])row.Value.Clone()) : null;

    public StoreNumbers ReadNumbers() => Image.Numbers;

    public void Dispose()
    {
        disposed = true;
        GC.SuppressFinalize(this);
    }

    protected virtual void CheckOpen() => ObjectDisposedException.ThrowIf(disposed, this);

    private IEnumerable<KeyValuePair<long, byte[]>> ScanRows(KeyTable table, long from, long to)
    {
        KeyStoreImage image = Image;
        pinned = image;
        Scans++;
        location.BeginScan();
        try
        {
            foreach ((long key, byte[] blob) in image[table].Range(from, to))
                yield return new(key, (byte[])blob.Clone());
        }
        finally
        {
            location.EndScan();
            if (--Scans == 0)
                pinned = null;
        }
    }
}

/// <summary>A connection to an <see cref="InMemoryKeyStoreLocation"/> that reads and writes; unusable after a failed commit, as in SQLite.</summary>
internal sealed class InMemoryKeyStore(InMemoryKeyStoreLocation location) : InMemoryKeyStoreReader(location), IKeyStore, ILoggedStore
{
    private bool broken;

    public long Flushes { get; private set; }

    public bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        KeyWrites.Check(writes);
        CheckIdle();
        Flushes++;
        try
        {
            return Location.Commit(expectedCrown, writes, numbers);
        }
        catch (VaultException)
        {
            broken = true;
            throw;
        }
    }

    public void Rest()
    {
    }

    public void Checkpoint()
    {
        CheckIdle();
        Location.CheckUnread();
        Flushes++;
        try
        {
            Location.Checkpoint();
        }
        catch (VaultException)
        {
            broken = true;
            throw;
        }
    }

    protected override void CheckOpen()
    {
        base.CheckOpen();
        if (broken)
            throw Error.StoreBroken(StoreNoun.KeyStore);
    }

    private void CheckIdle()
    {
        CheckOpen();
        if (Scans > 0)
            throw new InvalidOperationException("An enumeration of this store is still open. Finish it first.");
    }
}
