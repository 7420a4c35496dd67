namespace FaceVault.Storage;

/// <summary>A connection to a template store file that reads: rows are handed over as spans into SQLite's own memory, about 0.5 µs a row.</summary>
internal class SqliteTemplateReader(SqliteDatabase database) : ITemplateReader
{
    private SqliteStatement? scan;
    private bool isScanning;

    protected SqliteDatabase Database => database;

    public void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        database.CheckOpen();
        const string sql = $"SELECT id, blob FROM {SqliteFormat.TemplateTable} WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
        bool isInner = isScanning; // a visitor may scan, too
        SqliteStatement rows = isInner ? database.Prepare(sql) : scan ??= database.Keep(sql);
        rows.Bind(1, TemplateRowId.Of(fromSlot, 0)).Bind(2, TemplateRowId.Of(toSlot, ushort.MaxValue));
        database.OpenScans++;
        isScanning = true;
        try
        {
            while (rows.Step())
            {
                long id = rows.Number(0);
                if (!visitor(TemplateRowId.Slot(id), TemplateRowId.Ordinal(id), rows.Blob(1)))
                    return;
            }
        }
        finally
        {
            database.OpenScans--;
            isScanning = isInner;
            rows.Reset();
            if (isInner)
                rows.Dispose();
        }
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A connection to a template store file that reads and writes. One flush a call; the connection is closed after a failed one.</summary>
internal sealed class SqliteTemplateStore(SqliteDatabase database) : SqliteTemplateReader(database), ITemplateStore, ILoggedStore
{
    private const int RowOverhead = 32;

    private SqliteStatement? put;
    private SqliteStatement? delete;

    public long Flushes => Database.Flushes;

    public void Append(IReadOnlyList<TemplateRow> rows)
    {
        TemplateRowId.Check(rows);
        Database.CheckOpen();
        put ??= Database.Keep($"INSERT OR REPLACE INTO {SqliteFormat.TemplateTable} (id, blob) VALUES (?1, ?2)");
        Database.Write(() =>
        {
            long bytes = 0;
            foreach (TemplateRow row in rows)
            {
                put.Bind(1, TemplateRowId.Of(row.Slot, row.Ordinal)).Bind(2, row.Blob.Span).Run();
                bytes += row.Blob.Length + RowOverhead;
            }
            return bytes;
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
        return Delete(firsts.Where(f => f.Ordinal > 0).OrderBy(f => f.Slot).Select(f => (TemplateRowId.Of(f.Slot, 0), TemplateRowId.Of(f.Slot, (ushort)(f.Ordinal - 1)))));
    }

    public long DeleteFrom(uint slot) => Delete([(TemplateRowId.Of(slot, 0), long.MaxValue)]);

    public void Checkpoint() => Database.Checkpoint();

    public void Rest() => Database.Rest();

    /// <summary>Deletes ranges, which are best given in ascending order: then each page is visited once.</summary>
    private long Delete(IEnumerable<(long From, long To)> ranges)
    {
        Database.CheckOpen();
        delete ??= Database.Keep($"DELETE FROM {SqliteFormat.TemplateTable} WHERE id BETWEEN ?1 AND ?2");
        long deleted = 0;
        Database.Write(() =>
        {
            foreach ((long from, long to) in ranges)
            {
                delete.Bind(1, from).Bind(2, to).Run();
                deleted += Database.Changes();
            }
            return deleted * RowOverhead;
        });
        return deleted;
    }
}
