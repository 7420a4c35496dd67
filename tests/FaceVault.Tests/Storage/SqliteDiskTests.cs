using FaceVault.Storage;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>A disk that is full or cannot be written: the error says so and what was there stays.</summary>
[Collection(Alone.Name)]
public sealed class SqliteDiskTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void No_room_for_the_index_of_a_log_is_a_full_disk_too()
    {
        VaultException failure = SqliteFailure.Of(4874, StoreNoun.KeyStore); // SQLITE_IOERR_SHMSIZE, as reading a store with a log on a full disk answers

        Assert.Equal(VaultErrorCode.StoreFailed, failure.Code);
        Assert.Contains("is full", failure.Message, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public void A_full_disk_fails_the_commit_and_leaves_the_old_state()
    {
        using var disk = new SmallDisk(1024);
        var place = new SqliteKeyStoreLocation(disk["keys.db"], Wait);
        int committed = 0;
        using (IKeyStore store = place.Create(Blob(1, 16)))
        {
            VaultException? failure = null;
            while (failure is null)
            {
                try
                {
                    Assert.True(store.Commit(committed == 0 ? [] : Blob(committed), Writes(committed + 1), new(1, committed + 1)));
                    committed++;
                }
                catch (VaultException e)
                {
                    failure = e;
                }
            }
            Assert.Equal(VaultErrorCode.StoreFailed, failure.Code);
            Assert.Contains("full", failure.Message, StringComparison.Ordinal);
            Fails(VaultErrorCode.StoreFailed, () => store.Read(KeyTable.Crown, 0));
        }
        Assert.InRange(committed, 2, 100);
        disk.Resize(4096);
        using IKeyStore again = place.Open();
        Assert.Equal(new StoreNumbers(1, committed), again.ReadNumbers());
        Assert.Equal(Enumerable.Range(1, committed).SelectMany(Writes).Where(w => w.Table == KeyTable.Leaf).Select(w => w.Key), again.Scan(KeyTable.Leaf).Select(r => r.Key));
        again.Checkpoint();
        Assert.True(again.Commit(Blob(committed), Writes(committed + 1), new(1, committed + 1)));

        static KeyWrite[] Writes(int number) => [Crown(Blob(number)), .. Enumerable.Range(number * 10, 8).Select(i => new KeyWrite(KeyTable.Leaf, i, Blob(i, 8104)))];
    }

    [SmallDiskFact]
    public void A_full_disk_fails_an_append_and_leaves_the_old_rows()
    {
        using var disk = new SmallDisk(1024);
        var place = new SqliteTemplateStoreLocation(disk["templates.db"], Wait);
        using (ITemplateStore store = place.Create())
        {
            store.Append(Rows(1, 100));
            Fails(VaultErrorCode.StoreFailed, () => store.Append(Rows(1000, 2000)));
        }
        using ITemplateStore again = place.Open();
        Assert.Equal(100, StoreAssert.Rows(again).Count);
        Assert.Equal(100, again.DeleteFrom(1));

        static TemplateRow[] Rows(int first, int count) => [.. Enumerable.Range(first, count).Select(i => new TemplateRow((uint)i, 0, Blob(i)))];
    }

    [SmallDiskFact]
    public void A_full_disk_fails_a_checkpoint_and_loses_nothing()
    {
        using var disk = new SmallDisk(1024);
        var place = new SqliteTemplateStoreLocation(disk["templates.db"], Wait);
        using (ITemplateStore store = place.Create())
        {
            store.Append([.. Enumerable.Range(1, 900).Select(i => new TemplateRow((uint)i, 0, Blob(i)))]);
            Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
        }
        disk.Resize(4096);
        using ITemplateStore again = place.Open();
        Assert.Equal(Enumerable.Range(1, 900).Select(i => Convert.ToHexString(Blob(i))), Rows(again).Select(r => r.Blob));
        again.Checkpoint();
    }

    [SmallDiskFact]
    public void A_full_disk_fails_a_copy_and_leaves_the_old_mirror()
    {
        using var folder = new StoreFolder();
        var primary = new SqliteKeyStoreLocation(folder["keys.db"], Wait);
        using IKeyStore store = primary.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1)), .. Enumerable.Range(0, 300).Select(i => new KeyWrite(KeyTable.Leaf, i, Blob(i, 8104)))], new(1, 1));
        using var disk = new SmallDisk(1024);
        var mirror = new SqliteKeyStoreLocation(disk["keys.db"], Wait);
        using (IKeyStore old = mirror.Create(Blob(2, 16)))
            old.Commit([], [Crown(Blob(5))], new(1, 1));
        Fails(VaultErrorCode.StoreFailed, () => mirror.CopyFrom(primary, Blob(3, 16)));
        Assert.Equal(["keys.db"], Directory.GetFiles(disk.Path).Select(Path.GetFileName));
        Assert.Equal(Blob(2, 16), mirror.ReadPlaceId());
        disk.Resize(8192);
        mirror.CopyFrom(primary, Blob(3, 16));
        Assert.Equal(Blob(3, 16), mirror.ReadPlaceId());
    }

    [SmallDiskFact]
    public void A_read_only_disk_can_be_read_and_not_be_written()
    {
        using var disk = new SmallDisk(1024);
        var keys = new SqliteKeyStoreLocation(disk["keys #1 100%.db"], Wait);
        var templates = new SqliteTemplateStoreLocation(disk["templates.db"], Wait);
        using (IKeyStore store = keys.Create(Blob(1, 16)))
            store.Commit([], [Crown(Blob(1))], new(1, 1));
        using (ITemplateStore store = templates.Create())
            store.Append([new(1, 0, Blob(1))]);
        disk.MakeReadOnly();
        Assert.Equal(Blob(1, 16), keys.ReadPlaceId());
        using (IKeyStoreReader reader = keys.OpenReader())
            Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
        using (ITemplateReader reader = templates.OpenReader())
            Assert.Single(Rows(reader));
        Assert.Contains("read-only", Fails(VaultErrorCode.StoreFailed, () => keys.Open()).Message, StringComparison.Ordinal);
        Assert.Contains("read-only", Fails(VaultErrorCode.StoreFailed, () => templates.Open()).Message, StringComparison.Ordinal);
        Fails(VaultErrorCode.StoreFailed, () => new SqliteKeyStoreLocation(disk["more.db"], Wait).Create(Blob(1, 16)));
        Fails(VaultErrorCode.StoreFailed, () => keys.CopyFrom(keys, Blob(1, 16)));
    }

    [SmallDiskFact]
    public void A_log_on_a_read_only_disk_is_read_or_refused_and_never_left_out()
    {
        using var folder = new StoreFolder();
        using IKeyStore store = new SqliteKeyStoreLocation(folder["keys.db"], Wait).Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        foreach (bool withIndex in new[] { true, false })
        {
            using var disk = new SmallDisk(1024);
            using (StoreFolder copy = folder.Copy())
            {
                foreach (string file in Directory.GetFiles(copy.Path).Where(f => withIndex || !f.EndsWith("-shm", StringComparison.Ordinal)))
                    File.Copy(file, disk[Path.GetFileName(file)]);
            }
            disk.MakeReadOnly();
            var place = new SqliteKeyStoreLocation(disk["keys.db"], Wait);
            try
            {
                using IKeyStoreReader reader = place.OpenReader();
                Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
            }
            catch (VaultException failure)
            {
                Assert.Equal(VaultErrorCode.StoreFailed, failure.Code);
                Assert.Contains("write-ahead log", failure.Message, StringComparison.Ordinal);
            }
        }
    }
}
