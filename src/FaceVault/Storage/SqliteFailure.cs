using System.Globalization;
using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>The result code of SQLite behind a <see cref="VaultException"/>, in SQLite's own general words: never a name, a path or a value.</summary>
internal sealed class SqliteFailure : Exception
{
    private const int ShortRead = raw.SQLITE_IOERR | (2 << 8);

    /// <summary>The index of the log cannot be made: 32 KiB more are wanted than the disk has.</summary>
    private const int NoRoomForIndex = raw.SQLITE_IOERR | (19 << 8);

    private SqliteFailure(int result)
        : base(string.Create(CultureInfo.InvariantCulture, $"SQLite says \"{raw.sqlite3_errstr(result).utf8_to_string()}\" ({result})")) => Result = result;

    /// <summary>The extended result code.</summary>
    public int Result { get; }

    /// <summary>Says a result code in the words of the library.</summary>
    public static VaultException Of(int result, StoreNoun noun)
    {
        var cause = new SqliteFailure(result);
        return (result & 0xff) switch
        {
            _ when result == ShortRead => Error.StoreDamaged(noun, cause.Message, cause),
            _ when result == NoRoomForIndex => Error.StoreFull(noun, cause),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Error.StoreInUse(noun, cause),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT or raw.SQLITE_ERROR or raw.SQLITE_SCHEMA or raw.SQLITE_MISMATCH or raw.SQLITE_CONSTRAINT =>
                Error.StoreDamaged(noun, cause.Message, cause),
            raw.SQLITE_FULL => Error.StoreFull(noun, cause),
            raw.SQLITE_READONLY => Error.StoreReadOnly(noun, cause),
            _ => Error.StoreFailed(noun, cause.Message, cause),
        };
    }

    /// <summary>Whether the file could not be opened in the way asked, as on a folder that cannot be written or a disk that is full.</summary>
    public static bool IsRefusedOpening(VaultException failure) =>
        failure.InnerException is SqliteFailure { Result: var result } && (result == NoRoomForIndex || (result & 0xff) is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY);

    /// <summary>Whether there was no room for what reading needs.</summary>
    public static bool IsNoRoom(VaultException failure) => failure.InnerException is SqliteFailure { Result: NoRoomForIndex };
}
