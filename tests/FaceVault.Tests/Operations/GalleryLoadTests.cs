using FaceVault.Commits;
using FaceVault.Matching;
using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>A gallery is loaded by several threads while its people come and go: what is in it afterwards is what a fresh load finds, each template once.</summary>
public sealed class GalleryLoadTests
{
    private const int Few = 2_600; // three stretches of slots
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData("synthetic", GalleryMode.Open)]
    [InlineData("synthetic8", GalleryMode.Open)]
    [InlineData("synthetic8", GalleryMode.Sealed)]
    public async Task Any_number_of_threads_loads_the_same_gallery_and_it_answers_the_same_bits(string model, GalleryMode mode)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.ImportAsync(Door, model, Items(test, 0, 5_000));
        await test.Vault.WithdrawConsentsAsync([.. Enumerable.Range(0, 200).Select(i => Id(7 * i))]);
        var seen = new List<(List<(uint, ushort, uint)> Held, List<Candidate[]> Found)>();
        foreach (int threads in (int[])[1, 2, 4])
        {
            test.MatchingThreads = threads;
            await test.ReopenAsync();
            Gallery gallery = await test.Vault.GetGalleryAsync(Door, model, mode);
            seen.Add((Held(gallery), Found(gallery)));
        }

        Assert.Equal(4_800, seen[0].Held.Count);
        Assert.All(seen, one => Assert.Equal(seen[0].Held, one.Held));
        Assert.All(seen, one => Assert.Equal(seen[0].Found, one.Found));
    }

    [Fact]
    [Trait("Claim", "E5")]
    public async Task Whoever_comes_changes_and_goes_while_a_gallery_loads_is_in_it_as_in_a_fresh_one()
    {
        VaultImage image = await ImageAsync();
        int first = Environment.GetEnvironmentVariable("FACEVAULT_LOAD_SEED") is { } seed ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture) : 1;
        for (int round = first; round < first + Deep.Runs(12); round++)
        {
            await using TestVault test = TestVault.Thaw(image);
            test.Wrap = new SlowPlaces(round).Around;
            test.MatchingThreads = 1 << (round % 3);
            test.Renew();
            await test.Vault.OpenAsync();
            GalleryMode mode = round % 4 == 0 ? GalleryMode.Sealed : GalleryMode.Open;
            Task<Gallery> loading = test.Vault.GetGalleryAsync(Door, null, mode);
            Task[] callers = [.. Enumerable.Range(0, 3).Select(caller => Task.Run(() => ChangeAsync(test, round, caller, 8)))];
            await Task.WhenAll(callers).WaitAsync(Observation.Patience);
            Gallery gallery = await loading.WaitAsync(Observation.Patience);
            List<(uint, ushort, uint)> held = Held(gallery);
            List<Candidate[]> found = Found(gallery);
            test.Clock.Now += TimeSpan.FromDays(2); // those who came for a day are masked
            List<Candidate[]> later = Found(gallery);

            test.Clock.Now -= TimeSpan.FromDays(2);
            test.Wrap = static places => places;
            await test.ReopenAsync();
            Gallery fresh = await test.Vault.GetGalleryAsync(Door, null, mode);
            Assert.True(Held(fresh).SequenceEqual(held), $"round {round}: {Difference(Held(fresh), held)}");
            Assert.Equal(Found(fresh), found);
            test.Clock.Now += TimeSpan.FromDays(2);
            Assert.Equal(Found(fresh), later);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_damaged_row_fails_the_load_and_leaves_nothing_open(int threads)
    {
        await using TestVault test = TestVault.Thaw(await ImageAsync());
        var slow = new SlowPlaces(1);
        test.Wrap = slow.Around;
        test.MatchingThreads = threads;
        test.Renew();
        await test.Vault.OpenAsync();
        byte[] blob = test.Templates.Snapshot()!.Find(TemplateRowId.Of(1_500, 0))!;
        foreach (byte[] damaged in (byte[][])[[.. blob[..^1], (byte)(blob[^1] ^ 1)], blob[..^3]])
        {
            test.Templates.Tamper(1_500, 0, damaged);
            VaultException failure = await Assert.ThrowsAsync<VaultException>(() => test.Vault.GetGalleryAsync(Door));
            Assert.Equal(VaultErrorCode.IntegrityViolated, failure.Code);
            Assert.Equal(0, slow.OpenReaders);
        }

        test.Templates.Tamper(1_500, 0, blob);
        Assert.Equal(Few, (await test.Vault.GetGalleryAsync(Door)).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_vault_closed_while_a_gallery_loads_tells_its_callers_and_ends_the_loading_soon(int threads)
    {
        await using TestVault test = TestVault.Thaw(await ImageAsync());
        var slow = new SlowPlaces(2);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        slow.Visited = slot =>
        {
            reached.TrySetResult();
            go.Wait();
        };
        test.Wrap = slow.Around;
        test.MatchingThreads = threads;
        test.Renew();
        await test.Vault.OpenAsync();
        Task<Gallery> loading = test.Vault.GetGalleryAsync(Door), other = test.Vault.GetGalleryAsync(Door);
        await reached.Task.WaitAsync(Observation.Patience);
        Task closing = Task.Run(test.Vault.Dispose);
        await Task.Delay(50);
        Assert.False(closing.IsCompleted, "the vault was closed under those who read it");
        go.Set();
        await closing.WaitAsync(Observation.Patience);
        Assert.Equal(0, slow.OpenReaders);
        Assert.InRange(slow.Rows, 1, threads * 64);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other);
    }

    [Fact]
    public async Task A_model_retired_while_its_gallery_loads_is_refused()
    {
        await using TestVault test = TestVault.Thaw(await ImageAsync());
        var slow = new SlowPlaces(3);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Visited = slot =>
        {
            if (reached.TrySetResult())
                Assert.True(SpinWait.SpinUntil(() => !Task.Run(() => test.Vault.Engine.IsReadable).Result, Observation.Patience)); // until the commit waits for this view
        };
        test.Wrap = slow.Around;
        test.Renew();
        await test.Vault.OpenAsync();
        Task<Gallery> loading = test.Vault.GetGalleryAsync(Door, "synthetic");
        await reached.Task.WaitAsync(Observation.Patience);
        await test.Vault.RetireModelAsync(Door, "synthetic", leaveTemplates: true);
        Assert.Equal(ViolationCode.ModelNotAdmitted, Assert.Single((await Assert.ThrowsAsync<RefusedException>(() => loading)).Violations).Code);
    }

    /// <summary>Read on this thread, which counts what it allocates; the blocks themselves are native.</summary>
    [Fact]
    public async Task Loading_allocates_nothing_for_a_template()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.Vault.ImportAsync(Door, "synthetic8", Items(test, 0, 20_000));
        var purposes = new PurposeRegistry();
        using (ReadScope view = test.Vault.Engine.Read())
            purposes.Load(view.Store, view.Crown);
        TemplateModel model = purposes.Get(Door).Current.FindModel("synthetic8")!;
        using var gallery = new Gallery(model, new FaceVault.Matching.GalleryOptions { TimeProvider = test.Clock });
        using var reader = new SlotReader(test.Vault.Engine, purposes, FaceVault.Rules.RuleBook.BuiltIn, purposes.Get(Door).CurrentVersion, gallery, static () => false);
        Load(0, 1_000); // statements and pages that are kept
        long few = Load(1_000, 3_000), many = Load(3_000, 20_000);
        Assert.Equal(20_000, gallery.Count);
        Assert.InRange(many - few, 0, 12_000); // the list of the blocks grows by pointers

        long Load(uint from, uint to)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using ReadScope view = test.Vault.Engine.Read();
            reader.Read(view, from + 1, to);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>The people 0 … <see cref="Few"/> - 1 with one template each, and a mirror.</summary>
    private static async Task<VaultImage> ImageAsync()
    {
        await using TestVault test = await TestVault.InMemoryAsync(1, 1);
        await test.Vault.ImportAsync(Door, null, Items(test, 0, Few));
        await test.Vault.DisposeAsync();
        return test.Freeze();
    }

    private static async IAsyncEnumerable<Enrollment> Items(TestVault test, int from, int count)
    {
        await Task.CompletedTask;
        for (int i = from; i < from + count; i++)
            yield return new Enrollment(test.Grant($"c-{i}"), TestVault.Face(i));
    }

    /// <summary>What one caller does, one call after the other; callers have people of their own.</summary>
    private static async Task ChangeAsync(TestVault test, int round, int caller, int calls)
    {
        var random = new Random((round * 31) + caller);
        for (int call = 0; call < calls; call++)
        {
            int person = (random.Next(Few / 3) * 3) + caller, fresh = 10_000 + (caller * 1_000) + (call * 20);
            try
            {
                await (random.Next(7) switch
                {
                    0 => test.Vault.EnrollAsync(Id(person), null, TestVault.Face(person, capture: call + 1)),
                    1 => test.Vault.ReplaceTemplatesAsync(Id(person), null, [TestVault.Face(person, capture: 20), TestVault.Face(person, capture: 21)]),
                    2 => test.Vault.WithdrawConsentsAsync([Id(person), .. Enumerable.Range(0, 20).Select(i => Id((random.Next(Few / 3) * 3) + caller))]),
                    3 => test.Vault.RenewConsentAsync(Id(person), test.Grant($"r-{round}-{caller}-{call}", $"subject of c-{person}")),
                    4 => test.Vault.ImportAsync(Door, null, Items(test, fresh, 20)),
                    5 => ComeForADayAsync(test, fresh),
                    _ => ReplaceAndEnrollAsync(test, person),
                });
            }
            catch (RefusedException)
            {
                // gone already
            }
        }
    }

    private static async Task ComeForADayAsync(TestVault test, int person)
    {
        await test.Vault.GrantConsentAsync(test.Grant($"c-{person}") with { ExpiresAt = test.Clock.GetUtcNow().AddDays(1) });
        await test.Vault.EnrollAsync(Id(person), null, TestVault.Face(person));
    }

    /// <summary>Both at once, so that one is read with the other.</summary>
    private static Task ReplaceAndEnrollAsync(TestVault test, int person) => Task.WhenAll(
        test.Vault.ReplaceTemplatesAsync(Id(person), null, [TestVault.Face(person, capture: 22)]),
        test.Vault.EnrollAsync(Id(person), null, TestVault.Face(person, capture: 23)),
        test.Vault.EnrollAsync(Id(person), null, TestVault.Face(person, capture: 24)));

    private static ConsentId Id(int person) => new($"c-{person}");

    /// <summary>Every lane that can be found, by slot and ordinal.</summary>
    private static unsafe List<(uint Slot, ushort Ordinal, uint UseEnds)> Held(Gallery gallery)
    {
        var held = new List<(uint Slot, ushort Ordinal, uint UseEnds)>();
        gallery.Store.EnterRead();
        for (int index = 0; index < gallery.Store.BlockCount; index++)
        {
            InterleavedBlock block = gallery.Store.Block(index);
            for (int lane = 0; lane < gallery.Store.Layout.Lanes; lane++)
                if (block.Slots[lane] != 0 && !float.IsNaN(block.Factors[lane]))
                    held.Add((block.Slots[lane], block.Ordinals[lane], block.UseEnds[lane]));
        }

        gallery.Store.ExitRead();
        Assert.Equal(gallery.Count, held.Count);
        held.Sort();
        return held;
    }

    private static List<Candidate[]> Found(Gallery gallery)
    {
        using var probes = new ProbeBatch(gallery, 16);
        for (int i = 0; i < 16; i++)
            probes.Add(TestVault.Face(i * 130, capture: 22));
        var found = new MatchBuffer(16, 100);
        gallery.Identify(probes, Threshold.RankOnly, found);
        return [.. Enumerable.Range(0, 16).Select(i => found[i].ToArray())];
    }

    private static string Difference(List<(uint, ushort, uint)> fresh, List<(uint, ushort, uint)> held) =>
        $"missing {string.Join(' ', fresh.Except(held).Take(9))}, too many {string.Join(' ', held.Except(fresh).Take(9))}, twice {string.Join(' ', held.GroupBy(h => h).Where(g => g.Count() > 1).Select(g => g.Key).Take(9))}";
}
