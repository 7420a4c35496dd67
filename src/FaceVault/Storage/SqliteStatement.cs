using SQLitePCL;

namespace FaceVault.Storage;

/// <summary>A prepared statement. Every return code is checked; errors carry no values.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3_stmt statement;
    private readonly StoreNoun noun;

    public SqliteStatement(sqlite3 database, StoreNoun noun, string sql)
    {
        this.noun = noun;
        int result = raw.sqlite3_prepare_v2(database, sql, out statement);
        if (result != raw.SQLITE_OK)
            throw SqliteFailure.Of(result, noun);
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    /// <summary>True: there is a row. False: it is done.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(statement);
        return result switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw SqliteFailure.Of(result, noun),
        };
    }

    /// <summary>Runs a statement that answers nothing and makes it ready for the next values.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    /// <summary>The bytes of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>Ends the read transaction of this statement. Its return code repeats the one of the last step, which was checked there.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement);

    /// <summary>Finalises; the code repeats the one of the last step.</summary>
    public void Dispose() => statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw SqliteFailure.Of(result, noun);
    }
}
