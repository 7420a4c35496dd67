namespace FaceVault.Storage;

/// <summary>A connection to an <see cref="InMemoryTemplateStoreLocation"/> that reads.</summary>
internal class InMemoryTemplateReader(InMemoryTemplateStoreLocation location) : ITemplateReader
{
    private bool disposed;

    protected InMemoryTemplateStoreLocation Location => location;

    /// <summary>Scans that are running.</summary>
    protected int Scans { get; private set; }

    public void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        CheckOpen();
        RowTable rows = location.Read();
        Scans++;
        location.BeginScan();
        try
        {
            foreach ((long id, byte[] blob) in rows.Range(TemplateRowId.Of(fromSlot, 0), TemplateRowId.Of(toSlot, ushort.MaxValue)))
            {
                if (!visitor(TemplateRowId.Slot(id), TemplateRowId.Ordinal(id), blob))
                    return;
            }
        }
        finally
        {
            location.EndScan();
            Scans--;
        }
    }

    public void Dispose()
    {
        disposed = true;
        GC.SuppressFinalize(this);
    }

    protected virtual void CheckOpen() => ObjectDisposedException.ThrowIf(disposed, this);
}

/// <summary>A connection to an <see cref="InMemoryTemplateStoreLocation"/> that reads and writes; unusable after a failed write, as in SQLite.</summary>
internal sealed class InMemoryTemplateStore(InMemoryTemplateStoreLocation location) : InMemoryTemplateReader(location), ITemplateStore, ILoggedStore
{
    private bool broken;

    public long Flushes { get; private set; }

    public void Append(IReadOnlyList<TemplateRow> rows)
    {
        TemplateRowId.Check(rows);
        Location.Keep(rows);
        Write(StoreStep.Append, builder =>
        {
            foreach (TemplateRow row in rows)
                builder.Set(TemplateRowId.Of(row.Slot, row.Ordinal), row.Blob.ToArray());
        });
    }

    public long DeleteSlots(IReadOnlyList<uint> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return Delete(TemplateRowId.Runs(slots));
    }

    public long DeleteOrdinals(uint slot, ushort fromOrdinal, ushort toOrdinal) =>
        Delete([(TemplateRowId.Of(slot, fromOrdinal), TemplateRowId.Of(slot, toOrdinal))]);

    public long DeleteBelow(IReadOnlyList<(uint Slot, ushort Ordinal)> firsts)
    {
        ArgumentNullException.ThrowIfNull(firsts);
        return Delete(firsts.Where(f => f.Ordinal > 0).Select(f => (TemplateRowId.Of(f.Slot, 0), TemplateRowId.Of(f.Slot, (ushort)(f.Ordinal - 1)))));
    }

    public long DeleteFrom(uint slot) => Delete([(TemplateRowId.Of(slot, 0), long.MaxValue)]);

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
            throw Error.StoreBroken(StoreNoun.TemplateStore);
    }

    private long Delete(IEnumerable<(long From, long To)> ranges)
    {
        long deleted = 0;
        Write(StoreStep.Delete, builder =>
        {
            RowTable rows = builder.ToTable();
            foreach ((long from, long to) in ranges)
            {
                foreach ((long id, _) in rows.Range(from, to))
                    deleted += builder.Remove(id) ? 1 : 0;
            }
        });
        return deleted;
    }

    private void Write(StoreStep step, Action<RowTable.Builder> change)
    {
        CheckIdle();
        Flushes++;
        try
        {
            Location.Change(step, now =>
            {
                RowTable.Builder builder = (now ?? throw Error.StoreMissing(StoreNoun.TemplateStore)).Change();
                change(builder);
                return builder.ToTable();
            });
        }
        catch (VaultException)
        {
            broken = true;
            throw;
        }
    }

    private void CheckIdle()
    {
        CheckOpen();
        if (Scans > 0)
            throw new InvalidOperationException("A scan of this store is still running. Finish it first.");
    }
}
