using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Step 3b: what a store or a mirror gives back after a destroying commit must be what was written, or no old root key is destroyed and nothing is certified until that is mended.</summary>
[Trait("Claim", "E3")]
public sealed class ReadBackTests
{
    private static readonly ConsentId One = Scenario.Id("c-1");

    [Fact]
    public async Task A_store_that_gives_back_another_page_keeps_both_root_keys_and_certifies_nothing()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        DamageAfterDestroyingCommit(test, test.Store, KeyTable.Leaf);

        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.WithdrawConsentAsync(One));

        Assert.Equal([2], Records(test));
    }

    [Theory]
    [InlineData(nameof(KeyTable.Leaf), false)]
    [InlineData(nameof(KeyTable.Leaf), true)]
    [InlineData(nameof(KeyTable.Ledger), false)]
    [InlineData(nameof(KeyTable.Ledger), true)]
    [InlineData(nameof(KeyTable.Draft), false)]
    [InlineData(nameof(KeyTable.Draft), true)]
    public async Task A_mirror_that_gives_back_other_bytes_keeps_both_root_keys_until_it_is_refilled(string table, bool dies)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        test.KeepAttempts();
        await test.EnrollAsync(3);
        DamageAfterDestroyingCommit(test, test.MirrorStores[0], Enum.Parse<KeyTable>(table));

        await AssertHeldUpAsync(test, "mirror refill", () => test.Vault.WithdrawConsentAsync(One));
        if (dies)
        {
            test.Crash();
            await test.Vault.OpenAsync();
            await AssertHeldUpAsync(test, "mirror refill", () => test.Vault.WithdrawConsentAsync(One));
        }

        await AssertHeldUpAsync(test, "mirror refill", () => test.Vault.WithdrawConsentAsync(Scenario.Id("c-2")));
        Assert.Contains((await test.Vault.GetStatusAsync()).Places, p => p.Type == LocationType.Mirror && !p.IsCurrent && p.Trouble!.Contains("other bytes", StringComparison.Ordinal));
        await test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience);
        await AssertEndsAsync(test);
    }

    /// <summary>A record is no part of the key tree: only the comparison with what was written finds it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mirror_that_gives_back_another_record_of_a_re_keyed_consent_keeps_both_root_keys_until_it_is_refilled(bool dies)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        uint slot;
        using (FaceVault.Commits.ReadScope view = test.Vault.Engine.Read())
            slot = view.FindConsent("c-1"u8);
        DamageAfterDestroyingCommit(test, test.MirrorStores[0], KeyTable.Record, slot);

        ErasureIncompleteException held = await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.ReplaceTemplatesAsync(One, null, [TestVault.Face(20)]));
        Assert.Contains("mirror refill", held.Message, StringComparison.Ordinal);
        Assert.Equal([2, 2], Records(test));
        if (dies)
        {
            test.Crash();
            await test.Vault.OpenAsync();
            Assert.Equal([2, 2], Records(test));
        }

        await test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience);
        Assert.Equal([1, 1], Records(test));
        await Observation.AssertWholeAsync(test);
    }

    /// <summary>The mirror still holds the state before the commit, and the old root key opens it: nothing is lost by going back to it.</summary>
    [Theory]
    [InlineData(nameof(KeyTable.Leaf), false)]
    [InlineData(nameof(KeyTable.Ledger), false)]
    [InlineData(nameof(KeyTable.Ledger), true)]
    [InlineData(nameof(KeyTable.Draft), false)]
    [InlineData(nameof(KeyTable.Draft), true)]
    public async Task A_store_that_gives_back_other_bytes_leaves_its_mirror_and_both_root_keys_to_restore_from(string table, bool dies)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        test.KeepAttempts();
        await test.EnrollAsync(3);
        DamageAfterDestroyingCommit(test, test.Store, Enum.Parse<KeyTable>(table));

        Exception failure = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.WithdrawConsentAsync(One));
        Assert.Contains("restore --keys", failure.Message, StringComparison.Ordinal);
        if (dies)
        {
            test.Crash();
            VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.OpenAsync());
            Assert.Equal(VaultErrorCode.StoreDamaged, refused.Code);
            Assert.Contains("restore --keys", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal([2, 2], Records(test));
        Assert.Equal(1, test.MirrorStores[0].Snapshot()!.Numbers.Epoch);
        await test.Vault.DisposeAsync();
        test.Store.CopyFrom(test.MirrorStores[0], test.Store.ReadPlaceId());
        test.Renew();
        await test.Vault.OpenAsync();
        await AssertEndsAsync(test);
    }

    /// <summary>The record of a renewed consent stands in no work item: only who compared it with what was written knows.</summary>
    [Fact]
    public async Task A_store_that_gives_back_another_record_of_a_renewed_consent_is_not_believed_by_the_recovery_that_follows()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        DamageAfterDestroyingCommit(test, test.Store, KeyTable.Record);

        VaultException failure = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.RenewConsentAsync(One, test.Grant("c-9", "subject of c-1")));

        Assert.Contains("restore --keys", failure.Message, StringComparison.Ordinal);
        Assert.Equal([2, 2], Records(test));
        await test.Vault.DisposeAsync();
        test.Store.CopyFrom(test.MirrorStores[0], test.Store.ReadPlaceId());
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(One))!.Status);
        await test.Vault.RenewConsentAsync(One, test.Grant("c-9", "subject of c-1"));
        Assert.Equal([1, 1], Records(test));
        await Observation.AssertWholeAsync(test);
    }

    /// <summary>Evidence has no certificate and no work item: whether it is gone, only the answer says.</summary>
    [Fact]
    public async Task A_mirror_that_gives_back_other_bytes_keeps_a_sweep_from_saying_that_evidence_is_gone()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(3);
        await test.Vault.WithdrawConsentsAsync([Scenario.Id("c-0"), One, Scenario.Id("c-2")]);
        test.Clock.Now = test.Start.AddYears(4);
        DamageAfterDestroyingCommit(test, test.MirrorStores[0], KeyTable.Ledger);

        await AssertOwedAsync(test, () => test.Vault.SweepAsync());

        Assert.Equal([2, 2], Records(test));
        await test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience);
        Assert.Equal([1, 1], Records(test));
        await test.Vault.SweepAsync();
        Assert.Null(await test.Vault.GetConsentAsync(One));
    }

    [Fact]
    public async Task A_mirror_that_gives_back_other_bytes_keeps_a_purpose_from_being_retired_for_good()
    {
        var lift = new PurposeId("lift");
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: lift.Value));
        DamageAfterDestroyingCommit(test, test.MirrorStores[0], KeyTable.Ledger);

        await AssertOwedAsync(test, () => test.Vault.RetirePurposeAsync(lift));

        Assert.Equal([2, 2], Records(test));
        await test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience);
        Assert.Equal([1, 1], Records(test));
        Assert.Empty(await test.Vault.RetirePurposeAsync(lift));
    }

    [Fact]
    public async Task A_mirror_that_gives_back_other_bytes_keeps_a_change_of_the_passphrase_from_being_complete()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        DamageAfterDestroyingCommit(test, test.MirrorStores[0], KeyTable.Crown);

        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched("new words")).WaitAsync(Observation.Patience));

        await test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience);
        await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched("other words")).WaitAsync(Observation.Patience);
    }

    /// <summary>Asked twice, so that what was removed already is not taken for gone.</summary>
    private static async Task AssertOwedAsync(TestVault test, Func<Task> destroying)
    {
        for (int i = 0; i < 2; i++)
        {
            ErasureIncompleteException owed = await Assert.ThrowsAsync<ErasureIncompleteException>(() => destroying().WaitAsync(Observation.Patience));
            Assert.Contains("mirror refill", owed.Message, StringComparison.Ordinal);
            Assert.Equal([2, 2], Records(test));
        }
    }

    private static async Task AssertHeldUpAsync(TestVault test, string remedy, Func<Task> withdrawing)
    {
        ErasureIncompleteException held = await Assert.ThrowsAsync<ErasureIncompleteException>(() => withdrawing().WaitAsync(Observation.Patience));
        Assert.Contains(remedy, held.Message, StringComparison.Ordinal);
        Assert.Equal(VaultErrorCode.StoreDamaged, Assert.IsType<VaultException>(held.InnerException).Code);
        Assert.Equal([2, 2], Records(test));
        Assert.Equal(ConsentStatus.Stopped, (await test.Vault.GetConsentAsync(One))!.Status);
        Assert.Empty(await test.Vault.GetDeletionCertificatesAsync(One));
        Assert.True((await test.Vault.GetStatusAsync()).IsDegraded);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-0")))!.Status);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    private static async Task AssertEndsAsync(TestVault test)
    {
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(One).WaitAsync(Observation.Patience);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal([1, 1], Records(test));
        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
        Assert.Contains(certificate.Created.Key!, test.Thief.Attack().Certified);
    }

    /// <summary>A row, or the newest one of the table, is changed as soon as a new epoch stands in the place, before anything is read back from it.</summary>
    private static void DamageAfterDestroyingCommit(TestVault test, InMemoryKeyStoreLocation place, KeyTable table, long row = long.MaxValue)
    {
        long epoch = place.Snapshot()!.Numbers.Epoch;
        bool changed = false;
        for (int step = 1; step <= 60; step++)
            test.Faults.CallAt(step, () =>
            {
                KeyStoreImage now = place.Snapshot()!;
                if (changed || now.Numbers.Epoch == epoch)
                    return;
                changed = true;
                (long key, byte[] blob) = now[table].Range(0, row).Last();
                place.Tamper(table, key, [.. blob.Reverse()]);
            });
    }

    private static int[] Records(TestVault test)
    {
        using var locations = new InMemoryRootKeyStore(test.Media);
        return [.. locations.Locations.Select(l =>
        {
            using RootReading reading = l.Read();
            return reading.Records.Count;
        })];
    }
}
