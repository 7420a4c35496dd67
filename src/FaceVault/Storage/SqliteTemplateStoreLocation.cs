namespace FaceVault.Storage;

/// <summary>A template store as one SQLite file (and, while it is open, its <c>-wal</c> and <c>-shm</c> companions).</summary>
/// <remarks>Table and columns: docs/formats.md. Never open the file by other means while the process has it open: closing any descriptor of it drops SQLite's locks.</remarks>
internal sealed class SqliteTemplateStoreLocation : ITemplateStoreLocation
{
    private const int BatchRows = 4096;

    /// <summary>Enough for the inner pages of a million templates; the others are read once, and by several readers at a time.</summary>
    private const int ReaderCacheKilobytes = 4 * 1024;

    private readonly string path;
    private readonly TimeSpan lockTimeout;

    /// <summary>Names the place; no I/O.</summary>
    /// <param name="path">The file; its folder must exist when it is made.</param>
    /// <param name="lockTimeout">How long a writer waits for another one, and a checkpoint for readers. Zero: not at all.</param>
    public SqliteTemplateStoreLocation(string path, TimeSpan lockTimeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(lockTimeout, TimeSpan.Zero);
        this.path = path;
        this.lockTimeout = lockTimeout;
    }

    public bool Exists => File.Exists(path);

    public ITemplateStore Create()
    {
        SqliteFile.Make(path, SqliteFormat.TemplateStore, replace: false, lockTimeout, _ => { });
        return Open();
    }

    public ITemplateStore Open()
    {
        CheckExists();
        return new SqliteTemplateStore(SqliteDatabase.OpenWriter(path, SqliteFormat.TemplateStore, lockTimeout));
    }

    public ITemplateReader OpenReader()
    {
        CheckExists();
        return new SqliteTemplateReader(SqliteDatabase.OpenReader(path, SqliteFormat.TemplateStore with { CacheKilobytes = ReaderCacheKilobytes }, lockTimeout));
    }

    /// <summary>Replaces whatever is there by a copy of another store's rows; atomic: a crash leaves the old or the new. Every connection to this place must be closed.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/> here, or as <see cref="OpenReader"/> of the source; <see cref="VaultErrorCode.VaultInUse"/> when somebody has this place open.</exception>
    public void CopyFrom(SqliteTemplateStoreLocation source)
    {
        using ITemplateReader reader = source.OpenReader();
        SqliteFile.Make(path, SqliteFormat.TemplateStore, replace: true, lockTimeout, database =>
        {
            var store = new SqliteTemplateStore(database); // the connection is the file's
            var rows = new List<TemplateRow>(BatchRows);
            reader.Scan(1, uint.MaxValue, (slot, ordinal, blob) =>
            {
                rows.Add(new TemplateRow(slot, ordinal, blob.ToArray()));
                if (rows.Count == BatchRows)
                {
                    store.Append(rows);
                    rows.Clear();
                }

                return true;
            });
            store.Append(rows);
        });
    }

    /// <summary>Makes a consistent copy of this store at another place while it is in use. Nothing half-written is left under the final name.</summary>
    /// <param name="target">The copy's file.</param>
    /// <param name="sift">Deletes from the copy what is not to be kept, before it has its name.</param>
    /// <param name="progress">Told how many bytes are copied.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <exception cref="VaultException">As <see cref="OpenReader"/>; <see cref="VaultErrorCode.VaultExists"/>: a store is there already; <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    public void BackUpTo(string target, Action<ITemplateStore> sift, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        CheckExists();
        using SqliteDatabase source = SqliteDatabase.OpenReader(path, SqliteFormat.TemplateStore, lockTimeout);
        SqliteFile.Make(target, SqliteFormat.TemplateStore, replace: false, lockTimeout, database =>
        {
            SqliteBackup.Copy(source, database, SqliteFormat.TemplateStore.Noun, progress, cancellationToken);
            sift(new SqliteTemplateStore(database)); // the connection is the file's
        });
    }

    private void CheckExists()
    {
        if (!Exists)
            throw Error.StoreMissing(StoreNoun.TemplateStore);
    }
}
