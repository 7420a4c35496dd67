namespace FaceVault.Tests.Operations;

/// <summary>What an application's own tests can make fail, and how the vault bears it.</summary>
public sealed class InMemoryFaultTests
{
    private static readonly ConsentId One = new("c-0");

    [Fact]
    public async Task A_commit_that_fails_changes_nothing_and_can_be_made_again()
    {
        var faults = new InMemoryFaults();
        (Vault vault, FixedClock clock) = await MakeAsync(faults);
        await using (vault)
        {
            faults.FailNextCommit();
            Assert.Equal(VaultErrorCode.StoreFailed, (await Assert.ThrowsAsync<VaultException>(() => vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1")))).Code);
            Assert.Null(await vault.GetConsentAsync(new ConsentId("c-1")));
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1"));
        }
    }

    [Fact]
    public async Task A_lost_answer_is_answered_truly_or_said_to_be_unknown()
    {
        var faults = new InMemoryFaults();
        (Vault vault, FixedClock clock) = await MakeAsync(faults);
        await using (vault)
        {
            faults.LoseNextAnswer();
            Exception? failure = await Record.ExceptionAsync(() => vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1")));
            Assert.True(failure is null or VaultException { Code: VaultErrorCode.VaultFaulted or VaultErrorCode.StoreFailed }, failure?.ToString());
            Assert.Equal(failure is null, await vault.GetConsentAsync(new ConsentId("c-1")) is not null);
        }
    }

    [Fact]
    public async Task A_withdrawal_without_the_mirror_is_incomplete_and_ends_when_it_is_back()
    {
        var faults = new InMemoryFaults();
        (Vault vault, FixedClock clock) = await MakeAsync(faults);
        await using (vault)
        {
            faults.IsMirrorAway = true;
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1"));
            await Assert.ThrowsAsync<ErasureIncompleteException>(() => vault.WithdrawConsentAsync(One));
            Assert.True(faults.IsMirrorAway && (await vault.GetStatusAsync()).IsDegraded);
            faults.Mend();
            Assert.True((await vault.WithdrawConsentAsync(One)).Check(vault.VerifierKey).IsValid);
        }
    }

    [Fact]
    public async Task A_broken_store_fails_every_change_until_it_is_mended()
    {
        var faults = new InMemoryFaults();
        FixedClock clock;
        VaultOptions options;
        (Vault vault, clock, options) = await MakeWithOptionsAsync(faults);
        await using (vault)
        {
            faults.Break();
            await Assert.ThrowsAnyAsync<VaultException>(() => vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1")));
        }

        faults.Mend();
        await using var again = new Vault(options);
        Assert.Equal(ConsentStatus.Active, (await again.GetConsentAsync(One))!.Status);
        await again.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-1"));
    }

    private static async Task<(Vault Vault, FixedClock Clock)> MakeAsync(InMemoryFaults faults)
    {
        (Vault vault, FixedClock clock, _) = await MakeWithOptionsAsync(faults);
        return (vault, clock);
    }

    private static async Task<(Vault Vault, FixedClock Clock, VaultOptions Options)> MakeWithOptionsAsync(InMemoryFaults faults)
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock, faults);
        var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose());
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c-0"));
        await vault.EnrollAsync(One, null, TestVault.Face(0));
        return (vault, clock, options);
    }
}
