using FaceVault.Interop;

namespace FaceVault.Storage;

/// <summary>A key store as one SQLite file (and, while it is open, its <c>-wal</c> and <c>-shm</c> companions).</summary>
/// <remarks>Tables and columns: docs/formats.md. Never open the file by other means while the process has it open: closing any descriptor of it drops SQLite's locks.</remarks>
internal sealed class SqliteKeyStoreLocation : IKeyStoreLocation
{
    private readonly string path;
    private readonly TimeSpan lockTimeout;

    /// <summary>Names the place; no I/O.</summary>
    /// <param name="path">The file; its folder must exist when it is made.</param>
    /// <param name="lockTimeout">How long a writer waits for another one, and a checkpoint for readers. Zero: not at all.</param>
    public SqliteKeyStoreLocation(string path, TimeSpan lockTimeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(lockTimeout, TimeSpan.Zero);
        this.path = path;
        this.lockTimeout = lockTimeout;
    }

    public string Medium => "SQLite file on " + FileSystemName.Of(Path.GetDirectoryName(Path.GetFullPath(path))!);

    public string Description => path;

    public bool Exists => File.Exists(path);

    public IKeyStore Create(ReadOnlySpan<byte> placeId)
    {
        KeyWrites.CheckPlaceId(placeId);
        byte[] place = placeId.ToArray();
        SqliteFile.Make(path, SqliteFormat.KeyStore, replace: false, lockTimeout, database => SqliteKeyStore.Begin(database, place));
        return Open();
    }

    public IKeyStore Open()
    {
        CheckExists();
        return new SqliteKeyStore(SqliteDatabase.OpenWriter(path, SqliteFormat.KeyStore, lockTimeout));
    }

    public IKeyStoreReader OpenReader()
    {
        CheckExists();
        return new SqliteKeyStoreReader(SqliteDatabase.OpenReader(path, SqliteFormat.KeyStore, lockTimeout));
    }

    public IKeyStoreReader OpenWithoutTrace()
    {
        CheckExists();
        return new SqliteKeyStoreReader(SqliteDatabase.OpenWithoutTrace(path, SqliteFormat.KeyStore, lockTimeout));
    }

    public byte[]? ReadPlaceId()
    {
        if (!Exists)
            return null;
        try
        {
            using var reader = new SqliteKeyStoreReader(SqliteDatabase.OpenWithoutTrace(path, SqliteFormat.KeyStore, lockTimeout));
            return reader.ReadPlaceId();
        }
        catch (VaultException)
        {
            return null;
        }
    }

    public void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId)
    {
        ArgumentNullException.ThrowIfNull(source);
        KeyWrites.CheckPlaceId(placeId);
        byte[] place = placeId.ToArray();
        using IKeyStoreReader reader = source.OpenReader();
        SqliteFile.Make(path, SqliteFormat.KeyStore, replace: true, lockTimeout, database =>
        {
            SqliteKeyStore.Begin(database, place);
            var rows = new SqliteKeyWriter(database);
            KeyStoreCopy.Read(reader, (writes, numbers) => database.Write(() => rows.Apply(writes, numbers)));
        });
    }

    private void CheckExists()
    {
        if (!Exists)
            throw Error.StoreMissing(StoreNoun.KeyStore);
    }
}
