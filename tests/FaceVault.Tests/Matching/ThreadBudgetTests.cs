using System.Runtime.CompilerServices;
using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>The threads that all galleries of a vault share.</summary>
public class ThreadBudgetTests
{
    [Fact]
    public void No_more_threads_are_given_out_than_there_are()
    {
        const int threads = 3;
        var budget = new ThreadBudget(threads);
        int inside = 0, most = 0;
        Run(8, seed =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 300; i++)
            {
                int taken = budget.Take(1 + random.Next(4));
                int now = Interlocked.Add(ref inside, taken);
                InterlockedMax(ref most, now);
                if (i % 16 == 0)
                    Thread.Yield();
                Interlocked.Add(ref inside, -taken);
                budget.Give(taken);
            }
        });
        Assert.Equal(threads, most);
        Assert.Equal(threads, budget.Take(threads));
    }

    [Fact]
    public void Whoever_came_first_is_served_first_and_one_who_waits_is_seen()
    {
        var budget = new ThreadBudget(1);
        Assert.Equal(1, budget.Take(5));
        Assert.False(budget.IsWanted);
        var served = new List<int>();
        var callers = new List<Thread>();
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            var caller = new Thread(() =>
            {
                budget.Take(1);
                served.Add(number); // one at a time: whoever has the only thread
                budget.Give(1);
            });
            callers.Add(caller);
            caller.Start();
            SpinWait.SpinUntil(() => caller.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        }

        Assert.True(budget.IsWanted);
        budget.Give(1);
        callers.ForEach(caller => caller.Join());
        Assert.Equal([0, 1, 2, 3, 4], served);
        Assert.False(budget.IsWanted);
    }

    [Fact]
    public void Galleries_that_share_one_thread_all_answer_and_as_they_do_alone()
    {
        var budget = new ThreadBudget(1);
        TemplateModel model = MatchingData.Model(64);
        float[][] probes = MatchingData.Vectors(300, 64, 9);
        Gallery[] galleries = [.. Enumerable.Range(0, 3).Select(i => MatchingData.Gallery(model, MatchingData.Vectors(9000, 64, i), MatchingData.Options(2) with { Budget = budget }))];
        try
        {
            Candidate[][][] alone = [.. galleries.Select(g => MatchingData.Find(g, probes, 3))];
            var together = new Candidate[3][][];
            Run(3, i => together[i] = MatchingData.Find(galleries[i], probes, 3));
            Assert.Equal(alone, together);
        }
        finally
        {
            foreach (Gallery gallery in galleries)
                gallery.Dispose();
        }
    }

    /// <summary>As many wait as the search has threads. Only when the helper has left and the leader stands aside has each of them one, and then the search is in the middle of its pass: what
    /// is enrolled into the last block now is still found.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_search_gives_its_threads_up_in_the_middle_of_a_pass(int threads)
    {
        const uint late = 1_000_000;
        TemplateModel model = MatchingData.Model(64);
        var budget = new ThreadBudget(threads);
        using var store = new GalleryStore(new BlockLayout(64, TemplateEncoding.Float32), requireLock: false);
        using var scanner = new GalleryScanner(store, threads, budget, DotKernels.BestFloat, DotKernels.BestByte);
        float[][] templates = MatchingData.Vectors((5 * store.Layout.Lanes) + 1, 64, 1), probes = MatchingData.Vectors(CandidateSieve.MaxProbes, 64, 2);
        for (int i = 0; i < templates.Length; i++)
            store.Add((uint)(i + 1), 0, uint.MaxValue, MatchingData.Encode(model, templates[i]));
        using ProbeBatch batch = MatchingData.Batch(model, probes);

        ReaderWriterLockSlim blocks = Barrier(store);
        blocks.EnterWriteLock(); // every thread of the search waits at its first block
        var search = new Thread(() => scanner.Run(new SearchPass(batch, 0, probes.Length, false, null, default), [.. Enumerable.Repeat(1, probes.Length)], [.. Enumerable.Repeat(-1f, probes.Length)]));
        search.Start();
        SpinWait.SpinUntil(() => blocks.WaitingReadCount == threads);
        using var served = new CountdownEvent(threads);
        using var release = new ManualResetEventSlim();
        Thread[] others = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            budget.Take(1);
            served.Signal();
            release.Wait();
            budget.Give(1);
        }))];
        foreach (Thread other in others)
        {
            other.Start();
            SpinWait.SpinUntil(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        }

        blocks.ExitWriteLock();
        served.Wait();
        store.Add(late, 0, uint.MaxValue, MatchingData.Encode(model, probes[0]));
        release.Set();
        search.Join();
        foreach (Thread other in others)
            other.Join();
        Assert.Equal(late, scanner.Found.Get(0, 0, out _).Slot);
        Assert.Equal(threads, budget.Take(threads));
    }

    [Fact]
    public async Task A_bulk_search_lets_those_who_wait_in_between_its_passes()
    {
        using var begun = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        TemplateModel model = MatchingData.Model(16);
        var buffer = new MatchBuffer(800, 2);
        int answered = -1;
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        clock.WhenAsked = () =>
        {
            if (clock.Asked > 1)
            {
                answered = buffer.Count;
                return;
            }

            begun.Set();
            release.Wait();
        };
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(500, 16, 1), MatchingData.Options() with { TimeProvider = clock });
        float[][] probes = MatchingData.Vectors(800, 16, 2);
        using ProbeBatch batch = MatchingData.Batch(model, probes);
        Task bulk = Task.Run(() => gallery.Identify(batch, Threshold.RankOnly, buffer));
        begun.Wait();
        Task<IReadOnlyList<Candidate>> shared = gallery.FindAsync(probes[5], 2, Threshold.RankOnly);
        while (!gallery.SharedWaits)
            await Task.Yield();
        release.Set();
        IReadOnlyList<Candidate> found = await shared;
        await bulk;
        Assert.Equal(0, answered); // the bulk search had not delivered yet
        Assert.Equal(800, buffer.Count);
        Assert.Equal(buffer[5].ToArray(), found);
        Assert.Equal(MatchingData.Find(gallery, [probes[700]], 2)[0], buffer[700].ToArray());
    }

    [Fact]
    public async Task The_threads_of_a_gallery_have_no_context_of_whoever_came_first()
    {
        var caller = new AsyncLocal<string>();
        string? seen = "nobody asked";
        var clock = new ManualClock(DateTimeOffset.UnixEpoch) { WhenAsked = () => seen = caller.Value };
        using Gallery gallery = MatchingData.Gallery(MatchingData.Model(16), MatchingData.Vectors(10, 16, 1), MatchingData.Options() with { TimeProvider = clock });
        caller.Value = "a request";
        await gallery.FindAsync(MatchingData.Vectors(1, 16, 2)[0], 1, Threshold.RankOnly);
        Assert.Null(seen);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "barrier")]
    private static extern ref ReaderWriterLockSlim Barrier(GalleryStore store);

    private static void Run(int threads, Action<int> work)
    {
        Exception? failure = null;
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                work(i);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }))];
        foreach (Thread thread in all)
            thread.Start();
        foreach (Thread thread in all)
            thread.Join();
        Assert.Null(failure);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen)
            seen = Volatile.Read(ref most);
    }
}
