using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>Nothing outlives the stop.</summary>
[Trait("Claim", "E5")]
public sealed class SlotLeasesTests
{
    [Fact]
    public async Task A_stop_refuses_new_uses_and_waits_for_those_that_began()
    {
        var leases = new SlotLeases();
        Assert.True(leases.TryAcquire(7, out SlotLease first));
        Assert.True(leases.TryAcquire(7, out SlotLease second));
        Assert.Equal(7u, first.Slot);
        leases.Stop([7, 8]);
        Assert.True(leases.IsStopped(7));
        Assert.False(leases.TryAcquire(7, out _));
        Assert.False(leases.TryAcquire(7, out _, isWriter: true));
        Assert.False(leases.TryAcquire(8, out _));
        Assert.True(leases.TryAcquire(9, out SlotLease other));
        Assert.True(leases.DrainAsync(8).IsCompletedSuccessfully);
        Task drain = leases.DrainAsync(7);
        Assert.Same(drain, leases.DrainAsync(7));
        first.Dispose();
        first.Dispose();
        Assert.False(drain.IsCompleted);
        second.Dispose();
        await drain;
        Assert.True(leases.DrainAsync(7).IsCompletedSuccessfully);
        other.Dispose();
        Assert.False(leases.IsStopped(9));
    }

    [Fact]
    public async Task A_pause_refuses_all_but_the_writer_and_ends()
    {
        var leases = new SlotLeases();
        Assert.True(leases.WhenResumed(3).IsCompletedSuccessfully);
        Assert.True(leases.TryAcquire(3, out SlotLease before));
        Assert.True(leases.TryPause(3));
        Assert.False(leases.TryPause(3));
        Assert.False(leases.TryAcquire(3, out _));
        Assert.True(leases.TryAcquire(3, out SlotLease writer, isWriter: true));
        Task drain = leases.DrainAsync(3), resumed = leases.WhenResumed(3);
        before.Dispose();
        writer.Dispose();
        await drain;
        Assert.False(resumed.IsCompleted);
        leases.Resume(3);
        leases.Resume(3);
        await resumed;
        Assert.True(leases.TryAcquire(3, out SlotLease after));
        after.Dispose();
        Assert.False(leases.IsStopped(3));
    }

    [Fact]
    public async Task A_lease_on_a_leaf_holds_up_each_of_its_slots_and_leaves_out_those_that_were_stopped()
    {
        var leases = new SlotLeases();
        leases.Stop([66, 129]);
        LeafLease none = default;
        Assert.False(none.IsOn(65));
        none.Dispose();
        LeafLease lease = leases.AcquireLeaf(1), again = leases.AcquireLeaf(1);
        Assert.True(lease.IsOn(65) && lease.IsOn(128) && !lease.IsOn(64) && !lease.IsOn(129));
        Assert.Equal([66u], Enumerable.Range(65, 64).Select(slot => (uint)slot).Where(slot => !lease.Covers(slot)));

        leases.Stop([128]);
        Assert.True(lease.Covers(128)); // it was there first
        Assert.True(leases.TryPause(100));
        Assert.True(leases.DrainAsync(64).IsCompletedSuccessfully);
        Assert.True(leases.DrainAsync(129).IsCompletedSuccessfully);
        Task stopped = leases.DrainAsync(128), paused = leases.DrainAsync(100);
        Assert.True(leases.TryAcquire(128 - 1, out SlotLease other));
        Task both = leases.DrainAsync(128 - 1);
        lease.Dispose();
        lease.Dispose();
        Assert.False(stopped.IsCompleted || paused.IsCompleted);
        again.Dispose();
        await Task.WhenAll(stopped, paused);
        Assert.False(both.IsCompleted);
        other.Dispose();
        await both;
        Assert.False(leases.AcquireLeaf(1).Covers(128));
    }

    [Fact]
    public void A_stop_during_a_pause_stays_after_it()
    {
        var leases = new SlotLeases();
        Assert.True(leases.TryPause(3));
        leases.Stop([3]);
        Assert.False(leases.TryAcquire(3, out _, isWriter: true));
        leases.Resume(3);
        Assert.False(leases.TryAcquire(3, out _));
        Assert.True(leases.IsStopped(3));
    }

    [Fact]
    public void A_default_lease_holds_nothing()
    {
        SlotLease none = default;
        none.Dispose();
    }

    [Fact]
    public async Task Uses_that_race_a_stop_have_all_ended_when_the_drain_completes()
    {
        for (int round = 0; round < Deep.Runs(50); round++)
        {
            var leases = new SlotLeases();
            int inside = 0;
            bool drained = false, broken = false;
            using var begin = new Barrier(4);
            Task[] users = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                begin.SignalAndWait();
                while (leases.TryAcquire(5, out SlotLease lease))
                {
                    using (lease)
                    {
                        Interlocked.Increment(ref inside);
                        broken |= Volatile.Read(ref drained);
                        Thread.SpinWait(20);
                        Interlocked.Decrement(ref inside);
                    }
                }
            }))];
            begin.SignalAndWait();
            Thread.SpinWait(round * 200);
            leases.Stop([5]);
            await leases.DrainAsync(5);
            Volatile.Write(ref drained, true);
            Assert.Equal(0, Volatile.Read(ref inside));
            await Task.WhenAll(users);
            Assert.False(broken);
        }
    }
}
