namespace FaceVault.Storage;

/// <summary>A template store as one SQLite file (and, while it is open, its <c>-wal</c> and <c>-shm</c> companions).</summary>
/// <remarks>Table and columns: docs/formats.md. Never open the file by other means while the process has it open: closing any descriptor of it drops SQLite's locks.</remarks>
internal sealed class SqliteTemplateStoreLocation : ITemplateStoreLocation
{
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
        return new SqliteTemplateReader(SqliteDatabase.OpenReader(path, SqliteFormat.TemplateStore, lockTimeout));
    }

    private void CheckExists()
    {
        if (!Exists)
            throw Error.StoreMissing(StoreNoun.TemplateStore);
    }
}
