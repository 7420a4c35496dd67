namespace FaceVault.Storage;

/// <summary>Applies write sets inside a transaction, with statements that are kept.</summary>
internal sealed class SqliteKeyWriter(SqliteDatabase database)
{
    private const int RowOverhead = 32;

    private readonly SqliteStatement?[] put = new SqliteStatement?[(int)KeyTable.Certificate + 1];
    private readonly SqliteStatement?[] delete = new SqliteStatement?[(int)KeyTable.Certificate + 1];
    private SqliteStatement? setNumbers;

    /// <summary>Writes the rows and the numbers, and answers about how many bytes that was.</summary>
    public long Apply(IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        long bytes = RowOverhead;
        // In the order of the tree each page is visited once. OrderBy is stable, so of two writes to one row the later one still wins.
        foreach (KeyWrite write in writes.OrderBy(w => ((Int128)(byte)w.Table << 64) | w.Key))
        {
            int table = (int)write.Table;
            string name = SqliteFormat.NameOf(write.Table);
            if (write.Blob.IsEmpty)
                (delete[table] ??= database.Keep($"DELETE FROM {name} WHERE id = ?1")).Bind(1, write.Key).Run();
            else
                (put[table] ??= database.Keep($"INSERT OR REPLACE INTO {name} (id, blob) VALUES (?1, ?2)")).Bind(1, write.Key).Bind(2, write.Blob.Span).Run();
            bytes += write.Blob.Length + RowOverhead;
        }
        (setNumbers ??= database.Keep("UPDATE numbers SET epoch = ?1, number = ?2 WHERE id = 0")).Bind(1, numbers.Epoch).Bind(2, numbers.Commit).Run();
        return bytes;
    }
}
