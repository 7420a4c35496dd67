using FaceVault.Storage;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

/// <summary>What every template store must do. One subclass per kind of store.</summary>
public abstract class TemplateStoreConformance : IDisposable
{
    private readonly List<IDisposable> open = [];

    private protected abstract ITemplateStoreLocation NewPlace();

    public virtual void Dispose()
    {
        foreach (IDisposable connection in open)
            connection.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_new_store_is_empty()
    {
        ITemplateStoreLocation place = NewPlace();
        Assert.False(place.Exists);
        ITemplateStore store = Keep(place.Create());
        Assert.True(place.Exists);
        Assert.Empty(Rows(store));
        Fails(VaultErrorCode.VaultExists, () => place.Create());
    }

    [Fact]
    public void Opening_a_place_with_nothing_says_that_it_is_missing()
    {
        ITemplateStoreLocation place = NewPlace();
        Fails(VaultErrorCode.StoreMissing, () => place.Open());
        Fails(VaultErrorCode.StoreMissing, () => place.OpenReader());
        Assert.False(place.Exists);
    }

    [Fact]
    public void Rows_come_back_by_slot_then_ordinal_whatever_order_they_were_added_in()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        (uint Slot, ushort Ordinal)[] keys = [(1, 0), (1, 1), (1, 65_535), (2, 0), (70_000, 3), (uint.MaxValue, 65_535)];
        store.Append([.. keys.Reverse().Select(k => new TemplateRow(k.Slot, k.Ordinal, Blob(k.Ordinal)))]);
        Assert.Equal(keys, Rows(store).Select(r => (r.Slot, r.Ordinal)));
        Assert.Equal(keys[3..5], Rows(store, 2, 70_000).Select(r => (r.Slot, r.Ordinal)));
        Assert.Empty(Rows(store, 3, 69_999));
        Assert.Empty(Rows(store, 5, 4));
        Assert.All(Rows(store), r => Assert.Equal(Convert.ToHexString(Blob(r.Ordinal)), r.Blob));
    }

    [Fact]
    public void A_row_that_exists_is_replaced()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        store.Append([new(3, 1, Blob(1)), new(3, 2, Blob(2))]);
        store.Append([new(3, 1, Blob(4, 2100)), new(3, 3, Blob(3))]);
        Assert.Equal([Convert.ToHexString(Blob(4, 2100)), Convert.ToHexString(Blob(2)), Convert.ToHexString(Blob(3))], Rows(store).Select(r => r.Blob));
    }

    [Fact]
    public void A_scan_stops_when_the_visitor_says_so_and_lets_go_when_it_throws()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        store.Append([.. Enumerable.Range(1, 100).Select(i => new TemplateRow((uint)i, 0, Blob(i)))]);
        int seen = 0;
        store.Scan(1, uint.MaxValue, (_, _, _) => ++seen < 10);
        Assert.Equal(10, seen);
        Assert.Throws<TimeoutException>(() => store.Scan(1, uint.MaxValue, (_, _, _) => throw new TimeoutException()));
        Assert.Equal(1, store.DeleteSlots([1]));
        store.Checkpoint();
    }

    [Fact]
    public void Deleting_names_exactly_what_goes()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        store.Append([.. Enumerable.Range(1, 20).SelectMany(s => Enumerable.Range(0, 5).Select(o => new TemplateRow((uint)s, (ushort)o, Blob(s))))]);
        Assert.Equal(10, store.DeleteSlots([3, 7, 99]));
        Assert.Equal(0, store.DeleteSlots([3, 7]));
        Assert.Equal(0, store.DeleteSlots([]));
        Assert.Equal(2, store.DeleteOrdinals(4, 1, 2));
        Assert.Equal(0, store.DeleteOrdinals(4, 2, 1));
        Assert.Equal(5, store.DeleteBelow([(9, 3), (5, 2), (6, 0), (99, 7)]));
        Assert.Equal(0, store.DeleteBelow([(9, 3)]));
        Assert.Equal(0, store.DeleteBelow([]));
        Assert.Equal(25, store.DeleteFrom(16));
        (uint, ushort)[] expected = [.. from s in Enumerable.Range(1, 15) where s is not (3 or 7) from o in Enumerable.Range(0, 5) where (s != 4 || o is not (1 or 2)) && (s != 9 || o > 2) && (s != 5 || o > 1) select ((uint)s, (ushort)o)];
        Assert.Equal(expected, Rows(store).Select(r => (r.Slot, r.Ordinal)));
    }

    [Fact]
    public void What_was_added_and_deleted_holds_after_opening_again()
    {
        ITemplateStoreLocation place = NewPlace();
        using (ITemplateStore store = place.Create())
        {
            store.Append([new(1, 0, Blob(1)), new(2, 0, Blob(2))]);
            store.Checkpoint();
            store.DeleteSlots([1]);
        }
        ITemplateStore again = Keep(place.Open());
        Assert.Equal(Convert.ToHexString(Blob(2)), Assert.Single(Rows(again)).Blob);
    }

    [Fact]
    public void A_reader_sees_commits_and_a_running_scan_keeps_its_state()
    {
        ITemplateStoreLocation place = NewPlace();
        ITemplateStore store = Keep(place.Create());
        store.Append([new(1, 0, Blob(1)), new(2, 0, Blob(2))]);
        ITemplateReader reader = Keep(place.OpenReader());
        Assert.Equal(2, Rows(reader).Count);
        var seen = new List<uint>();
        reader.Scan(0, uint.MaxValue, (slot, _, _) =>
        {
            if (seen.Count == 0)
                store.Append([new(2, 1, Blob(3)), new(3, 0, Blob(3))]);
            seen.Add(slot);
            return true;
        });
        Assert.Equal([1u, 2u], seen);
        Assert.Equal(4, Rows(reader).Count);
    }

    [Fact]
    public void A_checkpoint_fails_while_somebody_scans_an_older_state_and_succeeds_after()
    {
        ITemplateStoreLocation place = NewPlace();
        ITemplateStore store = Keep(place.Create());
        store.Append([new(1, 0, Blob(1)), new(2, 0, Blob(2))]);
        ITemplateReader reader = Keep(place.OpenReader());
        reader.Scan(0, uint.MaxValue, (_, _, _) =>
        {
            store.DeleteSlots([2]);
            Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
            return false;
        });
        store.Checkpoint();
        Assert.Single(Rows(reader));
    }

    [Fact]
    public void Writing_inside_an_own_scan_is_misuse()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        store.Append([new(1, 0, Blob(1))]);
        store.Scan(0, uint.MaxValue, (_, _, _) =>
        {
            Assert.Throws<InvalidOperationException>(() => store.Append([new(2, 0, Blob(2))]));
            Assert.Throws<InvalidOperationException>(() => store.DeleteFrom(1));
            Assert.Throws<InvalidOperationException>(store.Checkpoint);
            return true;
        });
        Assert.Single(Rows(store));
    }

    [Fact]
    public void Arguments_are_checked_before_anything_is_written()
    {
        ITemplateStore store = Keep(NewPlace().Create());
        Assert.Throws<ArgumentException>(() => store.Append([new(1, 0, Blob(1)), new(0, 0, Blob(1))]));
        Assert.Throws<ArgumentException>(() => store.Append([new(1, 0, Blob(1)), new(2, 0, default)]));
        Assert.Throws<ArgumentNullException>(() => store.Append(null!));
        Assert.Throws<ArgumentNullException>(() => store.DeleteSlots(null!));
        Assert.Throws<ArgumentNullException>(() => store.Scan(0, 1, null!));
        store.Append([]);
        Assert.Empty(Rows(store));
    }

    [Fact]
    public void A_closed_store_says_so()
    {
        ITemplateStore store = NewPlace().Create();
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Append([new(1, 0, Blob(1))]));
        Assert.Throws<ObjectDisposedException>(() => store.DeleteFrom(1));
        Assert.Throws<ObjectDisposedException>(store.Checkpoint);
        Assert.Throws<ObjectDisposedException>(() => Rows(store));
    }

    protected T Keep<T>(T connection)
        where T : IDisposable
    {
        open.Add(connection);
        return connection;
    }
}
