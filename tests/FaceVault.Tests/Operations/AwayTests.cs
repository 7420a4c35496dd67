namespace FaceVault.Tests.Operations;

/// <summary>Rows 7, 10, 12 and 13 through the vault: with a place away nothing is destroyed, everything else goes on, and it ends when the place is back.</summary>
[Trait("Claim", "E4")]
public sealed class AwayTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");

    public enum Away
    {
        None = 0,
        Mirror,
        Root,
    }

    public enum Remedy
    {
        None = 0,
        Again,
        Sweep,
        Reopen,
    }

    [Theory]
    [InlineData(Away.Mirror, Remedy.Again)]
    [InlineData(Away.Mirror, Remedy.Sweep)]
    [InlineData(Away.Mirror, Remedy.Reopen)]
    [InlineData(Away.Root, Remedy.Again)]
    [InlineData(Away.Root, Remedy.Sweep)]
    [InlineData(Away.Root, Remedy.Reopen)]
    public async Task A_withdrawal_waits_for_a_place_that_is_away_and_ends_when_it_is_back(Away away, Remedy remedy)
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        Set(test, away, isAway: true);
        await AssertIncomplete(test);
        await AssertGoesOn(test);
        Set(test, away, isAway: false);
        await EndAsync(test, remedy);
    }

    [Theory]
    [InlineData(Away.Mirror, Remedy.Again)]
    [InlineData(Away.Mirror, Remedy.Sweep)]
    [InlineData(Away.Root, Remedy.Again)]
    [InlineData(Away.Root, Remedy.Sweep)]
    public async Task A_vault_that_was_opened_without_a_place_ends_its_withdrawal_when_it_is_back(Away away, Remedy remedy)
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        Set(test, away, isAway: true);
        await test.ReopenAsync();
        Assert.True((await test.Vault.GetStatusAsync()).IsDegraded);
        await AssertIncomplete(test);
        await AssertGoesOn(test);
        await test.ReopenAsync();
        await AssertIncomplete(test);
        Set(test, away, isAway: false);
        await EndAsync(test, remedy);
    }

    [Theory]
    [InlineData(Away.Mirror)]
    [InlineData(Away.Root)]
    public async Task A_place_that_vanishes_in_the_middle_of_a_destruction_leaves_it_owed(Away away)
    {
        Rehearsal run = await Rehearsal.OfAsync("withdraw", 2, 1);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            test.Faults.CallAt(step, () => Set(test, away, isAway: true));
            Exception? failure = await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience));
            if (failure is not null)
                Assert.IsType<ErasureIncompleteException>(failure);
            await test.Vault.GrantConsentAsync(test.Grant("meanwhile")).WaitAsync(Observation.Patience);
            Assert.NotEqual(ConsentStatus.Active, (await test.Vault.GetConsentAsync(One))!.Status);
            test.Thief.AssertNothingCertifiedIsReadable();
            Set(test, away, isAway: false);
            await EndAsync(test, step % 2 == 0 ? Remedy.Again : Remedy.Reopen);
        }
    }

    [Fact]
    public async Task With_the_only_root_away_a_stop_says_that_it_may_not_last_and_ends_when_the_root_is_back()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        test.Media[0].IsUnreachable = true;
        await AssertIncomplete(test);
        test.Media[0].IsUnreachable = false;
        await EndAsync(test, Remedy.Again);
    }

    /// <summary>When no head can be recorded all locations are looked at once more: what is away then is not forgotten.</summary>
    [Fact]
    public async Task A_root_that_comes_back_after_all_of_them_were_away_takes_part_in_the_next_withdrawal()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 0);
        foreach (FaceVault.Keys.InMemoryRootMedium medium in test.Media)
            medium.IsUnreachable = true;
        await Assert.ThrowsAsync<VaultException>(() => test.Vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-0")])));
        test.Media[0].IsUnreachable = false;
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-2")]));
        test.Media[1].IsUnreachable = false;
        await EndAsync(test, Remedy.Again);
    }

    [Theory]
    [InlineData(Away.Mirror)]
    [InlineData(Away.Root)]
    public async Task Re_keying_without_a_place_changes_nothing_and_nobody_is_stopped(Away away)
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        string before = await Observation.OfAsync(test);
        Set(test, away, isAway: true);
        VaultException failure = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]).WaitAsync(Observation.Patience));
        Assert.Equal(VaultErrorCode.PlaceUnreachable, failure.Code);
        Assert.Equal(before, await Observation.OfAsync(test));
        Set(test, away, isAway: false);
        await test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]).WaitAsync(Observation.Patience);
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_slot_that_is_re_keyed_and_not_confirmed_can_be_withdrawn()
    {
        Rehearsal run = await Rehearsal.OfAsync("replace", 2, 1);
        int stopped = 0;
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            test.Faults.CallAt(step, () => Set(test, Away.Mirror, isAway: true));
            Exception? failure = await Record.ExceptionAsync(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]).WaitAsync(Observation.Patience));
            if (failure is null)
                continue;
            await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), "order 9").WaitAsync(Observation.Patience));
            test.Crash();
            await test.Vault.OpenAsync();
            Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(One))!.Status);
            stopped++;
            Set(test, Away.Mirror, isAway: false);
            await EndAsync(test, Remedy.Again);
        }

        Assert.NotEqual(0, stopped);
    }

    private static void Set(TestVault test, Away away, bool isAway)
    {
        if (away == Away.Mirror)
            test.MirrorStores[0].IsReachable = !isAway;
        else
            test.Media[1].IsUnreachable = isAway;
    }

    private static async Task AssertIncomplete(TestVault test)
    {
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience));
        Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(One))!.Status);
        Assert.DoesNotContain("face 1 is c-1", await Observation.FacesAsync(test));
        Assert.Empty(await test.Vault.GetDeletionCertificatesAsync(One));
    }

    private static async Task AssertGoesOn(TestVault test)
    {
        await test.Vault.GrantConsentAsync(test.Grant("meanwhile")).WaitAsync(Observation.Patience);
        await test.Vault.EnrollAsync(Scenario.Id("meanwhile"), null, TestVault.Face(5)).WaitAsync(Observation.Patience);
        Assert.Contains("face 5 is meanwhile", await Observation.FacesAsync(test));
        Assert.Contains("face 0 is c-0", await Observation.FacesAsync(test));
    }

    private static async Task EndAsync(TestVault test, Remedy remedy)
    {
        if (remedy == Remedy.Reopen)
            await test.ReopenAsync();
        if (remedy == Remedy.Sweep)
            await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(One))!.Status);
        Assert.NotNull(await test.Vault.GetConsentAsync(Scenario.Id("meanwhile")) ?? await test.Vault.GetConsentAsync(Scenario.Id("c-0")));
        await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
    }
}
