using FaceVault.Storage;
using static FaceVault.Tests.Storage.StoreAssert;

namespace FaceVault.Tests.Storage;

public sealed class InMemoryKeyStoreConformance : KeyStoreConformance
{
    private protected override IKeyStoreLocation NewPlace() => new InMemoryKeyStoreLocation { LockTimeout = TimeSpan.FromMilliseconds(50) };
}

public sealed class InMemoryTemplateStoreConformance : TemplateStoreConformance
{
    private protected override ITemplateStoreLocation NewPlace() => new InMemoryTemplateStoreLocation { LockTimeout = TimeSpan.FromMilliseconds(50) };
}

public sealed class InMemoryStoreTests
{
    private readonly InMemoryKeyStoreLocation keys = new();
    private readonly InMemoryTemplateStoreLocation templates = new();

    [Fact]
    public async Task A_checkpoint_waits_for_a_scan_that_is_open()
    {
        using IKeyStore store = keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        using IKeyStoreReader reader = keys.OpenReader();
        IEnumerator<KeyValuePair<long, byte[]>> scan = reader.Scan(KeyTable.Crown).GetEnumerator();
        Assert.True(scan.MoveNext());
        Task checkpoint = Task.Run(store.Checkpoint);
        Assert.NotSame(checkpoint, await Task.WhenAny(checkpoint, Task.Delay(50)));
        scan.Dispose();
        await checkpoint.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(StoreFaultMoment.Before, false, false)]
    [InlineData(StoreFaultMoment.During, false, false)]
    [InlineData(StoreFaultMoment.After, true, false)]
    [InlineData(StoreFaultMoment.Zombie, false, true)]
    internal void A_failed_commit_leaves_all_or_nothing(StoreFaultMoment moment, bool isThere, bool comesBack)
    {
        IKeyStore store = keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        keys.Faults.FailAt(StoreStep.Commit, 1, moment);
        Fails(VaultErrorCode.StoreFailed, () => store.Commit(Blob(1), [Crown(Blob(2)), new(KeyTable.Leaf, 0, Blob(3))], new(1, 2)));
        Fails(VaultErrorCode.StoreFailed, () => store.Read(KeyTable.Crown, 0));
        using IKeyStore again = keys.Open();
        Assert.Equal(isThere ? 2 : 1, again.ReadNumbers().Commit);
        Assert.Equal(isThere, again.Read(KeyTable.Leaf, 0) is not null);
        Assert.Equal(comesBack, keys.ReviveZombie());
        Assert.Equal(isThere || comesBack ? 2 : 1, again.ReadNumbers().Commit);
    }

    [Fact]
    public void A_failed_checkpoint_ends_the_connection_and_changes_nothing()
    {
        IKeyStore store = keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        keys.Faults.FailAt(StoreStep.Checkpoint, 1, StoreFaultMoment.Before);
        Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
        Fails(VaultErrorCode.StoreFailed, store.Checkpoint);
        using IKeyStore again = keys.Open();
        again.Checkpoint();
        Assert.Equal(Blob(1), again.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_zombie_ends_with_the_next_success()
    {
        IKeyStore store = keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        keys.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Zombie);
        Fails(VaultErrorCode.StoreFailed, () => store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
        Assert.True(keys.HasZombie);
        using IKeyStore again = keys.Open();
        Assert.True(again.Commit(Blob(1), [Crown(Blob(4))], new(1, 2)));
        Assert.False(keys.ReviveZombie());
        Assert.Equal(Blob(4), again.Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_killed_plan_fails_every_later_step_until_it_is_cleared()
    {
        var faults = new StoreFaults();
        var primary = new InMemoryKeyStoreLocation("primary", faults);
        var mirror = new InMemoryKeyStoreLocation("mirror", faults);
        IKeyStore first = primary.Create(Blob(1, 16));
        IKeyStore second = mirror.Create(Blob(2, 16));
        Assert.Equal(2, faults.Taken(StoreStep.Any));
        faults.KillAt(StoreStep.Any, 2, StoreFaultMoment.After);
        first.Commit([], [Crown(Blob(1))], new(1, 1));
        Fails(VaultErrorCode.StoreFailed, () => second.Commit([], [Crown(Blob(1))], new(1, 1)));
        Fails(VaultErrorCode.StoreFailed, () => first.Commit(Blob(1), [Crown(Blob(2))], new(1, 2)));
        Fails(VaultErrorCode.StoreFailed, () => primary.OpenReader());
        faults.Clear();
        Assert.Equal(Blob(1), primary.OpenReader().Read(KeyTable.Crown, 0));
        Assert.Equal(Blob(1), mirror.OpenReader().Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_copy_of_the_disk_can_be_put_back_and_every_attempt_is_kept_when_asked()
    {
        keys.KeepsAttempts = true;
        using IKeyStore store = keys.Create(Blob(1, 16));
        store.Commit([], [Crown(Blob(1))], new(1, 1));
        KeyStoreImage copy = keys.Snapshot()!;
        store.Commit(Blob(1), [Crown(Blob(2))], new(1, 2));
        Assert.Equal(Blob(1), Assert.Single(copy.Blobs()).Blob);
        keys.Restore(copy);
        Assert.Equal(Blob(1), store.Read(KeyTable.Crown, 0));
        keys.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.During);
        Fails(VaultErrorCode.StoreFailed, () => store.Commit(Blob(1), [Crown(Blob(3))], new(1, 2)));
        Assert.Equal([Blob(1), Blob(2), Blob(3)], keys.Attempts.Select(a => a[0].Blob.ToArray()));
        keys.Tamper(KeyTable.Crown, 0, Blob(9));
        Assert.Equal(Blob(9), keys.OpenReader().Read(KeyTable.Crown, 0));
    }

    [Fact]
    public void A_place_that_is_away_has_nothing_and_fails_what_is_open()
    {
        using IKeyStore store = keys.Create(Blob(1, 16));
        using ITemplateStore rows = templates.Create();
        keys.IsReachable = templates.IsReachable = false;
        Assert.False(keys.Exists);
        Assert.False(templates.Exists);
        Assert.Null(keys.ReadPlaceId());
        Fails(VaultErrorCode.StoreMissing, () => keys.Open());
        Fails(VaultErrorCode.StoreMissing, () => templates.OpenReader());
        Fails(VaultErrorCode.StoreFailed, () => store.Commit([], [Crown(Blob(1))], new(1, 1)));
        Fails(VaultErrorCode.StoreFailed, () => rows.Append([new(1, 0, Blob(1))]));
        keys.IsReachable = templates.IsReachable = true;
        Assert.Equal(default, keys.OpenReader().ReadNumbers());
        Assert.Empty(Rows(templates.OpenReader()));
    }

    [Theory]
    [InlineData(StoreFaultMoment.Before, 1, 1)]
    [InlineData(StoreFaultMoment.During, 1, 1)]
    [InlineData(StoreFaultMoment.After, 3, 3)]
    [InlineData(StoreFaultMoment.Zombie, 1, 3)]
    internal void A_failed_append_leaves_all_or_nothing(StoreFaultMoment moment, int now, int later)
    {
        ITemplateStore store = templates.Create();
        store.Append([new(1, 0, Blob(1))]);
        templates.Faults.FailAt(StoreStep.Append, 1, moment);
        Fails(VaultErrorCode.StoreFailed, () => store.Append([new(2, 0, Blob(2)), new(3, 0, Blob(3))]));
        Fails(VaultErrorCode.StoreFailed, () => store.Append([new(4, 0, Blob(2))]));
        Assert.Equal(now, Rows(templates.OpenReader()).Count);
        templates.ReviveZombie();
        Assert.Equal(later, Rows(templates.OpenReader()).Count);
    }

    [Fact]
    public void A_copy_that_fails_leaves_the_old_mirror()
    {
        keys.Create(Blob(1, 16)).Commit([], [Crown(Blob(1))], new(1, 1));
        var mirror = new InMemoryKeyStoreLocation("mirror");
        mirror.Create(Blob(2, 16));
        mirror.Faults.FailAt(StoreStep.Copy, 1, StoreFaultMoment.During);
        Fails(VaultErrorCode.StoreFailed, () => mirror.CopyFrom(keys, Blob(3, 16)));
        Assert.Equal(Blob(2, 16), mirror.ReadPlaceId());
        mirror.CopyFrom(keys, Blob(3, 16));
        Assert.Equal(Blob(3, 16), mirror.ReadPlaceId());
        Assert.Equal(Blob(1), mirror.OpenReader().Read(KeyTable.Crown, 0));
    }
}
