using FaceVault.Storage;
using SQLitePCL;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>What was deleted or replaced leaves the files of a store at the next checkpoint. No claim rests on it (the keys do the forgetting), but nothing is left lying about either.</summary>
/// <remarks>SQLite keeps a copy of a row that it moved to another page in the unused part of the first one. So a few rows that were moved and then deleted are still there after
/// heavy deleting, until the page is used again or the file is rebuilt.</remarks>
[Collection(Alone.Name)]
[Trait("Claim", "E1")]
public sealed class SqliteForgettingTests : IDisposable
{
    private const int CanarySize = 32;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private readonly StoreFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Deleted_and_replaced_rows_of_a_key_store_are_nowhere_after_a_checkpoint()
    {
        using IKeyStore store = new SqliteKeyStoreLocation(folder["keys.db"], Wait).Create(Blob(9999, 16));
        KeyWrite[] first = [.. Enumerable.Range(1, 400).Select(i => new KeyWrite(i % 2 == 0 ? KeyTable.Leaf : KeyTable.Record, i, Blob(i, i % 2 == 0 ? 8104 : 700)))];
        Assert.True(store.Commit([], [Crown(Blob(9000, 4096)), .. first], new(1, 1)));
        KeyWrite[] second = [.. first.Where(w => w.Key % 5 < 2).Select(w => w with { Blob = w.Key % 5 == 0 ? default : Blob((int)w.Key + 1000, w.Blob.Length) })];
        Assert.True(store.Commit(Blob(9000, 4096), [Crown(Blob(9001, 4096)), .. second], new(1, 2)));
        int[] dead = [9000, .. second.Select(w => (int)w.Key)];
        int[] living = [9001, .. first.Select(w => (int)w.Key).Except(dead), .. second.Where(w => !w.Blob.IsEmpty).Select(w => (int)w.Key + 1000)];
        Assert.NotEmpty(SeedsOnDisk(dead));
        store.Checkpoint();
        Assert.Empty(SeedsOnDisk(dead));
        Assert.Empty(living.Except(SeedsOnDisk(living)));
        Assert.Equal(0, new FileInfo(folder["keys.db-wal"]).Length);
    }

    [Fact]
    public void Deleted_rows_of_a_template_store_are_nowhere_after_a_checkpoint()
    {
        using ITemplateStore store = new SqliteTemplateStoreLocation(folder["templates.db"], Wait).Create();
        store.Append([.. Enumerable.Range(1, 3000).Select(i => new TemplateRow((uint)i, 0, Blob(i)))]);
        int[] dead = [.. Enumerable.Range(1, 3000).Where(i => i % 7 == 3)];
        Assert.Equal(dead.Length, store.DeleteSlots([.. dead.Select(i => (uint)i)]));
        Assert.NotEmpty(SeedsOnDisk(dead));
        store.Checkpoint();
        Assert.Empty(SeedsOnDisk(dead));
        Assert.Equal(0, new FileInfo(folder["templates.db-wal"]).Length);
    }

    [Fact]
    public void After_heavy_deleting_less_than_one_row_in_a_hundred_lies_about_and_none_once_the_file_is_rebuilt()
    {
        var random = new Random(6);
        var living = new HashSet<int>();
        int next = 1;
        using (ITemplateStore store = new SqliteTemplateStoreLocation(folder["templates.db"], Wait).Create())
        {
            for (int round = 0; round < 20; round++, next += 100)
            {
                store.Append([.. Enumerable.Range(next, 100).Select(i => new TemplateRow((uint)i, 0, Blob(i, 400 + random.Next(400))))]);
                living.UnionWith(Enumerable.Range(next, 100));
                uint[] gone = [.. living.Where(_ => random.Next(3) == 0).Select(i => (uint)i)];
                Assert.Equal(gone.Length, store.DeleteSlots(gone));
                living.ExceptWith(gone.Select(i => (int)i));
            }
            store.Checkpoint();
        }
        int[] dead = [.. Enumerable.Range(1, next - 1).Except(living)];
        Assert.InRange(SeedsOnDisk(dead).Count, 0, dead.Length / 100);
        Assert.Empty(living.Except(SeedsOnDisk(living)));
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(folder["templates.db"], out sqlite3 database, raw.SQLITE_OPEN_READWRITE, null));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, "VACUUM"));
        database.Dispose();
        Assert.Empty(SeedsOnDisk(dead));
    }

    /// <summary>The blobs of whose first 32 bytes any eight stand anywhere in any file.</summary>
    private HashSet<int> SeedsOnDisk(IEnumerable<int> seeds)
    {
        Dictionary<long, int> canaries = seeds
            .SelectMany(seed => Enumerable.Range(0, CanarySize - 7).Select(i => (Word: BitConverter.ToInt64(Blob(seed, CanarySize), i), seed)))
            .ToDictionary(c => c.Word, c => c.seed);
        var found = new HashSet<int>();
        using StoreFolder copy = folder.Copy();
        foreach (string path in Directory.GetFiles(copy.Path))
        {
            using FileStream file = File.OpenRead(path);
            var content = new byte[file.Length];
            file.ReadExactly(content);
            for (int i = 0; i + 8 <= content.Length; i++)
            {
                if (canaries.TryGetValue(BitConverter.ToInt64(content, i), out int seed))
                    found.Add(seed);
            }
        }
        return found;
    }
}
