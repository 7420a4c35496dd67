using System.Globalization;
using FaceVault.Records;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Records;

/// <summary>P10: what is done is counted by purpose and day, without subjects, and survives what the vault survives.</summary>
[Trait("Rule", "P10")]
public sealed class ProcessingRecordTests
{
    private static readonly PurposeId Door = new(TestVault.Door), Lift = new("lift");

    private static ConsentId Id(string id) => new(id);

    [Fact]
    public async Task Every_operation_counts_under_its_purpose_and_day_also_after_a_restart()
    {
        await using TestVault test = await TestVault.InMemoryAsync(mirrors: 1);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, "mood"));
        await test.EnrollAsync(4);
        await test.Vault.GrantConsentsAsync([test.Grant("l-0", purpose: "lift"), test.Grant("l-1", purpose: "lift"), test.Grant("m-0", purpose: "mood")]);
        await test.Vault.EnrollAsync(Id("l-0"), null, TestVault.Face(10));
        await test.Vault.EnrollAsync(Id("m-0"), null, TestVault.Face(11));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.At(0.9f)));
        Assert.Empty(await gallery.IdentifyAsync(TestVault.Face(77), 1, Threshold.At(0.9f)));
        using var probes = new ProbeBatch(gallery, 3);
        probes.Add(TestVault.Face(0));
        probes.Add(TestVault.Face(78));
        probes.Add(TestVault.Face(2));
        gallery.Identify(probes, Threshold.At(0.9f), new MatchBuffer(3, 1));
        Assert.True((await test.Vault.VerifyFaceAsync(Id("l-0"), TestVault.Face(10), Threshold.At(0.9f))).IsMatch);
        Assert.False((await test.Vault.VerifyFaceAsync(Id("l-0"), TestVault.Face(12), Threshold.At(0.9f))).IsMatch);
        Assert.Equal(VerificationOutcome.Refused, (await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f))).Outcome);
        Assert.Equal(VerificationOutcome.Refused, (await test.Vault.VerifyFaceAsync(Id("nobody"), TestVault.Face(0), Threshold.At(0.9f))).Outcome);
        await test.Vault.AnalyzeAsync(Id("m-0"), values => values.Length);
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.AnalyzeAsync(Id("l-0"), values => values.Length));
        await test.Vault.ReplaceTemplatesAsync(Id("c-0"), null, [TestVault.Face(20), TestVault.Face(21)]);
        await test.Vault.RenewConsentAsync(Id("c-1"), test.Grant("c-9", "subject of c-1"));
        await test.Vault.WithdrawConsentAsync(Id("c-2"));
        await test.Vault.WithdrawConsentAsync(Id("c-2"));
        await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-3"));
        await test.Vault.RetirePurposeAsync(new PurposeId("mood"));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentsAsync([test.Grant("l-2", purpose: "lift") with { ExpiresAt = default }, test.Grant("c-2")]));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(Id("c-2"), null, TestVault.Face(2)));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(Id("l-1"), null, new float[64]));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GetGalleryAsync(Lift));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "stairs") with { Alternatives = [] }));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EraseSubjectAsync(new SubjectId("subject of l-0"), null, [new PurposeId("stairs")]));

        string[] expected =
        [
            "2026-11-21 - : AlternativeMissing 1, ConsentMissing 1, ScopeUnknown 1",
            "2026-11-21 door: granted 5 enrolled 6 searched 5 hits 3 withdrawn 1 erased 1 destroyed 4 : ConsentIdTaken 1, ConsentWithdrawn 1, OperationNotConsented 1",
            "2026-11-21 lift: granted 2 enrolled 1 verified 2 matched 1 : ConsentUnlimited 1, MalformedTemplate 1, OperationNotConsented 2",
            "2026-11-21 mood: granted 1 enrolled 1 analysed 1 retired 1 destroyed 1 : ",
        ];
        Assert.Equal(string.Join("\n", expected), string.Join("\n", await LinesAsync(test)));
        await test.ReopenAsync();
        Assert.Equal(string.Join("\n", expected), string.Join("\n", await LinesAsync(test)));
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        await using Vault beside = test.Make(VaultAccess.Inspect);
        Assert.Equal(expected.Length, (await beside.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)).Count);
        Assert.Equal(Rows(test.Store), Rows(test.MirrorStores[0]));
    }

    [Fact]
    public async Task A_crash_loses_what_was_counted_in_memory_and_nothing_of_what_was_committed()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(2);
        await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f));
        await test.Vault.GrantConsentAsync(test.Grant("c-2")); // takes the verification with it
        await test.Vault.VerifyFaceAsync(Id("c-1"), TestVault.Face(1), Threshold.At(0.9f));
        Assert.Equal(["2026-11-21 door: granted 3 enrolled 2 verified 2 matched 2 : "], await LinesAsync(test));
        test.Crash();
        await test.Vault.OpenAsync();
        Assert.Equal(["2026-11-21 door: granted 3 enrolled 2 verified 1 matched 1 : "], await LinesAsync(test));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_fails_or_loses_its_answer_counts_nothing_twice_and_loses_nothing(bool isDone)
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(1);
        for (int i = 1; i <= 3; i++)
        {
            await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f));
            test.Faults.FailAt(StoreStep.Commit, 1, isDone ? StoreFaultMoment.After : StoreFaultMoment.Before);
            Exception? failure = await Record.ExceptionAsync(() => test.Vault.GrantConsentAsync(test.Grant($"d-{i}")));
            if (failure is not null)
                await test.Vault.GrantConsentAsync(test.Grant($"d-{i}"));
            Assert.Equal([$"2026-11-21 door: granted {1 + i} enrolled 1 verified {i} matched {i} : "], await LinesAsync(test));
        }

        await test.ReopenAsync();
        Assert.Equal(["2026-11-21 door: granted 4 enrolled 1 verified 3 matched 3 : "], await LinesAsync(test));
    }

    [Fact]
    public async Task Where_nothing_commits_counts_are_written_after_the_interval_and_at_closing()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(1);
        test.RecordInterval = TimeSpan.FromMilliseconds(1);
        await test.ReopenAsync();
        await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f));
        using (var waiting = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
            while (test.Vault.Engine.Book.Read().Count > 0)
                await Task.Delay(10, waiting.Token);
        test.Crash();
        await test.Vault.OpenAsync();
        Assert.Equal(["2026-11-21 door: granted 1 enrolled 1 verified 1 matched 1 : "], await LinesAsync(test));

        test.RecordInterval = TimeSpan.FromDays(1);
        await test.ReopenAsync();
        await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f));
        await test.ReopenAsync();
        Assert.Equal(["2026-11-21 door: granted 1 enrolled 1 verified 2 matched 2 : "], await LinesAsync(test));
    }

    [Fact]
    public async Task What_was_done_before_midnight_is_of_the_day_before_although_it_is_written_after()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(1);
        test.Clock.Now = new DateTimeOffset(2026, 11, 21, 23, 59, 59, TimeSpan.Zero);
        await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(0), Threshold.At(0.9f));
        test.Clock.Now = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.FromHours(8)); // midnight
        await test.Vault.VerifyFaceAsync(Id("c-0"), TestVault.Face(5), Threshold.At(0.9f));
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        string[] expected = ["2026-11-21 door: granted 1 enrolled 1 verified 1 matched 1 : ", "2026-11-22 door: granted 1 verified 1 : "];
        Assert.Equal(string.Join("\n", expected), string.Join("\n", await LinesAsync(test)));
        await test.ReopenAsync();
        Assert.Equal(string.Join("\n", expected), string.Join("\n", await LinesAsync(test)));
        Assert.Equal(expected[1..], Lines(await test.Vault.ListProcessingRecordsAsync(new DateOnly(2026, 11, 22), new DateOnly(2026, 11, 22))));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.Vault.ListProcessingRecordsAsync(new DateOnly(2026, 11, 22), new DateOnly(2026, 11, 21)));
    }

    [Fact]
    public async Task Threads_that_count_at_once_lose_nothing_while_commits_take_it()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        PurposeCounts counts = test.Vault.Engine.Book.Of(1);
        Task[] threads = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
                counts.Add(Activity.Searches);
        }))];
        int grants = 0;
        do
            await test.Vault.GrantConsentAsync(test.Grant($"c-{grants++}"));
        while (!Task.WhenAll(threads).IsCompleted);
        Assert.Equal([$"2026-11-21 door: granted {grants} searched 80000 : "], await LinesAsync(test));
        await test.ReopenAsync();
        Assert.Equal([$"2026-11-21 door: granted {grants} searched 80000 : "], await LinesAsync(test));
    }

    [Fact]
    public async Task A_day_is_kept_for_three_years_after_its_end_and_dropped_then()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.Clock.Now = new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero);
        await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        test.Clock.Now = new DateTimeOffset(2028, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        test.Clock.Now = new DateTimeOffset(2031, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await test.Vault.GrantConsentAsync(test.Grant("c-2"));
        Assert.Equal(3, (await LinesAsync(test)).Length);
        test.Clock.Now = new DateTimeOffset(2031, 3, 2, 12, 0, 0, TimeSpan.Zero);
        await test.Vault.GrantConsentAsync(test.Grant("c-3"));
        Assert.Equal(["2028-03-01 door: granted 1 : ", "2031-03-01 door: granted 1 : ", "2031-03-02 door: granted 1 : "], await LinesAsync(test));
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_profile_may_ask_for_longer_and_a_program_that_does_not_know_it_drops_nothing()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        RuleProfile works = RuleProfile.FromJson("""{"name":"works","title":"Agreement 12","rows":[{"rule":"P10","recordsKept":"P5Y6M","source":"Agreement 12"}]}"""u8);
        options.Profiles.Add(works);
        var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose() with { Profile = "works" });
        await vault.EnsurePurposeAsync(TestVault.Purpose(id: "free"));
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-0"));
        Assert.Equal(2, await DaysAsync("c-1", TestVault.Door, 4));
        await ReopenAsync();
        Assert.Equal(3, await DaysAsync("c-2", "free", 5)); // by a program that was not given the profile
        await ReopenAsync(works);
        Assert.Equal(2, await DaysAsync("c-3", TestVault.Door, 0)); // six years, the next whole ones, are over for the first day
        await vault.DisposeAsync();

        async Task<int> DaysAsync(string consent, string purpose, int years)
        {
            clock.Now = clock.Now.AddYears(years);
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, consent, purpose: purpose));
            return (await vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)).Select(record => record.Day).Distinct().Count();
        }

        async Task ReopenAsync(params RuleProfile[] profiles)
        {
            await vault.DisposeAsync();
            options.Profiles.Clear();
            foreach (RuleProfile profile in profiles)
                options.Profiles.Add(profile);
            vault = new Vault(options);
        }
    }

    [Theory]
    [InlineData("2031-02-28", 3, "2028-02-27")]
    [InlineData("2031-03-01", 3, "2028-02-29")]
    [InlineData("2031-03-02", 3, "2028-03-01")]
    [InlineData("2029-12-31", 3, "2026-12-30")]
    [InlineData("2030-01-01", 3, "2026-12-31")]
    [InlineData("2032-02-29", 4, "2028-02-28")]
    public void The_first_day_that_is_kept(string today, int years, string first) =>
        Assert.Equal(first, DayNumber.Date(DayNumber.FirstKept(DayNumber.Of(Day(today)), years)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Fact]
    public async Task A_damaged_row_is_begun_anew_says_so_and_holds_up_nobody()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        long key = CountRow.KeyOf(DayNumber.Of(test.Clock.Now), 1);
        byte[] blob = test.Store.Snapshot()![CountRow.Table].Find(key)!;
        blob[30] ^= 1;
        test.Store.Tamper(CountRow.Table, key, blob);
        Assert.True(Assert.Single(await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)).IsIncomplete);
        await test.Vault.WithdrawConsentAsync(Id("c-0"));
        ProcessingRecord record = Assert.Single(await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue));
        Assert.True(record.IsIncomplete);
        Assert.Equal((0, 1), (record.ConsentsGranted, record.Withdrawals));
        await AssertFoundAsync(test);
    }

    [Fact]
    public async Task An_earlier_row_that_is_put_back_or_a_row_that_is_gone_is_found_by_the_audit()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        long key = CountRow.KeyOf(DayNumber.Of(test.Clock.Now), 1);
        byte[] earlier = test.Store.Snapshot()![CountRow.Table].Find(key)!;
        await test.Vault.EnrollAsync(Id("c-0"), null, TestVault.Face(3)); // of this the ledger knows nothing
        byte[] now = test.Store.Snapshot()![CountRow.Table].Find(key)!;
        test.Store.Tamper(CountRow.Table, key, earlier);
        await AssertFoundAsync(test);
        test.Store.Tamper(CountRow.Table, key, []);
        await AssertFoundAsync(test);
        test.Store.Tamper(CountRow.Table, key, now);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        test.Store.Tamper(CountRow.Table, key, earlier);
        await test.Vault.GrantConsentAsync(test.Grant("c-1")); // counts on from the earlier one
        await AssertFoundAsync(test);
        await using Vault beside = test.Make(VaultAccess.Inspect);
        Assert.False((await beside.AuditAsync()).IsIntact);
    }

    /// <summary>A commit that would log a key and count none, or the other way round.</summary>
    [Fact]
    public async Task Records_that_count_other_keys_than_the_ledger_are_found_by_the_audit()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        test.Vault.Engine.Book.Of(1).Add(Activity.ConsentsGranted);
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        await AssertFoundAsync(test);
    }

    private static async Task AssertFoundAsync(TestVault test)
    {
        AuditReport report = await test.Vault.AuditAsync();
        Assert.True(Assert.Single(report.Findings, f => f.Code == "processing").IsBroken);
        Assert.False(report.IsIntact);
    }

    [Fact]
    public async Task Imports_count_each_item_and_what_is_skipped_does_not_count()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, mirrors: 1);
        Enrollment[] items = [.. Enumerable.Range(0, 7).Select(i => new Enrollment(test.Grant($"c-{i / 2}"), TestVault.Face(i)))];
        for (int run = 0; run < 2; run++)
        {
            await test.Vault.ImportAsync(Door, null, items.ToAsyncEnumerable());
            Assert.Equal(["2026-11-21 door: granted 4 enrolled 7 : "], await LinesAsync(test));
        }

        await test.ReopenAsync();
        Assert.Equal(["2026-11-21 door: granted 4 enrolled 7 : "], await LinesAsync(test));
    }

    internal static async Task<string[]> LinesAsync(TestVault test) => Lines(await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue));

    private static string[] Lines(IEnumerable<ProcessingRecord> records) => [.. records.Select(LineOf)];

    private static string LineOf(ProcessingRecord record)
    {
        (string Name, long Count)[] counts =
        [
            ("granted", record.ConsentsGranted), ("enrolled", record.Enrolments), ("verified", record.Verifications), ("matched", record.VerificationMatches), ("searched", record.Searches),
            ("hits", record.SearchHits), ("analysed", record.Analyses), ("withdrawn", record.Withdrawals), ("erased", record.Erasures), ("expired", record.Expiries), ("retired", record.Retirements),
            ("destroyed", record.KeysDestroyed),
        ];
        string done = string.Concat(counts.Where(c => c.Count > 0).Select(c => $" {c.Name} {c.Count}"));
        string refused = string.Join(", ", record.Refusals.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal).Select(r => $"{r.Key} {r.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"{record.Day:yyyy-MM-dd} {(record.Purpose is { } purpose ? purpose.Value + ":" + done : "-" + done)} : {refused}");
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string[] Rows(InMemoryKeyStoreLocation store) => [.. store.Snapshot()![CountRow.Table].Range(CountRow.Before, long.MaxValue).Select(row => $"{row.Key} {Convert.ToHexString(row.Value)}")];
}
