using FaceVault.Commits;

namespace FaceVault.Tests.Commits;

/// <summary>One thread writes; what waits together shares a group, what is exclusive runs alone in its turn.</summary>
public sealed class WriterQueueTests
{
    [Fact]
    public async Task Items_that_wait_together_share_a_group_and_exclusive_ones_run_alone_in_their_turn()
    {
        using var bed = new Bed();
        bed.Queue.Start();
        Task first = bed.Queue.Enqueue(new Ordinary(0));
        bed.Begun.Wait();
        for (int i = 1; i <= 3; i++)
            _ = bed.Queue.Enqueue(new Ordinary(i));
        _ = bed.Queue.Enqueue(new Exclusive(4));
        _ = bed.Queue.Enqueue(new Exclusive(5));
        _ = bed.Queue.Enqueue(new Ordinary(6));
        Task last = bed.Queue.Enqueue(new Ordinary(7));
        bed.Go.Set();
        await Task.WhenAll(first, last);
        Assert.Equal(["0", "1 2 3", "X4", "X5", "6 7"], bed.Ran);
        Assert.Single(bed.Threads);
    }

    [Fact]
    public async Task A_group_is_never_larger_than_4096()
    {
        using var bed = new Bed();
        bed.Queue.Start();
        _ = bed.Queue.Enqueue(new Ordinary(0));
        bed.Begun.Wait();
        Task last = Task.CompletedTask;
        for (int i = 1; i <= 5000; i++)
            last = bed.Queue.Enqueue(new Ordinary(i));
        bed.Go.Set();
        await last;
        Assert.Equal([1, 4096, 904], bed.Ran.Select(g => g.Split(' ').Length));
    }

    [Fact]
    public async Task Disposing_lets_what_is_queued_end_and_refuses_what_comes_after()
    {
        var bed = new Bed();
        bed.Go.Set();
        Task queued = bed.Queue.Enqueue(new Ordinary(1));
        bed.Queue.Start();
        bed.Dispose();
        await queued;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bed.Queue.Enqueue(new Ordinary(2)));
        Assert.Equal(["1"], bed.Ran);
    }

    [Fact]
    public async Task A_queue_without_work_wakes_for_idle_and_rests()
    {
        using var bed = new Bed();
        bed.Queue.Start();
        await bed.Idled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await bed.Rested.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(bed.Ran);
    }

    private sealed class Bed : IDisposable
    {
        public Bed() => Queue = new WriterQueue(
            group =>
            {
                Begun.Set();
                Go.Wait();
                Note(string.Join(' ', group.Cast<Ordinary>().Select(o => o.Number)));
                foreach (OrdinaryItem item in group)
                    item.Succeed();
            },
            exclusive =>
            {
                Note("X" + ((Exclusive)exclusive).Number);
                exclusive.Succeed();
            },
            () => Idled.TrySetResult(),
            () => Rested.TrySetResult());

        public WriterQueue Queue { get; }

        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public TaskCompletionSource Idled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Rested { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Ran { get; } = [];

        public HashSet<int> Threads { get; } = [];

        public void Dispose()
        {
            Go.Set();
            Queue.Dispose();
        }

        private void Note(string what)
        {
            Ran.Add(what);
            Threads.Add(Environment.CurrentManagedThreadId);
        }
    }

    private sealed class Ordinary(int number) : OrdinaryItem
    {
        public int Number { get; } = number;

        public override void Apply(CommitDraft draft)
        {
        }
    }

    private sealed class Exclusive(int number) : ExclusiveItem
    {
        public int Number { get; } = number;

        public override void Run(VaultEngine engine)
        {
        }
    }
}
