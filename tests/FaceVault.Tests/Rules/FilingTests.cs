using FaceVault.Operations;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Rules;

[Trait("Rule", "P11")]
public class FilingTests
{
    /// <summary>As the Chinese rule, for three persons and two working days.</summary>
    private const string Three = """
        {"name":"three","title":"Three","zone":"Asia/Shanghai","rows":[{"rule":"P11","filing":{"persons":3,"workingDays":2,"afterDue":"block"},"from":"2025-06-01","source":"CAC 15"}]}
        """;

    private static readonly DateTimeOffset Start = new(2025, 6, 19, 8, 0, 0, TimeSpan.Zero); // a Thursday

    [Fact]
    public async Task Persons_are_counted_and_not_templates_consents_or_purposes()
    {
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025);
        await keeper.GrantAsync("a1", "anna", "door");
        await keeper.GrantAsync("a2", "anna", "gate");
        for (int template = 1; template <= 3; template++)
            await keeper.Vault.EnrollAsync(new ConsentId("a1"), null, TestVault.Face(template));
        await keeper.GrantAsync("b1", "boris", "gate");
        await keeper.GrantAsync("x1", "xenia", "free"); // under a profile that asks for nothing
        FilingStatus status = Assert.Single(await keeper.Vault.GetFilingAsync());
        Assert.Equal((3, 2, null, null, false), (status.Threshold, status.Persons, status.CrossedOn, status.DueOn, status.IsOverdue));
        Assert.Empty(await keeper.LinesAsync());
        Assert.False(await keeper.Vault.RecordFilingAsync("nothing to file"));

        await keeper.GrantAsync("c1", "carla", "door");
        status = Assert.Single(await keeper.Vault.GetFilingAsync());
        Assert.Equal((3, new DateOnly(2025, 6, 19), new DateOnly(2025, 6, 23), false), (status.Persons, status.CrossedOn, status.DueOn, status.IsOverdue));
        await keeper.GrantAsync("d1", "dora", "door");
        Assert.Equal(["""{"kind":"filing-threshold-crossed","threshold":3,"time":"2025-06-19T08:00:00Z"}"""], await keeper.LinesAsync());
        Assert.Contains((await keeper.Vault.GetStatusAsync()).Warnings, w => w.Contains("is due by 2025-06-23", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_the_last_day_new_consents_and_enrolments_are_refused_until_the_filing_is_recorded()
    {
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025);
        await keeper.GrantAsync("a1", "anna", "door");
        await keeper.GrantAsync("b1", "boris", "door");
        await keeper.GrantAsync("c1", "carla", "door");
        keeper.Clock.Now = new DateTimeOffset(2025, 6, 23, 23, 59, 59, TimeSpan.FromHours(8));
        await keeper.GrantAsync("d1", "dora", "door");
        keeper.Clock.Now = keeper.Clock.Now.AddSeconds(1);
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.GrantAsync("e1", "emil", "door"));
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.Vault.EnrollAsync(new ConsentId("a1"), null, TestVault.Face(1)));
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.ImportAsync("f1", "frida", "door"));
        await keeper.GrantAsync("x1", "xenia", "free");
        await keeper.ReopenAsync(null); // the calendar is asked once; what it said is kept
        Assert.True(Assert.Single(await keeper.Vault.GetFilingAsync()).IsOverdue);
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.GrantAsync("e1", "emil", "door"));
        Assert.True((await keeper.Vault.WithdrawConsentAsync(new ConsentId("d1"))).Check(keeper.Vault.VerifierKey).IsValid);

        Assert.True(await keeper.Vault.RecordFilingAsync("CAC-2025-77"));
        Assert.False(await keeper.Vault.RecordFilingAsync("once more"));
        await keeper.GrantAsync("e1", "emil", "door");
        await keeper.Vault.EnrollAsync(new ConsentId("a1"), null, TestVault.Face(1));
        await keeper.ReopenAsync(null);
        FilingStatus status = Assert.Single(await keeper.Vault.GetFilingAsync());
        Assert.Equal(("CAC-2025-77", keeper.Clock.Now, false), (status.Reference, status.FiledAt, status.IsOverdue));
        Assert.Equal(["filing-threshold-crossed", "filing-recorded"], (await keeper.LinesAsync()).Select(line => line.Split('"')[3]));
        Assert.Empty((await keeper.Vault.AuditAsync()).Findings);
    }

    [Fact]
    public async Task A_consent_with_which_the_threshold_is_reached_is_refused_without_a_calendar()
    {
        await using Keeper keeper = await Keeper.OpenAsync(null);
        await keeper.GrantAsync("a1", "anna", "door");
        await keeper.GrantAsync("b1", "boris", "door");
        await RefusedAsync(ViolationCode.CalendarMissing, () => keeper.GrantAsync("c1", "carla", "door"));
        await RefusedAsync(ViolationCode.CalendarMissing, () => keeper.ImportAsync("c1", "carla", "door"));
        await keeper.GrantAsync("a2", "anna", "gate");
        Assert.Empty(await keeper.LinesAsync());
        await keeper.Vault.WithdrawConsentAsync(new ConsentId("b1"));
        await keeper.GrantAsync("c1", "carla", "door"); // two persons again
        await keeper.ReopenAsync(WorkingDayCalendarTests.Mainland2025);
        await keeper.ImportAsync("d1", "dora", "door");
        Assert.Single(await keeper.LinesAsync());
    }

    [Fact]
    public async Task Whoever_kept_so_many_before_the_rule_has_its_first_day_as_the_day_of_crossing()
    {
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025, new DateTimeOffset(2025, 5, 20, 8, 0, 0, TimeSpan.Zero));
        await keeper.GrantAsync("a1", "anna", "door");
        await keeper.GrantAsync("b1", "boris", "door");
        await keeper.GrantAsync("c1", "carla", "door");
        Assert.Empty(await keeper.Vault.GetFilingAsync());
        keeper.Clock.Now = new DateTimeOffset(2025, 6, 3, 8, 0, 0, TimeSpan.Zero);
        FilingStatus status = Assert.Single(await keeper.Vault.GetFilingAsync());
        Assert.Equal((new DateOnly(2025, 6, 1), new DateOnly(2025, 6, 4)), (status.CrossedOn, status.DueOn));
        keeper.Clock.Now = new DateTimeOffset(2025, 6, 5, 8, 0, 0, TimeSpan.Zero);
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.GrantAsync("d1", "dora", "door"));
        Assert.True(await keeper.Vault.RecordFilingAsync("CAC-2025-78"));
        await keeper.GrantAsync("d1", "dora", "door");
        Assert.Equal(["filing-threshold-crossed", "filing-recorded"], (await keeper.LinesAsync()).Select(line => line.Split('"')[3]));
    }

    /// <summary>Whatever enrols is an enrolment, and what an import would refuse its check refuses.</summary>
    [Fact]
    public async Task After_the_last_day_nothing_is_enrolled_by_another_way()
    {
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025);
        foreach (string name in new[] { "anna", "boris", "carla" })
            await keeper.GrantAsync(name, name, "door");
        await keeper.Vault.EnrollAsync(new ConsentId("anna"), null, TestVault.Face(1));
        ConsentGrant renewed = TestVault.GrantAt(keeper.Clock.Now.AddDays(5), "anna again", "anna", "door"), known = TestVault.GrantAt(keeper.Clock.Now, "boris", "boris", "door");
        keeper.Clock.Now = keeper.Clock.Now.AddDays(5);
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.Vault.ReplaceTemplatesAsync(new ConsentId("anna"), null, [TestVault.Face(2)]));
        await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.Vault.RenewConsentAsync(new ConsentId("anna"), renewed));
        foreach (Enrollment item in new[] { new Enrollment(known, TestVault.Face(3)), new Enrollment(TestVault.GrantAt(keeper.Clock.Now, "dora", "dora", "door"), TestVault.Face(4)) })
        {
            await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.Vault.CheckImportAsync(new PurposeId("door"), null, Unchanged.Items(item)));
            await RefusedAsync(ViolationCode.FilingOverdue, () => keeper.Vault.ImportAsync(new PurposeId("door"), null, Unchanged.Items(item)));
        }

        RefusedException all = await Assert.ThrowsAsync<RefusedException>(() => keeper.Vault.EnrollAsync(new ConsentId("boris"), null, new float[64]));
        Assert.Equal([ViolationCode.FilingOverdue, ViolationCode.MalformedTemplate], all.Violations.Select(v => v.Code));
        await keeper.Vault.RemoveTemplateAsync(new ConsentId("anna"), 0);
        Assert.True(await keeper.Vault.RecordFilingAsync("CAC-2025-79"));
        await keeper.Vault.RenewConsentAsync(new ConsentId("anna"), renewed);
    }

    [Fact]
    public async Task The_check_of_an_import_says_that_a_calendar_is_missing()
    {
        await using Keeper keeper = await Keeper.OpenAsync(null);
        await keeper.GrantAsync("a1", "anna", "door");
        Enrollment[] items = [.. new[] { "anna", "boris", "carla" }.Select(name => new Enrollment(TestVault.GrantAt(keeper.Clock.Now, name, name, "gate"), TestVault.Face(1)))];
        await keeper.Vault.CheckImportAsync(new PurposeId("gate"), null, Unchanged.Items(items[..2]));
        await RefusedAsync(ViolationCode.CalendarMissing, () => keeper.Vault.CheckImportAsync(new PurposeId("gate"), null, Unchanged.Items(items)));
        await RefusedAsync(ViolationCode.CalendarMissing, () => keeper.Vault.ImportAsync(new PurposeId("gate"), null, Unchanged.Items(items)));
    }

    /// <summary>People who were not counted are by renewing to a version whose profile counts them.</summary>
    [Fact]
    public async Task A_renewal_can_be_the_consent_with_which_the_threshold_is_reached()
    {
        await using Keeper keeper = await Keeper.OpenAsync(null);
        foreach (string name in new[] { "anna", "boris", "carla" })
            await keeper.GrantAsync(name, name, "free");
        await keeper.Vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "free") with { Profile = "three" });
        Assert.Equal(0, Assert.Single(await keeper.Vault.GetFilingAsync()).Persons);
        await RenewAsync("anna");
        await RenewAsync("boris");
        await RefusedAsync(ViolationCode.CalendarMissing, () => RenewAsync("carla"));
        Assert.Empty(await keeper.LinesAsync());
        await keeper.ReopenAsync(WorkingDayCalendarTests.Mainland2025);
        await RenewAsync("carla");
        Assert.Single(await keeper.LinesAsync());
        await keeper.ReopenAsync(null);
        Assert.Equal(new DateOnly(2025, 6, 23), Assert.Single(await keeper.Vault.GetFilingAsync()).DueOn);
        Assert.Empty((await keeper.Vault.AuditAsync()).Findings);

        Task RenewAsync(string name) => keeper.Vault.RenewConsentAsync(new ConsentId(name), TestVault.GrantAt(keeper.Clock.Now, name + " again", name, "free"));
    }

    [Fact]
    public async Task A_crossing_whose_commit_failed_is_not_remembered()
    {
        var faults = new InMemoryFaults();
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025, faults: faults);
        await keeper.GrantAsync("a1", "anna", "door");
        await keeper.GrantAsync("b1", "boris", "door");
        faults.FailNextCommit();
        await Assert.ThrowsAsync<VaultException>(() => keeper.GrantAsync("c1", "carla", "door"));
        await keeper.ReopenAsync(WorkingDayCalendarTests.Mainland2025);
        Assert.Null(Assert.Single(await keeper.Vault.GetFilingAsync()).CrossedOn);
        await keeper.GrantAsync("c1", "carla", "door");
        Assert.Single(await keeper.LinesAsync());
    }

    [Fact]
    public async Task A_crossing_by_a_renewal_that_failed_is_not_remembered()
    {
        var faults = new InMemoryFaults();
        await using Keeper keeper = await Keeper.OpenAsync(WorkingDayCalendarTests.Mainland2025, faults: faults);
        await keeper.GrantAsync("a1", "anna", "free");
        await keeper.Vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "free") with { Profile = "three" });
        await keeper.GrantAsync("b1", "boris", "door");
        await keeper.GrantAsync("c1", "carla", "door");
        ConsentGrant renewed = TestVault.GrantAt(keeper.Clock.Now, "a2", "anna", "free");
        faults.FailNextCommit();
        await Assert.ThrowsAsync<VaultException>(() => keeper.Vault.RenewConsentAsync(new ConsentId("a1"), renewed));
        Assert.Null(Assert.Single(await keeper.Vault.GetFilingAsync()).CrossedOn);
        await keeper.Vault.RenewConsentAsync(new ConsentId("a1"), renewed);
        Assert.Single(await keeper.LinesAsync());
        Assert.Equal(new DateOnly(2025, 6, 23), Assert.Single(await keeper.Vault.GetFilingAsync()).DueOn);
    }

    /// <summary>Whatever step of the commit that crosses fails or loses its answer, by a grant or by a renewal: the ledger tells the crossing once, and the vault knows it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crossing_whose_answer_is_lost_is_told_once(bool renews)
    {
        for (int step = 1; step <= 8; step++)
        {
            foreach (StoreFaultMoment moment in new[] { StoreFaultMoment.Before, StoreFaultMoment.After })
            {
                await using TestVault test = await TestVault.InMemoryAsync(mirrors: 1);
                test.Profiles = [RuleProfile.FromJson(System.Text.Encoding.UTF8.GetBytes(Three))];
                test.WorkingDays = new WorkingDayCalendar(new DateOnly(2026, 11, 1), new DateOnly(2027, 1, 1), [], []);
                await test.ReopenAsync();
                await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "free"));
                await test.Vault.GrantConsentAsync(test.Grant("a1", "anna", "free"));
                Purpose counted = TestVault.Purpose(PurposeKind.Verification, "free") with { Profile = "three" };
                await test.Vault.AddPurposeVersionAsync(counted);
                await test.Vault.GrantConsentAsync(test.Grant("b1", "boris", "free"));
                await test.Vault.GrantConsentAsync(test.Grant("c1", "carla", "free"));
                ConsentGrant third = test.Grant("a2", "anna", "free");
                test.Faults.FailAt(StoreStep.Any, step, moment);
                Func<Task> cross = renews ? () => test.Vault.RenewConsentAsync(new ConsentId("a1"), third) : () => test.Vault.GrantConsentAsync(third);
                await Record.ExceptionAsync(cross);
                test.Faults.Clear();
                if (await test.Vault.GetConsentAsync(third.Id) is null)
                    await cross();
                await test.Vault.GrantConsentAsync(test.Grant("d1", "dora", "free"));
                int crossings = 0;
                await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
                    crossings += line.Entry.Contains("filing-threshold-crossed", StringComparison.Ordinal) ? 1 : 0;
                Assert.True(crossings == 1, $"{crossings} lines after step {step}, {moment}");
                Assert.Contains((await test.Vault.GetStatusAsync()).Warnings, w => w.Contains("A filing is due by 2026-11-24", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void The_row_of_filings_reads_back_as_it_was_written()
    {
        FilingDuty[] duties = [new(3, new DateOnly(2025, 6, 19), new DateOnly(2025, 6, 23)), new(100_000, new DateOnly(2025, 6, 1), null, Start, "CAC 7")];
        byte[] row = FilingRow.Write(duties);
        Assert.Equal("""{"duties":[{"crossed":"2025-06-19","due":"2025-06-23","threshold":3},{"crossed":"2025-06-01","filed":"2025-06-19T08:00:00Z","reference":"CAC 7","threshold":100000}]}""", System.Text.Encoding.UTF8.GetString(row));
        Assert.Equal(duties, FilingRow.TryRead(row));
    }

    private static async Task RefusedAsync(ViolationCode code, Func<Task> call) => Assert.Equal(code, Assert.Single((await Assert.ThrowsAsync<RefusedException>(call)).Violations).Code);

    /// <summary>A vault with two purposes under the rule and one that is not.</summary>
    private sealed class Keeper(VaultOptions options, FixedClock clock) : IAsyncDisposable
    {
        public FixedClock Clock => clock;

        public Vault Vault { get; private set; } = new(options);

        public static async Task<Keeper> OpenAsync(WorkingDayCalendar? calendar, DateTimeOffset? start = null, InMemoryFaults? faults = null)
        {
            var clock = new FixedClock(start ?? Start);
            VaultOptions options = VaultOptions.InMemoryForTests(clock, faults);
            options.Profiles.Add(RuleProfile.FromJson(System.Text.Encoding.UTF8.GetBytes(Three)));
            options.WorkingDays = calendar;
            var keeper = new Keeper(options, clock);
            await keeper.Vault.InitializeAsync();
            foreach (string id in new[] { "door", "gate" })
                await keeper.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, id) with { Profile = "three" });
            await keeper.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "free"));
            return keeper;
        }

        public async Task ReopenAsync(WorkingDayCalendar? calendar)
        {
            await Vault.DisposeAsync();
            options.WorkingDays = calendar;
            Vault = new Vault(options);
            await Vault.OpenAsync();
        }

        public Task GrantAsync(string consent, string subject, string purpose) => Vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, consent, subject, purpose));

        public Task ImportAsync(string consent, string subject, string purpose) =>
            Vault.ImportAsync(new PurposeId(purpose), null, One(new Enrollment(TestVault.GrantAt(clock.Now, consent, subject, purpose), TestVault.Face(7))));

        public async Task<List<string>> LinesAsync()
        {
            var lines = new List<string>();
            await foreach (LedgerLine line in Vault.ReadLedgerAsync())
                if (line.Entry.Contains("\"filing-", StringComparison.Ordinal))
                    lines.Add(line.Entry);
            return lines;
        }

        public ValueTask DisposeAsync() => Vault.DisposeAsync();

        private static async IAsyncEnumerable<Enrollment> One(Enrollment item)
        {
            await Task.CompletedTask;
            yield return item;
        }
    }
}
