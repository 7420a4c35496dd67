using FaceVault.Storage;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>What every key store must do. One subclass per kind of store.</summary>
public abstract class KeyStoreConformance : IDisposable
{
    private static readonly byte[] PlaceId = Blob(1, 16);
    private readonly List<IDisposable> open = [];

    private protected abstract IKeyStoreLocation NewPlace();

    public virtual void Dispose()
    {
        foreach (IDisposable connection in open)
            connection.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_new_store_is_empty_and_knows_its_place()
    {
        IKeyStoreLocation place = NewPlace();
        Assert.False(place.Exists);
        Assert.Null(place.ReadPlaceId());
        IKeyStore store = Create(place);
        Assert.True(place.Exists);
        Assert.Equal(PlaceId, place.ReadPlaceId());
        Assert.Equal(default, store.ReadNumbers());
        Assert.Null(store.Read(KeyTable.Crown, 0));
        Assert.Null(store.ReadAtOrBelow(KeyTable.Ledger, long.MaxValue));
        Assert.Empty(Rows(store));
        Assert.NotEqual("", place.Medium);
        Assert.NotEqual("", place.Description);
    }

    [Fact]
    public void Creating_where_something_is_refuses_and_changes_nothing()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Commit([], [Crown(Blob(2))], new(1, 1));
        Fails(VaultErrorCode.VaultExists, () => place.Create(Blob(9, 16)));
        Assert.Equal(PlaceId, place.ReadPlaceId());
        Assert.Equal(Blob(2), store.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void Opening_a_place_with_nothing_says_that_it_is_missing()
    {
        IKeyStoreLocation place = NewPlace();
        Fails(VaultErrorCode.StoreMissing, () => place.Open());
        Fails(VaultErrorCode.StoreMissing, () => place.OpenReader());
        Assert.False(place.Exists);
    }

    [Fact]
    public void A_commit_writes_every_table_and_the_numbers()
    {
        IKeyStore store = Create(NewPlace());
        KeyWrite[] writes = [.. Enum.GetValues<KeyTable>().Where(t => t != KeyTable.None).Select(t => new KeyWrite(t, t == KeyTable.Crown ? 0 : 1000L * (int)t, Blob((int)t)))];
        Assert.True(store.Commit([], writes, new(3, 7)));
        Assert.Equal(new StoreNumbers(3, 7), store.ReadNumbers());
        foreach (KeyWrite write in writes)
            Assert.Equal(write.Blob.ToArray(), store.Read(write.Table, write.Key));
        Assert.Equal(writes.Length, Rows(store).Count());
    }

    [Fact]
    public void A_commit_replaces_and_deletes_in_the_order_of_the_write_set()
    {
        IKeyStore store = Create(NewPlace());
        store.Commit([], [Crown(Blob(1)), new(KeyTable.Leaf, 1, Blob(1, 8104)), new(KeyTable.Leaf, 2, Blob(2, 8104)), new(KeyTable.Leaf, 3, Blob(3, 8104))], new(1, 1));
        Assert.True(store.Commit(Blob(1), [Crown(Blob(2, 4096)), new(KeyTable.Leaf, 1, Blob(4, 100)), new(KeyTable.Leaf, 2, default), new(KeyTable.Leaf, 3, default),
            new(KeyTable.Leaf, 3, Blob(5)), new(KeyTable.Leaf, 99, default)], new(1, 2)));
        Assert.Equal(Blob(4, 100), store.Read(KeyTable.Leaf, 1));
        Assert.Null(store.Read(KeyTable.Leaf, 2));
        Assert.Equal(Blob(5), store.Read(KeyTable.Leaf, 3));
        Assert.Equal(Blob(2, 4096), store.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_commit_over_another_crown_is_refused_and_changes_nothing()
    {
        IKeyStore store = Create(NewPlace());
        Assert.False(store.Commit(Blob(1), [Crown(Blob(2)), new(KeyTable.Record, 5, Blob(5))], new(1, 1)));
        Assert.True(store.Commit([], [Crown(Blob(1))], new(1, 1)));
        byte[] almost = Blob(1);
        almost[^1] ^= 1;
        foreach (byte[] wrong in new[] { [], almost, Blob(1)[..^1], [.. Blob(1), 0] })
            Assert.False(store.Commit(wrong, [Crown(Blob(2)), new(KeyTable.Record, 5, Blob(5))], new(9, 9)));
        Assert.Equal(Blob(1), store.Read(KeyTable.Crown, 0));
        Assert.Null(store.Read(KeyTable.Record, 5));
        Assert.Equal(new StoreNumbers(1, 1), store.ReadNumbers());
        Assert.True(store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
    }

    [Fact]
    public void Two_writers_of_one_place_see_each_others_crown()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore first = Create(place);
        IKeyStore second = Keep(place.Open());
        Assert.True(first.Commit([], [Crown(Blob(1))], new(1, 1)));
        Assert.False(second.Commit([], [Crown(Blob(2))], new(1, 1)));
        Assert.True(second.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
        Assert.Equal(Blob(2), first.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void What_was_committed_is_there_after_opening_again()
    {
        IKeyStoreLocation place = NewPlace();
        using (IKeyStore store = place.Create(PlaceId))
        {
            store.Commit([], [Crown(Blob(1)), new(KeyTable.Certificate, long.MaxValue, Blob(7, 70_000))], new(1, 1));
            store.Checkpoint();
            store.Commit(Blob(1), [Crown(Blob(2))], new(2, 2));
        }
        IKeyStore again = Keep(place.Open());
        Assert.Equal(Blob(2), again.Read(KeyTable.Crown, 0));
        Assert.Equal(Blob(7, 70_000), again.Read(KeyTable.Certificate, long.MaxValue));
        Assert.Equal(new StoreNumbers(2, 2), again.ReadNumbers());
        Assert.Equal(PlaceId, place.ReadPlaceId());
    }

    [Fact]
    public void A_scan_goes_upwards_within_its_bounds()
    {
        IKeyStore store = Create(NewPlace());
        long[] keys = [0, 1, 5, 64, 65, 1L << 40, long.MaxValue];
        store.Commit([], [Crown(Blob(1)), .. keys.Reverse().Select(k => new KeyWrite(KeyTable.Ledger, k, Blob((int)(k % 100))))], new(1, 1));
        Assert.Equal(keys, store.Scan(KeyTable.Ledger).Select(r => r.Key));
        Assert.Equal([5, 64, 65], store.Scan(KeyTable.Ledger, 5, 65).Select(r => r.Key));
        Assert.Equal([5, 64], store.Scan(KeyTable.Ledger, 2, 64).Select(r => r.Key));
        Assert.Empty(store.Scan(KeyTable.Ledger, 2, 4));
        Assert.Empty(store.Scan(KeyTable.Ledger, 5, 4));
        Assert.Equal(Blob(64), store.Scan(KeyTable.Ledger, 64, 64).Single().Value);
    }

    [Fact]
    public void The_row_at_or_below_a_key_is_found()
    {
        IKeyStore store = Create(NewPlace());
        store.Commit([], [Crown(Blob(1)), new(KeyTable.Ledger, 10, Blob(10)), new(KeyTable.Ledger, 20, Blob(20))], new(1, 1));
        Assert.Null(store.ReadAtOrBelow(KeyTable.Ledger, 9));
        Assert.Equal(10, store.ReadAtOrBelow(KeyTable.Ledger, 10)!.Value.Key);
        Assert.Equal(10, store.ReadAtOrBelow(KeyTable.Ledger, 19)!.Value.Key);
        Assert.Equal(20, store.ReadAtOrBelow(KeyTable.Ledger, long.MaxValue)!.Value.Key);
        Assert.Equal(Blob(20), store.ReadAtOrBelow(KeyTable.Ledger, 20)!.Value.Value);
    }

    [Fact]
    public void A_reader_sees_commits_and_nothing_else()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        IKeyStoreReader reader = Keep(place.OpenReader());
        Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
        store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2));
        Assert.Equal(Blob(2), reader.Read(KeyTable.Crown, 0));
        Assert.False(store.Commit(Blob(1), [Crown(Blob(3))], new(1, 3)));
        Assert.Equal(new StoreNumbers(1, 2), reader.ReadNumbers());
    }

    [Fact]
    public void An_open_enumeration_holds_its_reader_at_one_state()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Commit([], [Crown(Blob(1)), new(KeyTable.Leaf, 1, Blob(1)), new(KeyTable.Leaf, 2, Blob(2))], new(1, 1));
        IKeyStoreReader reader = Keep(place.OpenReader());
        using (IEnumerator<KeyValuePair<long, byte[]>> rows = reader.Scan(KeyTable.Leaf).GetEnumerator())
        {
            Assert.True(rows.MoveNext());
            store.Commit(Blob(1), [Crown(Blob(2)), new(KeyTable.Leaf, 2, Blob(4)), new(KeyTable.Leaf, 3, Blob(3))], new(1, 2));
            Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
            Assert.Equal(new StoreNumbers(1, 1), reader.ReadNumbers());
            Assert.True(rows.MoveNext());
            Assert.Equal(Blob(2), rows.Current.Value);
            Assert.False(rows.MoveNext());
        }
        Assert.Equal(Blob(2), reader.Read(KeyTable.Crown, 0));
        Assert.Equal(3, reader.Scan(KeyTable.Leaf).Count());
    }

    [Fact]
    public void A_checkpoint_fails_while_somebody_reads_an_older_state_and_succeeds_after()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Commit([], [Crown(Blob(1)), new(KeyTable.Leaf, 1, Blob(1)), new(KeyTable.Leaf, 2, Blob(2))], new(1, 1));
        IKeyStoreReader reader = Keep(place.OpenReader());
        using (IEnumerator<KeyValuePair<long, byte[]>> rows = reader.Scan(KeyTable.Leaf).GetEnumerator())
        {
            Assert.True(rows.MoveNext());
            store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2));
            Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
            Assert.Equal(Blob(1), reader.Read(KeyTable.Crown, 0));
        }
        store.Checkpoint();
        Assert.True(store.Commit(Blob(2), [Crown(Blob(3))], new(1, 3)));
        store.Checkpoint();
        Assert.Equal(Blob(3), reader.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void Writing_inside_an_own_enumeration_is_misuse()
    {
        IKeyStore store = Create(NewPlace());
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        foreach (KeyValuePair<long, byte[]> _ in store.Scan(KeyTable.Crown))
        {
            Assert.Throws<InvalidOperationException>(() => store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
            Assert.Throws<InvalidOperationException>(store.Checkpoint);
        }
        Assert.True(store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
    }

    [Fact]
    public void Arguments_are_checked_before_anything_is_written()
    {
        IKeyStoreLocation place = NewPlace();
        Assert.Throws<ArgumentException>(() => place.Create(Blob(1, 15)));
        IKeyStore store = Create(place);
        Assert.Throws<ArgumentException>(() => store.Commit([], [Crown(Blob(1)), new(KeyTable.None, 0, Blob(1))], default));
        Assert.Throws<ArgumentException>(() => store.Commit([], [Crown(Blob(1)), new((KeyTable)9, 0, Blob(1))], default));
        Assert.Throws<ArgumentException>(() => store.Commit([], [Crown(Blob(1)), new(KeyTable.Leaf, -1, Blob(1))], default));
        Assert.Throws<ArgumentException>(() => store.Commit([], [new(KeyTable.Crown, 1, Blob(1))], default));
        Assert.Throws<ArgumentNullException>(() => store.Commit([], null!, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Read(KeyTable.None, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Scan((KeyTable)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.ReadAtOrBelow((KeyTable)9, 0));
        Assert.Null(store.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_closed_store_says_so()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Read(KeyTable.Crown, 0));
        Assert.Throws<ObjectDisposedException>(() => store.Commit([], [Crown(Blob(1))], default));
        Assert.Throws<ObjectDisposedException>(store.Checkpoint);
        Assert.Throws<ObjectDisposedException>(() => store.Scan(KeyTable.Leaf).ToList());
    }

    [Fact]
    public void A_copy_has_the_same_rows_and_its_own_place()
    {
        IKeyStoreLocation place = NewPlace();
        IKeyStore store = Create(place);
        store.Commit([], [Crown(Blob(1)), .. Enumerable.Range(0, 700).Select(i => new KeyWrite(KeyTable.Leaf, i, Blob(i, 8104))), new(KeyTable.Record, 4, Blob(4))], new(5, 6));
        IKeyStoreLocation mirror = NewPlace();
        mirror.CopyFrom(place, Blob(2, 16));
        Assert.Equal(Blob(2, 16), mirror.ReadPlaceId());
        using (IKeyStore copy = mirror.Open())
        {
            Assert.Equal(Rows(store), Rows(copy));
            Assert.Equal(new StoreNumbers(5, 6), copy.ReadNumbers());
            Assert.True(copy.Commit(Blob(1), [Crown(Blob(2)), new(KeyTable.Draft, 1, Blob(3))], new(5, 7)));
        }
        Assert.Equal(Blob(1), store.Read(KeyTable.Crown, 0));
        store.Commit(Blob(1), [Crown(Blob(8)), new(KeyTable.Leaf, 699, default)], new(5, 8));
        mirror.CopyFrom(place, Blob(3, 16));
        IKeyStoreReader replaced = Keep(mirror.OpenReader());
        Assert.Equal(Rows(store), Rows(replaced));
        Assert.Equal(Blob(3, 16), mirror.ReadPlaceId());
        Assert.Equal(PlaceId, place.ReadPlaceId());
    }

    [Fact]
    public void Copying_from_a_missing_place_leaves_what_is_there()
    {
        IKeyStoreLocation place = NewPlace();
        using (IKeyStore store = place.Create(PlaceId))
            store.Commit([], [Crown(Blob(1))], new(1, 1));
        Fails(VaultErrorCode.StoreMissing, () => place.CopyFrom(NewPlace(), Blob(2, 16)));
        Assert.Equal(Blob(1), Keep(place.OpenReader()).Read(KeyTable.Crown, 0));
        Assert.Equal(PlaceId, place.ReadPlaceId());
    }

    [Fact]
    public void Flushes_are_counted()
    {
        IKeyStore store = Create(NewPlace());
        var counter = (ILoggedStore)store;
        long before = counter.Flushes;
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        long afterCommit = counter.Flushes;
        Assert.InRange(afterCommit - before, 1, 2);
        store.Checkpoint();
        Assert.InRange(counter.Flushes - afterCommit, 1, 2);
    }

    protected T Keep<T>(T connection)
        where T : IDisposable
    {
        open.Add(connection);
        return connection;
    }

    private protected IKeyStore Create(IKeyStoreLocation place) => Keep(place.Create(PlaceId));
}
