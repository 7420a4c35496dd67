namespace FaceVault.Storage;

/// <summary>What makes a SQLite file one of ours: application id, version and the exact statements of its schema.</summary>
internal sealed record SqliteFormat(StoreNoun Noun, int ApplicationId, int Version, IReadOnlyList<string> Tables, int CacheKilobytes)
{
    /// <summary>Version 2 of <c>keys.db</c>. Blobs are sealed; the place id and two counters are all that stands in the clear.</summary>
    public static SqliteFormat KeyStore { get; } = new(
        StoreNoun.KeyStore,
        ApplicationId: 0x4656_4b53, // "FVKS"
        Version: 2,
        [
            "CREATE TABLE place (id INTEGER PRIMARY KEY CHECK (id = 0), place BLOB NOT NULL) STRICT",
            "CREATE TABLE numbers (id INTEGER PRIMARY KEY CHECK (id = 0), epoch INTEGER NOT NULL, number INTEGER NOT NULL) STRICT",
            .. KeyTables.Select(BlobTable),
        ],
        CacheKilobytes: 32 * 1024);

    /// <summary>Version 1 of <c>templates.db</c>.</summary>
    public static SqliteFormat TemplateStore { get; } = new(
        StoreNoun.TemplateStore,
        ApplicationId: 0x4656_5453, // "FVTS"
        Version: 1,
        [BlobTable(TemplateTable)],
        CacheKilobytes: 16 * 1024);

    public const string TemplateTable = "template";

    private static IEnumerable<string> KeyTables
    {
        get
        {
            for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
                yield return NameOf(table);
        }
    }

    public static string NameOf(KeyTable table) => table switch
    {
        KeyTable.Crown => "crown",
        KeyTable.Branch => "branch",
        KeyTable.Leaf => "leaf",
        KeyTable.Ledger => "ledger",
        KeyTable.Purpose => "purpose",
        KeyTable.Record => "record",
        KeyTable.Draft => "draft",
        KeyTable.Certificate => "certificate",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "Not a table of a key store."),
    };

    private static string BlobTable(string name) => $"CREATE TABLE {name} (id INTEGER PRIMARY KEY, blob BLOB NOT NULL) STRICT";
}
