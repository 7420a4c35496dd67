using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>
/// A connection that may only read makes an empty <c>-wal</c> and a <c>-shm</c> beside a file that has no log, and cannot remove them. Here the last reader of this process does it,
/// so that whoever only looked at a vault leaves its folder as it was.
/// </summary>
internal static class SqliteTraces
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (int Readers, bool MadeLog)> Files = new(StringComparer.Ordinal);

    /// <summary>A reader is about to open the file.</summary>
    public static void Enter(string path)
    {
        lock (Gate)
            Files[path] = Files.TryGetValue(path, out (int Readers, bool MadeLog) known) ? (known.Readers + 1, known.MadeLog) : (1, !File.Exists(path + "-wal"));
    }

    /// <summary>A reader has closed it, or failed to open it.</summary>
    public static void Leave(string path)
    {
        bool wasLast;
        lock (Gate)
        {
            (int readers, bool madeLog) = Files[path];
            wasLast = readers == 1 && madeLog;
            if (readers == 1)
                Files.Remove(path);
            else
                Files[path] = (readers - 1, madeLog);
        }

        if (wasLast && new FileInfo(path + "-wal") is { Exists: true, Length: 0 })
            RemoveEmptyLog(path);
    }

    /// <summary>Opens and closes the file as a writer would: SQLite removes an empty log with its last connection, of any process, and nothing else is written. Where that is not possible the empty files stay.</summary>
    private static void RemoveEmptyLog(string path)
    {
        if (raw.sqlite3_open_v2(path, out sqlite3 handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null) == raw.SQLITE_OK)
            _ = raw.sqlite3_exec(handle, "PRAGMA schema_version");
        handle.Dispose();
    }
}
