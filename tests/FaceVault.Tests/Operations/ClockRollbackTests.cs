using FaceVault.Storage;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>S2 (PIPL 19; BIPA 15(a)): a clock that stands before what the vault has recorded ends granting, enrolling and use, never a stop; it passes when the clock has caught up.</summary>
[Trait("Rule", "S2")]
public sealed class ClockRollbackTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_granted_enrolled_or_found_while_the_clock_is_back(bool reopened)
    {
        await using TestVault test = await MakeAsync();
        await test.EnrollAsync(2);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        test.Clock.Now -= TimeSpan.FromMinutes(5);
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly)); // as far as clocks may differ
        Candidate first = Find(gallery);
        test.Clock.Now -= TimeSpan.FromSeconds(1);
        await Assert.ThrowsAsync<RefusedException>(() => gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly));
        if (reopened)
        {
            test.Clock.Now -= TimeSpan.FromMinutes(6);
            await test.ReopenAsync();
            gallery = await test.Vault.GetGalleryAsync(Door);
        }

        var id = new ConsentId("c-0");
        foreach (Func<Vault, Task> call in new Func<Vault, Task>[]
        {
            v => v.GrantConsentAsync(test.Grant("c-7")),
            v => v.GrantConsentsAsync([test.Grant("c-7"), test.Grant("c-8")]),
            v => v.EnrollAsync(id, null, TestVault.Face(0)),
            v => v.ImportAsync(Door, null, Items(new Enrollment(test.Grant("c-7"), TestVault.Face(0)))),
            v => v.CheckImportAsync(Door, null, Items(new Enrollment(test.Grant("c-7"), TestVault.Face(0)))),
            v => v.ReplaceTemplatesAsync(id, null, [TestVault.Face(0)]),
            v => v.RenewConsentAsync(id, test.Grant("c-7", "subject of c-0")),
            _ => gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly),
            _ => gallery.ResolveAsync([first]).AsTask(),
        })
            await RefusesAsync(test, ViolationCode.ClockRollback, call);
        using (var probes = new ProbeBatch(gallery, 1))
        {
            probes.Add(TestVault.Face(0));
            Assert.Equal(ViolationCode.ClockRollback, Assert.Throws<RefusedException>(() => gallery.Identify(probes, Threshold.RankOnly, new MatchBuffer(1, 1))).Violations[0].Code);
        }

        // Stopping, destroying and reading go on.
        Assert.NotNull(await test.Vault.WithdrawConsentAsync(new ConsentId("c-1")));
        await test.Vault.SweepAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(id))!.Status);
        test.Clock.Now = test.Start.AddHours(5);
        Assert.Equal(id, Assert.Single(await gallery.IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly)).Consent);
        await test.Vault.GrantConsentAsync(test.Grant("c-7"));
    }

    [Theory]
    [InlineData(PurposeKind.Verification)]
    [InlineData(PurposeKind.Analysis)]
    public async Task Verification_answers_refused_and_analysis_throws(PurposeKind kind)
    {
        await using TestVault test = await MakeAsync(kind);
        await test.EnrollAsync(1);
        var id = new ConsentId("c-0");
        test.Clock.Now = test.Start;
        if (kind == PurposeKind.Verification)
            Assert.Equal(ViolationCode.ClockRollback, Assert.Single((await test.Vault.VerifyFaceAsync(id, TestVault.Face(0), Threshold.At(0.5f))).Violations).Code);
        else
            await RefusesAsync(test, ViolationCode.ClockRollback, v => v.AnalyzeAsync(id, static _ => 0));
    }

    [Fact]
    public async Task An_expired_consent_does_not_come_back_with_the_clock_and_a_withdrawal_meanwhile_hides_nothing()
    {
        await using TestVault test = await MakeAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-0") with { ExpiresAt = test.Clock.Now.AddDays(1) });
        await test.Vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0));
        test.Clock.Now = test.Clock.Now.AddDays(2);
        await test.EnrollAsync(2, from: 1);
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0))); // no sweep has run
        test.Clock.Now = test.Start.AddHours(6);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-2")); // the newest ledger line is of this time now
        await test.ReopenAsync();
        await RefusesAsync(test, ViolationCode.ClockRollback, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_ran_ahead_and_was_set_right_is_accepted_in_a_line_of_the_ledger(bool reopened)
    {
        await using TestVault test = await MakeAsync();
        DateTimeOffset right = test.Clock.Now;
        test.Clock.Now = right.AddYears(4);
        await test.EnrollAsync(2);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        test.Clock.Now = right;
        Assert.Contains("recover --accept-clock", (await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(test.Grant("c-7")))).Violations[0].Remedy, StringComparison.Ordinal);

        Assert.Equal(right.AddYears(4) - right, await test.Vault.AcceptClockAsync());
        if (reopened)
            await test.ReopenAsync();
        long lines = (await test.Vault.GetStatusAsync()).LedgerSize;
        Assert.Equal($$"""{"kind":"clock-accepted","time":"{{right:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""", await LineAsync(test, lines - 1));
        Assert.Equal(TimeSpan.Zero, await test.Vault.AcceptClockAsync()); // nothing to accept: no line
        await test.EnrollAsync(1, from: 7);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.Equal(new ConsentId("c-7"), Assert.Single(await gallery.IdentifyAsync(TestVault.Face(7), 1, Threshold.RankOnly)).Consent);
        Assert.Contains($"{right:yyyy-MM-dd}", await LineAsync(test, lines), StringComparison.Ordinal); // a line later the vault goes by the clock
        Assert.True((await test.Vault.AuditAsync()).IsIntact);

        test.Clock.Now = right.AddMinutes(-6); // and the next time that it goes back is noticed
        await RefusesAsync(test, ViolationCode.ClockRollback, v => v.GrantConsentAsync(test.Grant("c-9")));
    }

    [Fact]
    public async Task An_acceptance_that_is_not_durable_is_none()
    {
        await using TestVault test = await MakeAsync();
        await test.EnrollAsync(1);
        test.Clock.Now = test.Start;
        test.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => test.Vault.AcceptClockAsync());
        test.Faults.Clear();
        await RefusesAsync(test, ViolationCode.ClockRollback, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)));
        await test.ReopenAsync();
        await RefusesAsync(test, ViolationCode.ClockRollback, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)));
    }

    [Fact]
    public async Task A_sweep_that_is_interrupted_is_taken_up_and_goes_in_batches()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        test.MostInBatch = 3;
        await test.ReopenAsync();
        await test.EnrollAsync(10);
        test.Clock.Now = test.Start.AddMonths(7);
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        test.Media[1].IsUnreachable = true;
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.SweepAsync());
        Assert.All(Enumerable.Range(0, 10), i => Assert.NotEqual(ConsentStatus.Active, test.Vault.GetConsentAsync(new ConsentId($"c-{i}")).GetAwaiter().GetResult()!.Status));
        test.Media[1].IsUnreachable = false;
        SweepResult swept = await test.Vault.SweepAsync();
        Assert.Equal(10, swept.Expired + swept.Resumed);
        Assert.Equal(epoch + 4, (await test.Vault.GetStatusAsync()).Epoch);
        Assert.Equal(new SweepResult(0, 0, 0), await test.Vault.SweepAsync());
    }

    private static async Task<string> LineAsync(TestVault test, long index)
    {
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync(index))
            return line.Entry;
        return "";
    }

    private static Candidate Find(Gallery gallery)
    {
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(0));
        var found = new MatchBuffer(1, 1);
        gallery.Identify(probes, Threshold.RankOnly, found);
        return found[0][0];
    }

    /// <summary>A vault whose clock stands five hours after its start.</summary>
    private static async Task<TestVault> MakeAsync(PurposeKind kind = PurposeKind.Identification)
    {
        TestVault test = await TestVault.InMemoryAsync(kind: kind);
        test.Clock.Now = test.Start.AddHours(5);
        return test;
    }
}
