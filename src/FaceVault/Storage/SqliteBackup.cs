using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>SQLite's own backup: a consistent copy of a file that others go on writing.</summary>
internal static class SqliteBackup
{
    /// <summary>4 MiB: a few milliseconds, after which progress is told and a wish to stop is heard.</summary>
    private const int StepPages = 1024;

    private const int PageBytes = 4096;

    /// <summary>Copies all of a store as it stands now. The source stays in one read transaction, so that no writer makes the copy begin again; the writer's log grows meanwhile.</summary>
    /// <param name="source">A connection that reads.</param>
    /// <param name="target">A connection to a file that nobody else has open.</param>
    /// <param name="noun">What the store is called.</param>
    /// <param name="progress">Told how many bytes are copied.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="VaultException">As SQLite says it.</exception>
    public static void Copy(SqliteDatabase source, SqliteDatabase target, StoreNoun noun, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using SqliteStatement snapshot = source.Prepare("SELECT name FROM sqlite_schema");
        snapshot.Step(); // until it is disposed
        using sqlite3_backup? backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        if (backup is null || backup.IsInvalid)
            throw SqliteFailure.Of(raw.sqlite3_errcode(target.Handle), noun);
        int result = raw.SQLITE_OK;
        while (result != raw.SQLITE_DONE)
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = raw.sqlite3_backup_step(backup, StepPages);
            if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                throw SqliteFailure.Of(result, noun);
            progress?.Report((long)(raw.sqlite3_backup_pagecount(backup) - raw.sqlite3_backup_remaining(backup)) * PageBytes);
        }

        result = raw.sqlite3_backup_finish(backup);
        if (result != raw.SQLITE_OK)
            throw SqliteFailure.Of(result, noun);
    }
}
