using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>What is stopped and not yet destroyed is tried again at every withdrawal, whoever asked for it, and never at the cost of the one who withdraws now.</summary>
[Trait("Claim", "E4")]
public sealed class OtherStopsTests
{
    private static readonly ConsentId One = Scenario.Id("c-1"), Two = Scenario.Id("c-2"), Three = Scenario.Id("c-3");

    [Fact]
    public async Task A_withdrawal_ends_what_others_have_stopped()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        await StopAsync(test, One, Two);
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;

        Assert.True((await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);

        await AssertDestroyedAsync(test, One, Two, Three);
        Assert.Equal(epoch + 1, (await test.Vault.GetStatusAsync()).Epoch); // all of them in one destroying commit
        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task Withdrawing_what_is_gone_already_tries_the_others_too()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        await test.Vault.WithdrawConsentAsync(Three);
        await StopAsync(test, One);

        await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience);

        await AssertDestroyedAsync(test, One);
    }

    [Fact]
    public async Task A_stopped_consent_that_is_still_in_use_is_not_waited_for()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        test.DrainTimeout = TimeSpan.FromMilliseconds(200);
        await test.ReopenAsync();
        using (Use(test, One))
        {
            await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience));
            int waits = test.Clock.Timers;
            await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience);
            Assert.Equal(waits, test.Clock.Timers);
            Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(One))!.Status);
        }

        await test.Vault.WithdrawConsentAsync(Two).WaitAsync(Observation.Patience);
        await AssertDestroyedAsync(test, One, Two, Three);
    }

    [Fact]
    public async Task Many_that_are_in_use_are_waited_for_together()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        test.DrainTimeout = TimeSpan.FromMilliseconds(200);
        await test.ReopenAsync();
        SlotLease[] uses = [Use(test, One), Use(test, Two)];
        int waits = test.Clock.Timers;
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentsAsync([One, Two, Three]).WaitAsync(Observation.Patience));
        Assert.Equal(waits + 1, test.Clock.Timers);
        await AssertDestroyedAsync(test, Three);
        foreach (SlotLease use in uses)
            use.Dispose();
        await test.Vault.SweepAsync();
        await AssertDestroyedAsync(test, One, Two);
    }

    [Fact]
    public async Task A_stopped_consent_that_cannot_be_destroyed_stops_nobody_else()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 2, mirrors: 1);
        await StopAsync(test, One);
        uint slot = SlotOf(test, One);
        byte[] record = test.Store.Snapshot()![KeyTable.Record].Find(slot)!;
        test.Store.Tamper(KeyTable.Record, slot, [.. record.Reverse()]);

        Assert.True((await test.Vault.WithdrawConsentAsync(Three).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Owed);

        test.Store.Tamper(KeyTable.Record, slot, record);
        await test.Vault.WithdrawConsentAsync(Two).WaitAsync(Observation.Patience);
        await AssertDestroyedAsync(test, One, Two, Three);
    }

    /// <summary>The others share the commit; when it fails because of them, the caller's own is destroyed alone.</summary>
    [Fact]
    public async Task A_commit_that_fails_with_the_others_is_tried_without_them()
    {
        Rehearsal run = await Rehearsal.OfAsync("withdraw", 2, 1);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            await using TestVault test = await run.OpenAsync();
            await StopAsync(test, Two);
            test.Faults.FailAt(StoreStep.Any, step, StoreFaultMoment.Before);
            Exception? failure = await Record.ExceptionAsync(() => test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience));
            if (failure is not null)
                Assert.Contains("could not be recorded", failure.Message, StringComparison.Ordinal);
            await test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience);
            await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
            await AssertDestroyedAsync(test, One, Two);
            await Observation.AssertWholeAsync(test);
        }
    }

    /// <summary>Leaves consents stopped, durably: nothing is destroyed while a mirror is away.</summary>
    private static async Task StopAsync(TestVault test, params ConsentId[] consents)
    {
        test.MirrorStores[0].IsReachable = false;
        foreach (ConsentId consent in consents)
        {
            await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(consent).WaitAsync(Observation.Patience));
            Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(consent))!.Status);
        }

        test.MirrorStores[0].IsReachable = true;
    }

    private static uint SlotOf(TestVault test, ConsentId consent)
    {
        using ReadScope view = test.Vault.Engine.Read();
        return view.FindConsent(System.Text.Encoding.UTF8.GetBytes(consent.DangerousValue()));
    }

    private static SlotLease Use(TestVault test, ConsentId consent)
    {
        Assert.True(test.Vault.Engine.Leases.TryAcquire(SlotOf(test, consent), out SlotLease lease));
        return lease;
    }

    private static async Task AssertDestroyedAsync(TestVault test, params ConsentId[] consents)
    {
        foreach (ConsentId consent in consents)
        {
            Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(consent))!.Status);
            Assert.True(Assert.Single(await test.Vault.GetDeletionCertificatesAsync(consent)).Check(test.Vault.VerifierKey).IsValid);
        }
    }
}
