namespace FaceVault.Storage;

/// <summary>A connection to a key store file that reads and writes. One flush a commit; the connection is closed after a failed one.</summary>
internal sealed class SqliteKeyStore(SqliteDatabase database) : SqliteKeyStoreReader(database), IKeyStore, ILoggedStore
{
    private readonly SqliteKeyWriter rows = new(database);
    private SqliteStatement? readCrown;

    public long Flushes => Database.Flushes;

    /// <summary>Writes the one-row tables of a new file.</summary>
    public static void Begin(SqliteDatabase database, byte[] placeId)
    {
        using SqliteStatement place = database.Prepare("INSERT INTO place (id, place) VALUES (0, ?1)");
        using SqliteStatement numbers = database.Prepare("INSERT INTO numbers (id, epoch, number) VALUES (0, 0, 0)");
        database.Write(() =>
        {
            place.Bind(1, placeId).Run();
            numbers.Run();
            return 0;
        });
    }

    public bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        KeyWrites.Check(writes);
        byte[] expected = expectedCrown.ToArray();
        return Database.Write(() => CrownIs(expected) ? rows.Apply(writes, numbers) : -1);
    }

    public void Checkpoint() => Database.Checkpoint();

    public void Rest() => Database.Rest();

    private bool CrownIs(ReadOnlySpan<byte> expected)
    {
        readCrown ??= Database.Keep("SELECT blob FROM crown WHERE id = 0");
        try
        {
            return readCrown.Step() ? readCrown.Blob(0).SequenceEqual(expected) : expected.IsEmpty;
        }
        finally
        {
            readCrown.Reset();
        }
    }
}
