namespace FaceVault.Storage;

/// <summary>A connection to a key store file that reads. Statements are kept; a page read takes about 10 µs.</summary>
internal class SqliteKeyStoreReader(SqliteDatabase database) : IKeyStoreReader
{
    private readonly SqliteStatement?[] read = new SqliteStatement?[(int)KeyTable.Certificate + 1];
    private readonly SqliteStatement?[] readAtOrBelow = new SqliteStatement?[(int)KeyTable.Certificate + 1];
    private SqliteStatement? readNumbers;
    private SqliteStatement? readFirst;

    protected SqliteDatabase Database => database;

    public byte[]? Read(KeyTable table, long key)
    {
        SqliteStatement statement = RowOf(table);
        try
        {
            return statement.Bind(1, key).Step() ? statement.Blob(0).ToArray() : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    public int Read(KeyTable table, long key, Span<byte> destination)
    {
        SqliteStatement statement = RowOf(table);
        try
        {
            if (!statement.Bind(1, key).Step())
                return -1;
            ReadOnlySpan<byte> blob = statement.Blob(0);
            if (blob.Length <= destination.Length)
                blob.CopyTo(destination);
            return blob.Length;
        }
        finally
        {
            statement.Reset();
        }
    }

    public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue)
    {
        KeyWrites.CheckTable(table);
        return ScanRows(table, from, to);
    }

    public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key)
    {
        KeyWrites.CheckTable(table);
        database.CheckOpen();
        SqliteStatement statement = readAtOrBelow[(int)table] ??=
            database.Keep($"SELECT id, blob FROM {SqliteFormat.NameOf(table)} WHERE id <= ?1 ORDER BY id DESC LIMIT 1");
        try
        {
            return statement.Bind(1, key).Step() ? new(statement.Number(0), statement.Blob(1).ToArray()) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    public StoreNumbers ReadNumbers()
    {
        database.CheckOpen();
        readNumbers ??= database.Keep("SELECT epoch, number FROM numbers WHERE id = 0");
        try
        {
            return readNumbers.Step() ? new(readNumbers.Number(0), readNumbers.Number(1)) : throw Error.StoreDamaged(StoreNoun.KeyStore, "its numbers are gone");
        }
        finally
        {
            readNumbers.Reset();
        }
    }

    /// <summary>A statement that has not ended keeps its read transaction; without it each read takes and gives back the log's locks, about 2 µs.</summary>
    public IDisposable BeginReading()
    {
        database.CheckOpen();
        readFirst ??= database.Keep("SELECT id FROM numbers");
        readFirst.Step();
        database.OpenScans++;
        return new Reading(database, readFirst);
    }

    /// <summary>The place id that stands in the file, or null when it is not one.</summary>
    public byte[]? ReadPlaceId()
    {
        using SqliteStatement statement = database.Prepare("SELECT place FROM place WHERE id = 0");
        return statement.Step() && statement.Blob(0).Length == KeyWrites.PlaceIdSize ? statement.Blob(0).ToArray() : null;
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private SqliteStatement RowOf(KeyTable table)
    {
        KeyWrites.CheckTable(table);
        database.CheckOpen();
        return read[(int)table] ??= database.Keep($"SELECT blob FROM {SqliteFormat.NameOf(table)} WHERE id = ?1");
    }

    private IEnumerable<KeyValuePair<long, byte[]>> ScanRows(KeyTable table, long from, long to)
    {
        using SqliteStatement statement = database.Prepare($"SELECT id, blob FROM {SqliteFormat.NameOf(table)} WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        statement.Bind(1, from).Bind(2, to);
        database.OpenScans++;
        try
        {
            while (statement.Step())
                yield return new(statement.Number(0), statement.Blob(1).ToArray());
        }
        finally
        {
            database.OpenScans--;
        }
    }

    private sealed class Reading(SqliteDatabase database, SqliteStatement open) : IDisposable
    {
        public void Dispose()
        {
            open.Reset();
            database.OpenScans--;
        }
    }
}
