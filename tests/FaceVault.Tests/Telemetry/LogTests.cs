using System.Net;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using FaceVault.Tests.Witnesses;
using Microsoft.Extensions.Logging;

namespace FaceVault.Tests.Telemetry;

/// <summary>What an operator reads of a vault: each event when it happens, and once.</summary>
public sealed class LogTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task A_life_in_good_order_is_told_event_by_event()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(3);
        await test.Vault.GetGalleryAsync(Door);
        await test.Vault.GetGalleryAsync(Door);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        VaultStatus status = await test.Vault.GetStatusAsync();
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        await test.Vault.SweepAsync();
        await test.Vault.DisposeAsync();
        Assert.Equal(["VaultOpened", "GalleryOpened", "KeysDestroyed", "KeysDestroyed", "VaultSwept", "GalleryClosed", "VaultClosed"], test.Log.Names);
        Assert.All(test.Log.All.Where(e => e.Event.Name != "MemoryNotLocked"), e => Assert.Equal(LogLevel.Information, e.Level));
        Assert.All(test.Log.All, e => Assert.Equal(status.Origin, e["Origin"]));

        Logged gallery = test.Log.One("GalleryOpened");
        Assert.Equal((TestVault.Door, "synthetic", "open", 3), (gallery["Purpose"], gallery["Model"], gallery["Mode"], gallery["Templates"]));
        Assert.Equal([(1, "withdrawn"), (2, "expired")], test.Log.Named("KeysDestroyed").Select(e => (e["Count"], e["Trigger"])));
        Assert.Equal(2, test.Log.One("VaultSwept")["Expired"]);
        Assert.Equal(("created", 1L, 1L), (test.Log.One("VaultOpened")["Recovery"], test.Log.One("VaultOpened")["Commit"], test.Log.One("VaultOpened")["Epoch"]));

        test.Log.Clear();
        test.Renew();
        await test.Vault.OpenAsync();
        await test.Vault.OpenAsync();
        Logged opened = Assert.Single(test.Log.All, e => e.Event.Name != "MemoryNotLocked");
        Assert.Equal(("continued", status.Epoch + 1), (opened["Recovery"], opened["Epoch"]));
    }

    [Fact]
    public async Task A_vault_that_inspects_says_so_and_no_more()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.Log.Clear();
        await using (Vault beside = test.Make(VaultAccess.Inspect))
            await beside.GetStatusAsync();
        Assert.Equal(["VaultOpened", "VaultClosed"], test.Log.Names);
        Assert.Equal("inspects", test.Log.One("VaultOpened")["Recovery"]);
    }

    [Fact]
    public async Task A_vault_without_a_second_place_is_told_at_every_opening()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Assert.Equal(["VaultOpened", "SingleRoot", "NoMirror"], test.Log.Names);
        test.Log.Clear();
        await test.ReopenAsync();
        Assert.Equal(["VaultClosed", "VaultOpened", "SingleRoot", "NoMirror"], test.Log.Names);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("mirror")]
    public async Task A_place_that_goes_and_comes_back_is_told_once_each_and_what_is_owed_meanwhile(string type)
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(2);
        string place = (await test.Vault.GetStatusAsync()).Places.Last(p => p.Type == (type == "root" ? LocationType.Root : LocationType.Mirror)).Id!;
        test.Log.Clear();
        SetAway(true);
        for (int i = 0; i < 2; i++)
            await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-1")));
        await test.Vault.GrantConsentAsync(test.Grant("c-5"));
        Assert.Equal((type, place), (test.Log.One("PlaceAway")["Place"], test.Log.One("PlaceAway")["PlaceId"]));
        Assert.Equal([1, 1], test.Log.Named("DestructionsOwed").Select(e => e["Count"]));
        await test.ReopenAsync();
        using (var patience = new CancellationTokenSource(Observation.Patience))
            while (test.Log.Named("DestructionsOwed").Count < 3) // opening takes up what is stopped, in the background
                await Task.Delay(10, patience.Token);
        Assert.Equal(2, test.Log.Named("PlaceAway").Count); // another vault, which tells what it finds

        test.Log.Clear();
        SetAway(false);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        Assert.Equal((type, place), (test.Log.One("PlaceBack")["Place"], test.Log.One("PlaceBack")["PlaceId"]));
        Assert.Equal((1, "withdrawn"), (test.Log.One("KeysDestroyed")["Count"], test.Log.One("KeysDestroyed")["Trigger"]));
        Assert.Empty(test.Log.Named("DestructionsOwed"));

        void SetAway(bool isAway)
        {
            test.MirrorStores[0].IsReachable = !isAway || type == "root";
            test.Media[1].IsUnreachable = isAway && type == "root";
        }
    }

    [Fact]
    public async Task A_commit_that_fails_and_what_the_vault_decides_are_told()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.Log.Clear();
        test.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before);
        await Assert.ThrowsAsync<VaultException>(() => test.Vault.GrantConsentAsync(test.Grant("c-0")));
        Assert.Equal(["CommitFailed", "VaultDecided"], test.Log.Names);
        Assert.Equal("StoreFailed", test.Log.One("CommitFailed")["Reason"]);
        Assert.Equal("continued", test.Log.One("VaultDecided")["Recovery"]);

        test.Log.Clear();
        test.Faults.Kill();
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.GrantConsentAsync(test.Grant("c-0")));
        Assert.Equal(["CommitFailed", "VaultUndecided"], test.Log.Names);
        test.Faults.Clear();
        await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        Assert.Equal(["CommitFailed", "VaultUndecided", "VaultDecided"], test.Log.Names);
    }

    [Theory]
    [InlineData(false, "brought up, completed, continued, promoted, rolled back")]
    [InlineData(true, "brought up, continued, fenced")]
    public async Task What_recovery_does_after_a_crash_in_a_withdrawal_is_told(bool rootIsAway, string expected)
    {
        Rehearsal run = await Rehearsal.OfAsync("withdraw", 2, 1);
        var words = new SortedSet<string>(StringComparer.Ordinal);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            test.Vault.Engine.ReadLogAhead(); // or the withdrawal would, beside its own steps, and they would not be counted alike each time
            test.Faults.KillAt(StoreStep.Any, step, StoreFaultMoment.Before);
            await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-1")));
            test.Crash();
            test.Log.Clear();
            test.Media[1].IsUnreachable = rootIsAway;
            await test.Vault.OpenAsync();
            words.Add((string)test.Log.One("VaultOpened")["Recovery"]!);
            if (rootIsAway)
            {
                // Opening took up what was stopped, on a thread of its own: behind another call it has ended, and does not meet the location halfway.
                Exception? failure = await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-1")));
                Assert.True(failure is null or ErasureIncompleteException, failure?.ToString());
                Assert.Empty(test.Log.Named("KeysDestroyed"));
                test.Media[1].IsUnreachable = false;
            }

            await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
            Assert.True(test.Log.Named("KeysDestroyed").Count <= 1);
        }

        Assert.Equal(expected, string.Join(", ", words));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_is_told_once_until_it_is_right_again()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.Clock.Now = test.Start.AddHours(5);
        await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        test.Clock.Now = test.Clock.Now.AddSeconds(-50);
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        Assert.Empty(test.Log.Named("ClockWentBack"));
        test.Clock.Now = test.Start.AddHours(4);
        await test.Vault.SweepAsync();
        await test.Vault.SweepAsync();
        Assert.Equal(3600L, test.Log.One("ClockWentBack")["Seconds"]);

        test.Clock.Now = test.Start.AddHours(6);
        await test.Vault.GrantConsentAsync(test.Grant("c-4"));
        await test.Vault.DisposeAsync();
        test.Log.Clear();
        test.Clock.Now = test.Start;
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.Equal(6 * 3600L, test.Log.One("ClockWentBack")["Seconds"]);
    }

    [Fact]
    public async Task A_vault_whose_newest_line_cannot_be_read_opens_and_tells_no_time()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.Vault.DisposeAsync();
        (long first, byte[] segment) = test.Store.OpenReader().Scan(KeyTable.Ledger).Last();
        test.Store.Tamper(KeyTable.Ledger, first, [.. segment[..^1], (byte)~segment[^1]]);
        test.Log.Clear();
        test.Clock.Now = test.Start.AddYears(-1);
        test.Renew();
        await test.Vault.OpenAsync();
        await test.Vault.GetStatusAsync();
        Assert.Equal(["VaultOpened"], test.Log.Names);
    }

    [Fact]
    public async Task A_fence_is_told_once_though_several_witnesses_raise_it()
    {
        using SpecWitness one = new("witness.example/one", 1), two = new("witness.example/two", 2);
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.Witnesses = [one, two];
        await test.ReopenAsync();
        foreach (SpecWitness witness in test.Witnesses)
            witness.Instead = () => new HttpResponseMessage(HttpStatusCode.Conflict) { Content = new StringContent("1000\n") };
        for (int i = 0; i < 2; i++)
            await Assert.ThrowsAsync<VaultException>(() => test.Vault.CosignAsync());
        Logged fenced = test.Log.One("VaultFenced");
        Assert.Equal(("StoreRolledBack", LogLevel.Critical), (fenced["Reason"], fenced.Level));
    }

    [Fact]
    public async Task No_message_names_a_path()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1);
        await test.EnrollAsync(1);
        Directory.Move(folder["mirror0"], folder["elsewhere"]);
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-0")));
        await test.Vault.DisposeAsync();
        Assert.Contains("PlaceAway", test.Log.Names);
        string name = Path.GetFileName(folder.Path);
        Assert.All(test.Log.All, e => Assert.DoesNotContain(e.State.Select(s => s.Value?.ToString() ?? "").Append(e.Text), said =>
            said.Contains(name, StringComparison.Ordinal) || said.Contains("mirror0", StringComparison.Ordinal) || said.Contains("root1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("made")]
    [InlineData("asked")]
    [InlineData("told")]
    public async Task What_a_logger_throws_changes_no_answer(string when)
    {
        using var factory = new ThrowingLog(when);
        await using TestVault places = TestVault.Empty(2, 1);
        VaultOptions options = places.Options(VaultAccess.ReadWrite);
        options.LoggerFactory = factory;
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose());
        await vault.GrantConsentAsync(places.Grant("c-0"));
        await vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0));
        Gallery gallery = await vault.GetGalleryAsync(Door);
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly));
        places.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before);
        await Assert.ThrowsAsync<VaultException>(() => vault.GrantConsentAsync(places.Grant("c-1")));
        DeletionCertificate certificate = await vault.WithdrawConsentAsync(new ConsentId("c-0"));
        Assert.True(certificate.Check(vault.VerifierKey).IsValid);
        await vault.SweepAsync();
        Assert.True(factory.Thrown >= (when == "made" ? 1 : 6), $"thrown {factory.Thrown} times");
    }

    /// <summary>Opens a vault and a gallery in a process that may lock nothing, and prints what was logged of it.</summary>
    internal static int MemoryChild(string[] arguments)
    {
        using var log = new RecordedLog();
        VaultOptions options = VaultOptions.InMemoryForTests();
        options.LoggerFactory = log;
        using var vault = new Vault(options);
        vault.InitializeAsync().GetAwaiter().GetResult();
        vault.EnsurePurposeAsync(TestVault.Purpose()).GetAwaiter().GetResult();
        vault.GrantConsentAsync(TestVault.GrantAt(DateTimeOffset.UtcNow, "c-0")).GetAwaiter().GetResult();
        vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)).GetAwaiter().GetResult();
        Gallery gallery = vault.GetGalleryAsync(Door).GetAwaiter().GetResult();
        Console.WriteLine(string.Join(' ', log.Named("MemoryNotLocked").Select(e => $"{e["Use"]}:{(long)e["Bytes"]! > 0}").Append(gallery.IsLocked.ToString())));
        return 0;
    }

    private sealed class ThrowingLog(string when) : ILoggerFactory, ILogger
    {
        public int Thrown { get; private set; }

        public ILogger CreateLogger(string categoryName) => when == "made" ? throw Trouble() : this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw Trouble();

        public bool IsEnabled(LogLevel logLevel) => when == "asked" ? throw Trouble() : true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw Trouble();

        public void AddProvider(ILoggerProvider provider) => throw Trouble();

        public void Dispose()
        {
        }

        private InvalidOperationException Trouble()
        {
            Thrown++;
            return new InvalidOperationException("the logger's own trouble");
        }
    }
}

/// <summary>Memory that the system refuses to lock, in a process of its own.</summary>
[Collection(Alone.Name)]
public sealed class MemoryLogTests
{
    [RootFact("setpriv", "prlimit")]
    public void Memory_that_is_not_locked_is_told_of_keys_and_of_a_gallery()
    {
        ChildResult result = Child.Run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "prlimit", "--memlock=0:0"], "memory-log");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("secrets:True gallery:True False", result.Output.Trim());
    }
}
