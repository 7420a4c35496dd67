using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>E6: a copy that is older than the recorded head does not open, says why, and nothing is written.</summary>
[Trait("Claim", "E6")]
[Trait("Rule", "D6")]
public sealed class RollBackTests
{
    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(true, 2, 1)]
    [InlineData(false, 1, 0)]
    [InlineData(false, 2, 1)]
    public async Task An_old_copy_of_the_store_is_refused_and_left_as_it_is(bool destroying, int roots, int mirrors)
    {
        await using TestVault test = await Scenario.BuildAsync(roots, mirrors);
        KeyStoreImage old = test.Store.Snapshot()!;
        if (destroying)
            await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        else
            await test.Vault.GrantConsentAsync(test.Grant("c-5"));
        await test.Vault.DisposeAsync();
        KeyStoreImage newest = test.Store.Snapshot()!;
        test.Store.Restore(old);
        test.Renew();
        await AssertRefused(test, VaultErrorCode.StoreRolledBack);
        Assert.Same(old, test.Store.Snapshot());

        test.Store.Restore(newest);
        test.Renew();
        await test.Vault.OpenAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task Of_two_copies_of_a_vault_the_one_that_fell_behind_is_refused()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0);
        await test.Vault.DisposeAsync();
        KeyStoreImage copy = test.Store.Snapshot()!;
        test.Renew();
        await test.Vault.GrantConsentAsync(test.Grant("here"));
        await test.Vault.DisposeAsync();
        KeyStoreImage here = test.Store.Snapshot()!;

        test.Store.Restore(copy);
        test.Renew();
        await AssertRefused(test, VaultErrorCode.StoreRolledBack);
        test.Store.Restore(here);
        test.Renew();
        Assert.NotNull(await test.Vault.GetConsentAsync(Scenario.Id("here")));
    }

    [Fact]
    public async Task A_store_that_is_exchanged_under_an_open_vault_is_not_written_over()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0);
        KeyStoreImage old = test.Store.Snapshot()!;
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        KeyStoreImage newest = test.Store.Snapshot()!;
        test.Store.Restore(old);
        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.GrantConsentAsync(test.Grant("c-5")).WaitAsync(Observation.Patience));
        Assert.Same(old, test.Store.Snapshot());
        test.Store.Restore(newest);
        await test.Vault.GrantConsentAsync(test.Grant("c-5")).WaitAsync(Observation.Patience);
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_second_vault_is_not_made_over_the_root_of_the_first_and_does_not_open_with_it()
    {
        await using TestVault first = await Scenario.BuildAsync(1, 0);
        await first.Vault.DisposeAsync();
        await using TestVault second = TestVault.Empty();
        second.Media[0].Restore(first.Media[0].Snapshot());
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => second.Vault.InitializeAsync());
        Assert.Equal(VaultErrorCode.VaultExists, refused.Code);

        await using TestVault third = await Scenario.BuildAsync(1, 0);
        await third.Vault.DisposeAsync();
        third.Media[0].Restore(first.Media[0].Snapshot());
        third.Renew();
        VaultException foreign = await Assert.ThrowsAnyAsync<VaultException>(() => third.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.RootKeyForeign, foreign.Code);
    }

    [Fact]
    public async Task Two_processes_do_not_open_one_vault_at_a_time()
    {
        await using TestVault test = await Scenario.BuildAsync(1, 0);
        VaultOptions options = test.Options(VaultAccess.ReadWrite);
        options.LockTimeout = TimeSpan.FromMilliseconds(50);
        await using var second = new Vault(options);
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => second.OpenAsync());
        Assert.Equal(VaultErrorCode.VaultInUse, refused.Code);
        await test.Vault.GrantConsentAsync(test.Grant("c-5"));
    }

    /// <summary>Copies after each commit, most of them within one epoch, under today's root key: only the last opens, to write or to inspect.</summary>
    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 1, true)]
    public async Task Of_the_copies_after_every_commit_only_the_last_opens(int roots, int mirrors, bool mirrorFallsBackToo)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots, mirrors);
        var copies = new List<KeyStoreImage> { test.Store.Snapshot()! };
        Func<Task>[] steps =
        [
            () => test.Vault.GrantConsentAsync(test.Grant("c-0")), () => test.Vault.EnrollAsync(Scenario.Id("c-0"), null, TestVault.Face(0)), () => test.Vault.EnrollAsync(Scenario.Id("c-0"), null, TestVault.Face(1)),
            () => test.Vault.GrantConsentsAsync([test.Grant("c-1"), test.Grant("c-2")]), () => test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift")),
            () => test.Vault.AddPurposeVersionAsync(TestVault.Purpose(PurposeKind.Verification, "lift") with { Description = "Calling the lift" }), () => test.Vault.WithdrawConsentAsync(Scenario.Id("c-1")),
            () => test.Vault.GrantConsentAsync(test.Grant("c-3")), () => test.Vault.EnrollAsync(Scenario.Id("c-3"), null, TestVault.Face(3)), () => test.Vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-3")]), "order"),
        ];
        foreach (Func<Task> step in steps)
        {
            await step();
            copies.Add(test.Store.Snapshot()!);
        }

        await test.Vault.DisposeAsync();
        VaultImage today = test.Freeze();
        Assert.Equal(copies.Count, copies.Select(c => c.Numbers.Commit).Distinct().Count());
        Assert.True(copies.GroupBy(c => c.Numbers.Epoch).Count() >= 2);
        foreach (KeyStoreImage copy in copies.SkipLast(1))
        {
            await using TestVault again = TestVault.Thaw(today);
            again.Store.Restore(copy);
            if (mirrorFallsBackToo)
                again.MirrorStores[0].Restore(copy.At(today.Mirrors[0]!.PlaceId));
            again.Renew();
            await AssertRefused(again, VaultErrorCode.StoreRolledBack);
            await using (Vault inspecting = again.Make(VaultAccess.Inspect))
                Assert.Equal(VaultErrorCode.StoreRolledBack, (await Assert.ThrowsAnyAsync<VaultException>(() => inspecting.GetStatusAsync())).Code);
            Assert.Same(copy, again.Store.Snapshot());
        }

        await using TestVault last = TestVault.Thaw(today);
        await last.Vault.OpenAsync();
        Assert.True((await last.Vault.AuditAsync()).IsIntact);
    }

    /// <summary>A vault and its clone, root keys and all, both go on; then the store of one stands under the root key of the other. Whichever has more commits.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public async Task The_store_of_a_clone_that_went_on_is_refused(int mine, int theirs)
    {
        await using TestVault original = await Scenario.BuildAsync(1, 0);
        await original.Vault.DisposeAsync();
        VaultImage image = original.Freeze();
        await using TestVault one = await GoneOnAsync(image, "mine", mine);
        await using TestVault other = await GoneOnAsync(image, "theirs", theirs);
        KeyStoreImage foreign = other.Store.Snapshot()!;
        one.Store.Restore(foreign);
        one.Renew();
        await AssertRefused(one, theirs < mine ? VaultErrorCode.StoreRolledBack : VaultErrorCode.StoreForked);
        Assert.Same(foreign, one.Store.Snapshot());
    }

    private static async Task<TestVault> GoneOnAsync(VaultImage image, string name, int commits)
    {
        TestVault test = TestVault.Thaw(image);
        for (int i = 0; i < commits; i++)
        {
            await test.Vault.OpenAsync();
            await test.Vault.GrantConsentAsync(test.Grant($"{name}-{i}"));
            await test.Vault.DisposeAsync();
            test.Renew();
        }

        return test;
    }

    private static async Task AssertRefused(TestVault test, VaultErrorCode code)
    {
        int[] writes = [.. test.Media.Select(m => m.Operations)];
        VaultException refused = await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(code, refused.Code);
        await test.Vault.DisposeAsync();
        Assert.Equal(writes, test.Media.Select(m => m.Operations));
    }
}
