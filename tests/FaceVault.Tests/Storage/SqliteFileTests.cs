using System.Security.Cryptography;
using FaceVault.Storage;
using SQLitePCL;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>What only files can do: be damaged, foreign, newer, half replaced, held by somebody else.</summary>
[Collection(Alone.Name)]
public sealed class SqliteFileTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);
    private readonly StoreFolder folder = new();

    private string KeyPath => folder["keys.db"];

    private SqliteKeyStoreLocation Keys => new(KeyPath, Wait);

    private SqliteTemplateStoreLocation Templates => new(folder["templates.db"], Wait);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_that_is_no_database_is_damaged_and_stays_as_it_is()
    {
        foreach (byte[] content in new[] { [], Blob(1, 10), Blob(1, 99), Blob(2, 4096), Blob(3, 50_000) })
        {
            File.WriteAllBytes(KeyPath, content);
            Fails(VaultErrorCode.StoreDamaged, () => Keys.OpenReader());
            Fails(VaultErrorCode.StoreDamaged, () => Keys.Open());
            Assert.Null(Keys.ReadPlaceId());
            Assert.Equal(content, Read(KeyPath));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_store_that_rests_uses_its_log_again_and_one_that_may_not_lets_it_grow(bool rests)
    {
        using ITemplateStore store = Templates.Create();
        const int bytes = 64 * 1024;
        for (uint slot = 1; slot <= 200; slot++)
        {
            store.Append([new TemplateRow(slot, 0, Blob((int)slot, bytes))]);
            if (rests)
                ((ILoggedStore)store).Rest();
        }

        long log = new FileInfo(folder["templates.db-wal"]).Length;
        Assert.True(rests ? log < 100 * bytes : log > 200 * bytes, $"{log:N0} bytes");
        Assert.Equal(200, Rows(store).Count);
    }

    [Fact]
    public void What_is_read_together_is_of_one_state_and_what_is_read_afterwards_of_the_newest()
    {
        using IKeyStore store = Keys.Create(Blob(9, KeyWrites.PlaceIdSize));
        Assert.True(store.Commit([], [new KeyWrite(KeyTable.Crown, 0, Blob(1, 50)), new KeyWrite(KeyTable.Leaf, 7, Blob(2, 50))], new StoreNumbers(1, 1)));
        using IKeyStoreReader reader = Keys.OpenReader();
        for (int round = 0; round < 3; round++)
        {
            byte[] before = reader.Read(KeyTable.Leaf, 7)!, after = Blob(10 + round, 60);
            using (reader.BeginReading())
            {
                Assert.True(store.Commit(Blob(1, 50), [new KeyWrite(KeyTable.Leaf, 7, after)], new StoreNumbers(1, 2 + round)));
                Assert.Equal(before, reader.Read(KeyTable.Leaf, 7));
                Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
            }

            Assert.Equal(after, reader.Read(KeyTable.Leaf, 7));
            store.Checkpoint();
        }
    }

    [Fact]
    public void A_truncated_file_is_damaged()
    {
        MakeStore(leaves: 20);
        byte[] whole = Read(KeyPath);
        foreach (int length in new[] { 0, 1, 50, 100, 512, 4095, 4096, 8192, 40_960, whole.Length - 4096, whole.Length - 1 })
        {
            File.WriteAllBytes(KeyPath, whole[..length]);
            Fails(VaultErrorCode.StoreDamaged, () =>
            {
                using IKeyStoreReader reader = Keys.OpenReader();
                _ = Rows(reader).Count();
            });
            Fails(VaultErrorCode.StoreDamaged, () =>
            {
                using IKeyStore store = Keys.Open();
                _ = Rows(store).Count();
            });
        }
    }

    [Fact]
    public void Pages_overwritten_in_the_middle_are_damaged_and_never_a_crash()
    {
        MakeStore(leaves: 40);
        byte[] whole = Read(KeyPath);
        for (int page = 1; page < whole.Length / 4096; page++)
        {
            byte[] damaged = [.. whole];
            RandomNumberGenerator.Fill(damaged.AsSpan(page * 4096, 4096));
            File.WriteAllBytes(KeyPath, damaged);
            try
            {
                using IKeyStoreReader reader = Keys.OpenReader();
                _ = Rows(reader).Count();
            }
            catch (VaultException failure)
            {
                Assert.Equal(VaultErrorCode.StoreDamaged, failure.Code);
            }
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_damaged_and_stays_as_it_is()
    {
        using (Templates.Create())
        {
        }
        File.Move(folder["templates.db"], KeyPath);
        byte[] before = Read(KeyPath);
        Fails(VaultErrorCode.StoreDamaged, () => Keys.Open());
        Fails(VaultErrorCode.StoreDamaged, () => Keys.OpenReader());
        Assert.Equal(before, Read(KeyPath));
    }

    [Theory]
    [InlineData("DROP TABLE draft")]
    [InlineData("CREATE TABLE more (id INTEGER PRIMARY KEY)")]
    [InlineData("CREATE TRIGGER keep AFTER DELETE ON leaf BEGIN INSERT INTO draft VALUES (old.id, old.blob); END")]
    [InlineData("CREATE INDEX more ON leaf (blob)")]
    [InlineData("PRAGMA user_version = 0")]
    public void Tables_that_are_not_ours_are_refused(string change)
    {
        MakeStore(leaves: 2);
        Execute(KeyPath, change);
        Fails(VaultErrorCode.StoreDamaged, () => Keys.Open());
        Fails(VaultErrorCode.StoreDamaged, () => Keys.OpenReader());
    }

    [Fact]
    public void A_newer_format_is_refused_by_its_version_and_stays_as_it_is()
    {
        MakeStore(leaves: 2);
        using (Templates.Create())
        {
        }
        Execute(KeyPath, "PRAGMA user_version = 3; ALTER TABLE leaf ADD COLUMN more BLOB");
        Execute(folder["templates.db"], "PRAGMA user_version = 2");
        byte[] before = Read(KeyPath);
        Assert.Contains("format 3", Fails(VaultErrorCode.FormatTooNew, () => Keys.Open()).Message, StringComparison.Ordinal);
        Fails(VaultErrorCode.FormatTooNew, () => Keys.OpenReader());
        Fails(VaultErrorCode.FormatTooNew, () => Templates.Open());
        Fails(VaultErrorCode.FormatTooNew, () => Templates.OpenReader());
        Assert.Equal(before, Read(KeyPath));
    }

    [Fact]
    public void An_older_format_is_refused_by_its_version_and_stays_as_it_is()
    {
        MakeStore(leaves: 2);
        Execute(KeyPath, "PRAGMA user_version = 1");
        byte[] before = Read(KeyPath);
        Assert.Contains("format 1", Fails(VaultErrorCode.FormatTooOld, () => Keys.Open()).Message, StringComparison.Ordinal);
        Fails(VaultErrorCode.FormatTooOld, () => Keys.OpenReader());
        Assert.Equal(before, Read(KeyPath));
    }

    [Fact]
    public void A_reader_changes_no_byte_of_a_copy_that_still_has_a_log()
    {
        using IKeyStore store = Keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1)), new(KeyTable.Leaf, 1, Blob(1, 8104))], new(1, 1));
        using StoreFolder copy = folder.Copy();
        byte[] database = Read(copy["keys.db"]);
        Assert.True(new FileInfo(copy["keys.db-wal"]).Length > 0);
        var location = new SqliteKeyStoreLocation(copy["keys.db"], Wait);
        using (IKeyStoreReader reader = location.OpenReader())
        {
            Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
            Assert.Equal(2, Rows(reader).Count());
        }
        Assert.Equal(Blob(1, 16), location.ReadPlaceId());
        Assert.Equal(database, Read(copy["keys.db"]));
        using (IKeyStore again = location.Open())
            Assert.Equal(Blob(1), again.Read(KeyTable.Crown, 0));
        Assert.NotEqual(database, Read(copy["keys.db"]));
    }

    [Fact]
    public void A_copy_of_the_disk_made_after_a_commit_shows_it_and_a_log_cut_anywhere_shows_a_whole_commit()
    {
        using IKeyStore store = Keys.Create(Blob(1, 16));
        for (int number = 1; number <= 3; number++)
            store.Commit(number == 1 ? [] : Blob(number - 1), [Crown(Blob(number)), new(KeyTable.Leaf, number, Blob(number, 8104)), new(KeyTable.Leaf, 0, Blob(number))], new(1, number));
        using StoreFolder copy = folder.Copy();
        using (IKeyStoreReader reader = new SqliteKeyStoreLocation(copy["keys.db"], Wait).OpenReader())
            Assert.Equal(new StoreNumbers(1, 3), reader.ReadNumbers());
        byte[] database = Read(copy["keys.db"]);
        byte[] log = Read(copy["keys.db-wal"]);
        var seen = new HashSet<long>();
        for (int length = 0; length <= log.Length; length = length == log.Length ? length + 1 : Math.Min(length + 1999, log.Length))
        {
            using var torn = new StoreFolder();
            File.WriteAllBytes(torn["keys.db"], database);
            File.WriteAllBytes(torn["keys.db-wal"], log[..length]);
            using IKeyStore old = new SqliteKeyStoreLocation(torn["keys.db"], Wait).Open();
            int number = (int)old.ReadNumbers().Commit;
            seen.Add(number);
            Assert.Equal(number == 0 ? null : Blob(number), old.Read(KeyTable.Crown, 0));
            Assert.Equal(number == 0 ? null : Blob(number), old.Read(KeyTable.Leaf, 0));
            Assert.Equal(Enumerable.Range(number == 0 ? 1 : 0, number == 0 ? 0 : number + 1).Select(i => (long)i), old.Scan(KeyTable.Leaf).Select(r => r.Key));
            Assert.True(old.Commit(number == 0 ? [] : Blob(number), [Crown(Blob(50))], new(1, 50)));
        }
        Assert.Equal([0L, 1, 2, 3], seen.Order());
    }

    [Fact]
    public void A_writer_that_waits_in_vain_says_so_and_may_try_again()
    {
        using IKeyStore store = Keys.Create(Blob(1, 16));
        using ITemplateStore templates = Templates.Create();
        using (Hold(KeyPath))
        using (Hold(folder["templates.db"]))
        {
            Fails(VaultErrorCode.VaultInUse, () => store.Commit([], [Crown(Blob(1))], new(1, 1)));
            Fails(VaultErrorCode.VaultInUse, () => templates.Append([new(1, 0, Blob(1))]));
            Assert.Null(store.Read(KeyTable.Crown, 0));
        }
        Assert.True(store.Commit([], [Crown(Blob(1))], new(1, 1)));
        templates.Append([new(1, 0, Blob(1))]);
        Assert.Single(Rows(templates));
    }

    [Fact]
    public void Nothing_stays_beside_a_file_that_was_closed()
    {
        MakeStore(leaves: 5);
        using (ITemplateStore templates = Templates.Create())
            templates.Append([new(1, 0, Blob(1))]);
        Assert.Equal(["keys.db", "templates.db"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_replaced_mirror_does_not_replay_the_log_of_the_old_one()
    {
        MakeStore(leaves: 3);
        var mirror = new SqliteKeyStoreLocation(folder["mirror.db"], Wait);
        using (IKeyStore old = mirror.Create(Blob(2, 16)))
        {
            old.Commit([], [Crown(Blob(7)), .. Enumerable.Range(0, 50).Select(i => new KeyWrite(KeyTable.Leaf, i, Blob(i, 8104)))], new(9, 9));
            using StoreFolder copy = folder.Copy();
            var crashed = new SqliteKeyStoreLocation(copy["mirror.db"], Wait);
            File.WriteAllText(copy["mirror.db.new"], "left by a crash");
            File.WriteAllText(copy["mirror.db.new-wal"], "left by a crash");
            crashed.CopyFrom(Keys, Blob(3, 16));
            CheckReplaced(crashed);

            using StoreFolder second = folder.Copy();
            File.WriteAllBytes(second["mirror.db"], Blob(4, 9000));
            var damaged = new SqliteKeyStoreLocation(second["mirror.db"], Wait);
            damaged.CopyFrom(Keys, Blob(3, 16));
            CheckReplaced(damaged);
            Assert.Equal(["mirror.db"], Directory.GetFiles(second.Path, "mirror*").Select(Path.GetFileName));
        }

        void CheckReplaced(SqliteKeyStoreLocation place)
        {
            using IKeyStoreReader original = Keys.OpenReader();
            using IKeyStore store = place.Open();
            Assert.Equal(Rows(original), Rows(store));
            Assert.Equal(Blob(3, 16), place.ReadPlaceId());
        }
    }

    [Fact]
    public void A_mirror_that_somebody_has_open_is_not_replaced()
    {
        MakeStore(leaves: 3);
        var mirror = new SqliteKeyStoreLocation(folder["mirror.db"], Wait);
        using IKeyStore open = mirror.Create(Blob(2, 16));
        open.Commit([], [Crown(Blob(7))], new(1, 1));
        Fails(VaultErrorCode.VaultInUse, () => mirror.CopyFrom(Keys, Blob(3, 16)));
        Assert.Equal(Blob(7), open.Read(KeyTable.Crown, 0));
        Assert.Equal(Blob(2, 16), mirror.ReadPlaceId());
        Assert.False(File.Exists(folder["mirror.db.new"]));
    }

    [Fact]
    public void Messages_name_no_path_and_no_value()
    {
        File.WriteAllBytes(KeyPath, Blob(1));
        string message = Fails(VaultErrorCode.StoreDamaged, () => Keys.Open()).ToString();
        Assert.DoesNotContain(folder.Path, message, StringComparison.Ordinal);
        Assert.DoesNotContain("keys.db", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_missing_says_so()
    {
        var place = new SqliteKeyStoreLocation(Path.Combine(folder["nowhere"], "keys.db"), Wait);
        Fails(VaultErrorCode.StoreFailed, () => place.Create(Blob(1, 16)));
        Fails(VaultErrorCode.StoreMissing, () => place.Open());
        Fails(VaultErrorCode.StoreFailed, () => place.CopyFrom(MakeStore(leaves: 1), Blob(1, 16)));
    }

    private static byte[] Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static void Execute(string path, string sql)
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out sqlite3 database, raw.SQLITE_OPEN_READWRITE, null));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
        database.Dispose();
    }

    private static sqlite3 Hold(string path)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out sqlite3 database, raw.SQLITE_OPEN_READWRITE, null));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, "BEGIN IMMEDIATE"));
        return database;
    }

    private SqliteKeyStoreLocation MakeStore(int leaves)
    {
        using IKeyStore store = Keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1)), .. Enumerable.Range(0, leaves).Select(i => new KeyWrite(KeyTable.Leaf, i, Blob(i, 8104)))], new(1, 1));
        return Keys;
    }
}
