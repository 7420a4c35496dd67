using FaceVault.Interop;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>Making and replacing database files as a whole: written under a second name, flushed, renamed, the folder flushed. A crash leaves the old file or the new one.</summary>
internal static class SqliteFile
{
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <summary>Makes the file at <paramref name="path"/> out of what <paramref name="fill"/> writes.</summary>
    /// <param name="path">Where the file is to stand.</param>
    /// <param name="format">Its format.</param>
    /// <param name="replace">False: refuse when a file is there. True: replace it; nobody may have it open.</param>
    /// <param name="lockTimeout">How long to wait for somebody who has the old file open.</param>
    /// <param name="fill">Writes the rows.</param>
    public static void Make(string path, SqliteFormat format, bool replace, TimeSpan lockTimeout, Action<SqliteDatabase> fill)
    {
        if (!replace && File.Exists(path))
            throw Error.StoreExists(format.Noun);
        string unfinished = path + ".new";
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Remove(unfinished);
            using (SqliteDatabase database = SqliteDatabase.CreateUnfinished(unfinished, format))
            {
                fill(database);
                database.Finish();
            }
            using (SafeFileHandle file = File.OpenHandle(unfinished, FileMode.Open, FileAccess.ReadWrite))
                Posix.Flush(file);
            // A log beside the old file would be replayed into the new one: it is moved into the old file and gone for good before the name changes.
            if (replace && File.Exists(path))
                Settle(path, format, lockTimeout);
            RemoveCompanions(path);
            Posix.FlushDirectory(folder);
            File.Move(unfinished, path, overwrite: replace);
            Posix.FlushDirectory(folder);
        }
        catch (IOException) when (!replace && File.Exists(path))
        {
            TryRemove(unfinished);
            throw Error.StoreExists(format.Noun);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            TryRemove(unfinished);
            throw Error.StoreFailed(format.Noun, inner: failure);
        }
        catch
        {
            TryRemove(unfinished);
            throw;
        }
    }

    /// <summary>Writes the log of a file again as it is read, and flushes it. A flush that failed, here or in a process that has died, leaves bytes which the system shows and the disk does not have, and no later flush brings them: a checkpoint that relied on them would tear the file when the power fails.</summary>
    public static void WriteLogAgain(string path, StoreNoun noun)
    {
        string log = path + "-wal";
        if (new FileInfo(log) is not { Exists: true, Length: > 0 })
            return;
        try
        {
            using SafeFileHandle file = Posix.OpenFile(log, write: true);
            var piece = new byte[1 << 20];
            int read;
            for (long at = 0; (read = RandomAccess.Read(file, piece, at)) > 0; at += read)
                RandomAccess.Write(file, piece.AsSpan(0, read), at);
            Posix.Flush(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Error.StoreFailed(noun, inner: failure);
        }
    }

    /// <summary>Makes the name of a log durable that was made when its file was opened. SQLite flushes the folder too and passes over an error.</summary>
    public static void FlushFolder(string path, StoreNoun noun)
    {
        try
        {
            Posix.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (IOException failure)
        {
            throw Error.StoreFailed(noun, inner: failure);
        }
    }

    /// <summary>Moves the log of a file that is about to be replaced into it and removes the log, if the file is still good enough for that.</summary>
    private static void Settle(string path, SqliteFormat format, TimeSpan lockTimeout)
    {
        int result = raw.sqlite3_open_v2(path, out sqlite3 handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        using (handle)
        {
            if (result == raw.SQLITE_OK)
                result = raw.sqlite3_busy_timeout(handle, SqliteDatabase.Milliseconds(lockTimeout));
            if (result == raw.SQLITE_OK)
                result = raw.sqlite3_exec(handle, "PRAGMA journal_mode=DELETE");
        }
        if ((result & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            throw SqliteFailure.Of(result, format.Noun);
    }

    private static void Remove(string path)
    {
        File.Delete(path);
        RemoveCompanions(path);
    }

    private static void RemoveCompanions(string path)
    {
        foreach (string companion in Companions)
            File.Delete(path + companion);
    }

    /// <summary>Cleans up after a failure that is about to be reported; what stays is removed by the next attempt.</summary>
    private static void TryRemove(string path)
    {
        try
        {
            Remove(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}
