using System.Globalization;
using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>One connection to one of our SQLite files, with the settings that make it durable and forgetful, each set and read back.</summary>
/// <remarks>
/// Straight over SQLitePCL.raw: no pool (a pooled connection outlives its Dispose and keeps a read-back or a restore from happening), statements kept, blobs read as spans.
/// WAL with synchronous=FULL: a commit is one flush of the log. Readers do not check the checksums of the log and the page cache lies after a failed flush, so only
/// <see cref="Checkpoint"/> ends a doubt; and before that a log that is found is written again, since a flush that failed has left bytes that are read and do not stand on the disk. secure_delete=ON writes zeros over what is deleted (SQLite still leaves a copy of a row that it moved to another page in the unused part
/// of the first one, until that is overwritten: no claim rests on it, what lies there is sealed under a key that is gone). Automatic checkpoints are off: the log is moved while nobody waits, or by the commit that finds it long.
/// A connection whose write failed is abandoned: it is closed without a checkpoint and answers nothing more. Not thread-safe.
/// </remarks>
internal sealed class SqliteDatabase : IDisposable
{
    private const long LongLogBytes = 32 << 20;
    private const long RestingLogBytes = 4 << 20;
    private const int PassiveCheckpoint = 0;

    private readonly sqlite3 handle;
    private readonly SqliteFormat format;
    private readonly List<SqliteStatement> statements = [];
    private SqliteStatement? begin;
    private SqliteStatement? commit;
    private SqliteStatement? rollback;
    private long logBytes;
    private bool logIsNew;
    private string? readPath;
    private bool disposed;
    private bool broken;

    private SqliteDatabase(sqlite3 handle, SqliteFormat format)
    {
        this.handle = handle;
        this.format = format;
    }

    /// <summary>For SQLite's own backup.</summary>
    internal sqlite3 Handle => handle;

    /// <summary>Flushes that this connection asked for.</summary>
    public long Flushes { get; private set; }

    /// <summary>Reads that are under way on this connection; none may be when it writes.</summary>
    public int OpenScans { get; set; }

    /// <summary>Opens an existing file for reading and writing, and nothing is written before it is known to be ours.</summary>
    public static SqliteDatabase OpenWriter(string path, SqliteFormat format, TimeSpan lockTimeout)
    {
        SqliteDatabase database = Open(path, raw.SQLITE_OPEN_READWRITE, format, lockTimeout);
        try
        {
            if (raw.sqlite3_db_readonly(database.handle, "main") != 0)
                throw Error.StoreReadOnly(format.Noun);
            SqliteFile.WriteLogAgain(path, format.Noun);
            database.CheckFormat();
            database.SetJournal("wal");
            database.Set("synchronous", "FULL", 2);
            database.Set("secure_delete", "ON", 1);
            database.SetCommon();
            SqliteFile.FlushFolder(path, format.Noun);
            database.logBytes = new FileInfo(path + "-wal") is { Exists: true } log ? log.Length : 0;
            database.logIsNew = database.logBytes == 0;
            return database;
        }
        catch
        {
            database.Abandon();
            throw;
        }
    }

    /// <summary>Opens an existing file so that no byte of it changes. On a folder that cannot be written it is read as immutable, if it has no log.</summary>
    public static SqliteDatabase OpenReader(string path, SqliteFormat format, TimeSpan lockTimeout)
    {
        string full = Path.GetFullPath(path);
        SqliteTraces.Enter(full);
        try
        {
            SqliteDatabase database = OpenReader(path, raw.SQLITE_OPEN_READONLY, format, lockTimeout);
            database.readPath = full;
            return database;
        }
        catch (VaultException failure) when (SqliteFailure.IsRefusedOpening(failure) && File.Exists(path))
        {
            SqliteTraces.Leave(full);
            if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
                throw SqliteFailure.IsNoRoom(failure) ? failure : Error.StoreUnreadable(format.Noun);
            return OpenImmutable(path, format, lockTimeout);
        }
        catch
        {
            SqliteTraces.Leave(full);
            throw;
        }
    }

    /// <summary>Opens an existing file for a few reads and leaves no <c>-wal</c> and <c>-shm</c> beside it: a file without a log is read as immutable. A running writer has a log, so what it writes is seen.</summary>
    public static SqliteDatabase OpenWithoutTrace(string path, SqliteFormat format, TimeSpan lockTimeout) =>
        File.Exists(path) && !File.Exists(path + "-wal") ? OpenImmutable(path, format, lockTimeout) : OpenReader(path, format, lockTimeout);

    /// <summary>Opens a file that nobody else knows yet, without a journal: it counts only once it is flushed and renamed. Lays down the schema.</summary>
    public static SqliteDatabase CreateUnfinished(string path, SqliteFormat format)
    {
        SqliteDatabase database = Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, format, TimeSpan.Zero);
        try
        {
            database.Set("page_size", "4096", 4096);
            database.SetJournal("off");
            database.Set("synchronous", "OFF", 0);
            database.SetCommon();
            database.Begin();
            foreach (string table in format.Tables)
                database.Run(table);
            database.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id={format.ApplicationId}"));
            database.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={format.Version}"));
            database.Commit(0);
            return database;
        }
        catch
        {
            database.Abandon();
            throw;
        }
    }

    /// <summary>Ends an unfinished file: from now on it is a WAL database. Flush it after closing.</summary>
    public void Finish() => SetJournal("wal");

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Keep(string sql)
    {
        CheckOpen();
        var statement = new SqliteStatement(handle, format.Noun, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Prepares a statement that the caller disposes.</summary>
    public SqliteStatement Prepare(string sql)
    {
        CheckOpen();
        return new SqliteStatement(handle, format.Noun, sql);
    }

    public void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (broken)
            throw Error.StoreBroken(format.Noun);
    }

    /// <summary>Runs a change as one durable transaction. The change answers how many bytes it wrote, or a negative number to roll back.</summary>
    /// <returns>False when the change rolled back.</returns>
    public bool Write(Func<long> change)
    {
        CheckIdle();
        bool wasLong = logBytes > LongLogBytes;
        Begin();
        try
        {
            long bytes = change();
            if (bytes < 0)
            {
                (rollback ??= Keep("ROLLBACK")).Run();
                return false;
            }
            Commit(bytes);
        }
        catch (VaultException failure)
        {
            Abandon();
            if (failure.Code == VaultErrorCode.VaultInUse)
                throw Error.StoreFailed(format.Noun, inner: failure);
            throw;
        }
        catch
        {
            Abandon();
            throw;
        }
        if (wasLong)
            MoveLog();
        return true;
    }

    /// <summary>Moves a log that is not short. For moments when nobody waits: a bulk that never rests moves it with the commit that finds it long.</summary>
    public void Rest()
    {
        if (!broken && !disposed && OpenScans == 0 && logBytes > RestingLogBytes)
            MoveLog();
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes() => raw.sqlite3_changes(handle);

    /// <summary>Moves the whole log into the file, flushes and empties it, judged by the row that SQLite answers.</summary>
    public void Checkpoint()
    {
        CheckIdle();
        bool blocked;
        try
        {
            using var checkpoint = new SqliteStatement(handle, format.Noun, "PRAGMA wal_checkpoint(TRUNCATE)");
            if (!checkpoint.Step())
                throw Error.StoreFailed(format.Noun);
            blocked = checkpoint.Number(0) != 0 || checkpoint.Number(1) != 0;
            while (checkpoint.Step())
            {
            }
        }
        catch (VaultException failure)
        {
            if (failure.Code == VaultErrorCode.VaultInUse)
                throw Error.CheckpointBlocked(format.Noun);
            Abandon();
            throw;
        }
        if (blocked)
            throw Error.CheckpointBlocked(format.Noun);
        Flushes += logBytes > 0 ? 2 : 0;
        logBytes = 0;
        logIsNew = true;
    }

    /// <summary>Closes without a checkpoint and answers nothing more.</summary>
    public void Abandon()
    {
        if (broken || disposed)
            return;
        broken = true;
        _ = raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        Close();
    }

    public void Dispose()
    {
        if (!disposed && !broken)
            Close();
        disposed = true;
    }

    internal static int Milliseconds(TimeSpan timeout) => (int)Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue);

    private static SqliteDatabase OpenImmutable(string path, SqliteFormat format, TimeSpan lockTimeout)
    {
        string uri = "file:" + Uri.EscapeDataString(Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1";
        return OpenReader(uri, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, format, lockTimeout);
    }

    private static SqliteDatabase OpenReader(string name, int flags, SqliteFormat format, TimeSpan lockTimeout)
    {
        SqliteDatabase database = Open(name, flags, format, lockTimeout);
        try
        {
            database.Configure(raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE);
            database.Set("query_only", "ON", 1);
            database.SetCommon();
            database.CheckFormat();
            return database;
        }
        catch
        {
            database.Abandon();
            throw;
        }
    }

    private static SqliteDatabase Open(string name, int flags, SqliteFormat format, TimeSpan lockTimeout)
    {
        Batteries_V2.Init();
        int result = raw.sqlite3_open_v2(name, out sqlite3 handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle, format);
        try
        {
            database.Check(result);
            database.Check(raw.sqlite3_extended_result_codes(handle, 1));
            database.Check(raw.sqlite3_busy_timeout(handle, Milliseconds(lockTimeout)));
            return database;
        }
        catch
        {
            database.Abandon();
            throw;
        }
    }

    private void Begin()
    {
        CheckOpen();
        try
        {
            (begin ??= Keep("BEGIN IMMEDIATE")).Run();
        }
        catch (VaultException failure) when (failure.Code != VaultErrorCode.VaultInUse)
        {
            Abandon();
            throw;
        }
    }

    private void Commit(long bytes)
    {
        (commit ??= Keep("COMMIT")).Run();
        Flushes += logIsNew ? 2 : 1;
        logIsNew = false;
        logBytes += bytes;
    }

    /// <summary>Moves what can be moved without waiting. An error here takes nothing back: the commit stands in the log, and a checkpoint that matters is asked for by name.</summary>
    private void MoveLog()
    {
        int result = raw.sqlite3_wal_checkpoint_v2(handle, "main", PassiveCheckpoint, out int frames, out int moved);
        Flushes += 2;
        logIsNew = result == raw.SQLITE_OK && frames == moved;
        logBytes = logIsNew ? 0 : 1;
    }

    private void CheckIdle()
    {
        CheckOpen();
        if (OpenScans > 0)
            throw new InvalidOperationException("A scan of this store is still open. Finish it first.");
    }

    private void CheckFormat()
    {
        long application = Ask("PRAGMA application_id");
        if (application != format.ApplicationId)
            throw Error.StoreDamaged(format.Noun, "it is not a file of this kind");
        long version = Ask("PRAGMA user_version");
        if (version > format.Version)
            throw Error.StoreTooNew(format.Noun, version, format.Version);
        if (version > 0 && version < format.Version)
            throw Error.StoreTooOld(format.Noun, version, format.Version);
        using SqliteStatement schema = Prepare("SELECT sql FROM sqlite_schema ORDER BY rowid");
        var found = new List<string>();
        while (schema.Step())
            found.Add(schema.Text(0));
        if (version != format.Version || !found.SequenceEqual(format.Tables, StringComparer.Ordinal))
            throw Error.StoreDamaged(format.Noun, "its tables are not the ones of its format");
    }

    private void SetCommon()
    {
        Set("mmap_size", "0", 0);
        Set("temp_store", "MEMORY", 2);
        Set("trusted_schema", "OFF", 0);
        Set("cell_size_check", "ON", 1);
        Set("wal_autocheckpoint", "0", 0);
        Set("cache_size", string.Create(CultureInfo.InvariantCulture, $"-{format.CacheKilobytes}"), -format.CacheKilobytes);
    }

    private void SetJournal(string mode)
    {
        using SqliteStatement set = Prepare($"PRAGMA journal_mode={mode}");
        if (!set.Step() || !string.Equals(set.Text(0), mode, StringComparison.Ordinal))
            throw Error.StoreFailed(format.Noun, $"SQLite refused journal_mode={mode} on this file system");
        while (set.Step())
        {
        }
    }

    private void Set(string setting, string value, long expected)
    {
        Run($"PRAGMA {setting}={value}");
        if (Ask($"PRAGMA {setting}") != expected)
            throw Error.StoreFailed(format.Noun, $"SQLite refused {setting}={value}");
    }

    private void Configure(int option)
    {
        Check(raw.sqlite3_db_config(handle, option, 1, out int isOn));
        if (isOn != 1)
            throw Error.StoreFailed(format.Noun, string.Create(CultureInfo.InvariantCulture, $"SQLite refused option {option}"));
    }

    private void Run(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    private long Ask(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw SqliteFailure.Of(result, format.Noun);
    }

    private void Close()
    {
        foreach (SqliteStatement statement in statements)
            statement.Dispose();
        statements.Clear();
        handle.Dispose();
        if (readPath is { } path)
            SqliteTraces.Leave(path);
    }
}
