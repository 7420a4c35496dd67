using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>A store that is older than its head, or has none, opens only when a loss is accepted; then nothing that was given out or signed is given out or signed again.</summary>
[Trait("Claim", "E4")]
[Trait("Claim", "E6")]
public sealed class AcceptLossTests
{
    private const uint Gap = 1 << 20;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task An_older_store_is_accepted_with_everything_it_has_and_what_it_lacks_is_counted(int roots, int mirrors)
    {
        Lost lost = await LoseAsync(roots, mirrors);
        await using TestVault test = TestVault.Thaw(lost.Image);
        await FailsAsync(test, VaultErrorCode.StoreRolledBack, v => v.OpenAsync());
        test.Renew();

        AcceptedLoss loss = await AcceptAsync(test);
        Assert.Equal((lost.Commits, 2L, 2L), (loss.Commits, loss.Consents, loss.LedgerEntries));
        await test.Vault.OpenAsync();
        Assert.Equal(loss.VerifierKey, test.Vault.VerifierKey);
        Assert.EndsWith($"/recovered-{lost.Head + 1}", test.Vault.Origin, StringComparison.Ordinal);
        Assert.NotEqual(lost.Key, test.Vault.VerifierKey);
        Assert.Equal(lost.Before, await Observation.OfAsync(test));
        string[] lines = await LinesAsync(test);
        Assert.Contains("\"kind\":\"rolled-back\"", lines[(int)lost.OldSize], StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"signing-key-changed\"", lines[(int)lost.OldSize + 1], StringComparison.Ordinal);
        Assert.Contains(loss.VerifierKey.ToString(), lines[(int)lost.OldSize + 1], StringComparison.Ordinal);
        await Observation.AssertWholeAsync(test);

        // What was handed out before holds under the former key, and is made again under the new one.
        Assert.True(lost.Certificate.Check(lost.Key).IsValid);
        DeletionCertificate again = await test.Vault.GetDeletionCertificateAsync(lost.Certificate.CompletedIndex);
        Assert.True(again.Check(loss.VerifierKey).IsValid);
        Assert.False(again.Check(lost.Key).IsValid);

        // Life goes on, in slots that nobody was ever given.
        await test.EnrollAsync(1, from: 50);
        Assert.True((await test.Vault.GetStatusAsync()).Slots >= lost.Slots + Gap);
        Assert.True((await test.Vault.WithdrawConsentAsync(Scenario.Id("c-2"))).Check(test.Vault.VerifierKey).IsValid);
        await test.ReopenAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-50")))!.Status);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        test.Thief.AssertNothingCertifiedIsReadable();
    }

    [Fact]
    public async Task Without_a_readable_head_the_same_and_nobody_can_tell_what_was_lost()
    {
        Lost lost = await LoseAsync(1, 0);
        await using TestVault test = TestVault.Thaw(lost.Image);
        Blind(test);
        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.OpenAsync());
        Assert.Equal(VaultErrorCode.HeadMissing, refused.Code);
        test.Renew();
        AcceptedLoss loss = await AcceptAsync(test);
        Assert.Equal((null, null, null), (loss.Commits, loss.Consents, loss.LedgerEntries));
        Assert.NotEqual(lost.Key, loss.VerifierKey);
        await test.Vault.OpenAsync();
        Assert.Equal(lost.Before, await Observation.OfAsync(test));
    }

    /// <summary>A store that fell back to where the head stood was used, and the store that it had replaced is put back: a key that signed for both would have signed two ledgers.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_store_of_another_branch_signs_anew_though_its_ledger_is_not_shorter(int grants)
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.DisposeAsync();
        VaultImage common = test.Freeze();
        test.Renew();
        for (int i = 0; i < grants; i++)
            await test.Vault.GrantConsentAsync(test.Grant($"there-{i}"));
        KeyStoreImage branch = test.Store.Snapshot()!;
        await test.Vault.DisposeAsync();

        await using TestVault here = TestVault.Thaw(common);
        await here.Vault.GrantConsentAsync(here.Grant("here"));
        for (int i = 0; i < 3; i++)
            await here.Vault.EnrollAsync(Scenario.Id("c-0"), null, TestVault.Face(20 + i)); // commits without a ledger entry
        await here.Vault.GetCheckpointAsync();
        VerifierKey key = here.Vault.VerifierKey;
        await here.Vault.DisposeAsync();
        here.Store.Restore(branch);
        here.Renew();
        AcceptedLoss loss = await AcceptAsync(here);
        await here.Vault.OpenAsync();
        Assert.NotEqual(key, here.Vault.VerifierKey);
        Assert.Equal(loss.VerifierKey, here.Vault.VerifierKey);
        Assert.True((await here.Vault.AuditAsync()).IsIntact);
    }

    /// <summary>The same copy serves twice, with its <c>vault.json</c> or without: what was signed between is another ledger's.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_losses_have_two_names_also_where_the_same_copy_is_accepted_twice(bool withItsName)
    {
        Lost lost = await LoseAsync(1, 0);
        await using TestVault test = TestVault.Thaw(lost.Image);
        KeyStoreImage copy = test.Store.Snapshot()!;
        VaultDescription before = test.Places.Description!;
        AcceptedLoss first = await AcceptAsync(test);
        await test.Vault.OpenAsync();
        await test.Vault.GrantConsentAsync(test.Grant("between"));
        await test.Vault.GetCheckpointAsync();
        await test.Vault.DisposeAsync();
        test.Store.Restore(copy);
        if (withItsName)
            test.Places.Description = before;
        test.Renew();
        AcceptedLoss second = await AcceptAsync(test);
        Assert.NotEqual(first.VerifierKey, second.VerifierKey);
        Assert.NotEqual(first.VerifierKey.Name, second.VerifierKey.Name);
        await test.Vault.OpenAsync();
        Assert.Equal(second.VerifierKey, test.Vault.VerifierKey);
        Assert.Equal(lost.Before, await Observation.OfAsync(test));
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        Assert.True((await test.Vault.GetDeletionCertificateAsync(lost.Certificate.CompletedIndex)).Check(second.VerifierKey).IsValid);
    }

    /// <summary>The head of an acceptance whose answer was lost, or of anything else that a process died over, is recorded before the next one answers: the same copy is not accepted under the same numbers again.</summary>
    [Fact]
    public async Task An_acceptance_that_stands_without_its_head_gets_it_before_anything_is_answered()
    {
        Lost lost = await LoseAsync(1, 0);
        await using TestVault test = TestVault.Thaw(lost.Image);
        KeyStoreImage copy = test.Store.Snapshot()!;
        test.Faults.KillAt(StoreStep.Commit, 1, StoreFaultMoment.After);
        await Assert.ThrowsAnyAsync<Exception>(() => AcceptAsync(test));
        test.Crash();
        await test.Vault.GrantConsentAsync(test.Grant("between"));
        long slots = (await test.Vault.GetStatusAsync()).Slots;
        test.Crash();
        test.Store.Restore(copy);
        test.Renew();
        await AcceptAsync(test);
        await test.Vault.OpenAsync();
        await test.Vault.GrantConsentAsync(test.Grant("after"));
        Assert.True((await test.Vault.GetStatusAsync()).Slots > slots + 1);
    }

    /// <summary>The copy is from before the mirror was added: it does not list it.</summary>
    [Fact]
    public async Task A_mirror_that_the_store_does_not_list_and_that_has_what_seems_lost_is_named_as_the_remedy()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        KeyStoreImage copy = test.Store.Snapshot()!;
        await test.GrowAsync(mirrors: 1);
        await test.Vault.AddMirrorAsync("mirror0");
        await test.Vault.DisposeAsync();
        test.Store.Restore(copy);
        Assert.Contains("restore --keys", (await RefusedAsync(test, VaultErrorCode.StoreRolledBack)).Message, StringComparison.Ordinal);
    }

    /// <summary>The mirrors' copies of <c>vault.json</c> are written last: one may give the name of before, and the vault may be lost but for that mirror.</summary>
    [Fact]
    public async Task A_vault_restored_from_a_mirror_signs_under_the_name_that_its_ledger_gives()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, 1, 1);
        await test.Vault.DisposeAsync();
        string name = Path.Combine(folder["mirror0"], VaultDescription.FileName), store = Path.Combine(folder["vault"], "keys.db"), mirror = Path.Combine(folder["mirror0"], "keys.db");
        byte[] copy = await File.ReadAllBytesAsync(store), mirrored = await File.ReadAllBytesAsync(mirror);
        string former = await File.ReadAllTextAsync(name);
        test.Renew();
        await test.Vault.GrantConsentAsync(test.Grant("late"));
        await test.Vault.DisposeAsync();
        await File.WriteAllBytesAsync(store, copy);
        await File.WriteAllBytesAsync(mirror, mirrored);
        AcceptedLoss loss = await AcceptAsync(test);

        await File.WriteAllTextAsync(name, former);
        foreach (string file in Directory.GetFiles(folder["vault"], "keys.db*").Append(Path.Combine(folder["vault"], VaultDescription.FileName)))
            File.Delete(file);
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), folder["mirror0"], null);
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.Equal(loss.VerifierKey, test.Vault.VerifierKey);
    }

    /// <summary>While no root location takes a head, every crown names one more commit that may stand in one, up to a limit; the lost head comes on top of them.</summary>
    [Fact]
    public async Task A_store_that_names_as_many_heads_as_it_may_is_accepted_and_opens()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        HoldScope one = HoldScope.OfConsents([Scenario.Id("c-1")]);
        test.Media[0].IsUnreachable = true;
        for (int i = 0; i <= Crown.MostHeads; i++)
            await Assert.ThrowsAnyAsync<VaultException>(() => i % 2 == 0 ? test.Vault.SetHoldAsync(one) : test.Vault.LiftHoldAsync(one));
        KeyStoreImage old = test.Store.Snapshot()!;
        test.Media[0].IsUnreachable = false;
        await test.Vault.GrantConsentAsync(test.Grant("late"));
        await test.Vault.DisposeAsync();
        test.Store.Restore(old);
        await AcceptAsync(test);
        test.Renew();
        await test.Vault.OpenAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task A_vault_that_opens_has_nothing_to_accept_and_a_destroyed_key_comes_back_by_no_acceptance()
    {
        await using TestVault test = await Scenario.BuildAsync(roots: 1, mirrors: 0);
        await test.Vault.DisposeAsync();
        test.Renew();
        await RefusedAsync(test, VaultErrorCode.NothingLost);
        KeyStoreImage old = test.Store.Snapshot()!;
        await test.Vault.OpenAsync();
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        await test.Vault.DisposeAsync();
        test.Store.Restore(old);
        test.Renew();
        await RefusedAsync(test, VaultErrorCode.StoreRolledBack);
    }

    [Fact]
    public async Task A_place_that_is_away_or_a_mirror_that_has_it_comes_first()
    {
        Lost lost = await LoseAsync(2, 1);
        await using (TestVault away = TestVault.Thaw(lost.Image))
        {
            away.MirrorStores[0].IsReachable = false;
            await RefusedAsync(away, VaultErrorCode.StoreRolledBack);
            away.MirrorStores[0].IsReachable = true;
            away.Media[1].IsUnreachable = true;
            await RefusedAsync(away, VaultErrorCode.StoreRolledBack);
        }

        await using TestVault test = TestVault.Thaw(lost.Image with { Mirrors = [lost.Newest] });
        VaultException mirrored = await RefusedAsync(test, VaultErrorCode.StoreRolledBack);
        Assert.Contains("restore --keys", mirrored.Message, StringComparison.Ordinal);
    }

    /// <summary>Both are older than the head, the mirror less so: what it has besides is not lost.</summary>
    [Fact]
    public async Task Of_two_old_stores_the_newer_one_is_accepted()
    {
        Lost lost = await LoseAsync(1, 1);
        await using TestVault test = TestVault.Thaw(lost.Image with { Mirrors = [lost.Between] });
        AcceptedLoss loss = await AcceptAsync(test);
        Assert.Equal(1, loss.Consents);
        await test.Vault.OpenAsync();
        Assert.NotNull(await test.Vault.GetConsentAsync(Scenario.Id("late-0")));
        Assert.Null(await test.Vault.GetConsentAsync(Scenario.Id("late-1")));
        await Observation.AssertWholeAsync(test);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task A_crash_anywhere_leaves_a_vault_that_refuses_or_opens(int roots, int mirrors)
    {
        Lost lost = await LoseAsync(roots, mirrors);
        int steps;
        int[] writes;
        await using (TestVault rehearsal = TestVault.Thaw(lost.Image))
        {
            await AcceptAsync(rehearsal);
            steps = rehearsal.Faults.Taken(StoreStep.Any);
            writes = [.. rehearsal.Media.Select(m => m.Operations)];
        }

        for (int step = 1; step <= steps; step++)
            foreach (StoreFaultMoment moment in Moments(step, StoreFaultMoment.During, StoreFaultMoment.After))
                await CrashAsync(lost, t => t.Faults.KillAt(StoreStep.Any, step, moment), step % 2 == 0);
        for (int medium = 0; medium < roots; medium++)
            for (int step = 1; step <= writes[medium]; step++)
                foreach (RootFault kind in Moments(step, RootFault.Refused, RootFault.Torn, RootFault.AnswerLost))
                    await CrashAsync(lost, t => t.Media[medium].FailAt(step, kind), machineDies: true);
    }

    /// <summary>All moments when digging deep; otherwise they take turns.</summary>
    private static IEnumerable<T> Moments<T>(int step, params T[] all) => Deep.Runs(1) > 1 ? all : [all[step % all.Length]];

    private static async Task CrashAsync(Lost lost, Action<TestVault> plan, bool machineDies)
    {
        await using TestVault test = TestVault.Thaw(lost.Image);
        plan(test);
        await Record.ExceptionAsync(() => AcceptAsync(test));
        test.Crash(machineDies);
        try
        {
            await test.Vault.OpenAsync();
        }
        catch (VaultException refused) when (refused.Code == VaultErrorCode.StoreRolledBack)
        {
            Assert.Contains("recover --accept-loss", refused.Message, StringComparison.Ordinal);
            test.Renew();
            await AcceptAsync(test);
            await test.Vault.OpenAsync();
        }

        Assert.Equal(lost.Before, await Observation.OfAsync(test));
        Assert.EndsWith($"/recovered-{lost.Head + 1}", test.Vault.Origin, StringComparison.Ordinal);
        Assert.NotEqual(lost.Key, test.Vault.VerifierKey);
        await Observation.AssertWholeAsync(test);
        await test.EnrollAsync(1, from: 50);
        await test.ReopenAsync();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    private static Task<AcceptedLoss> AcceptAsync(TestVault test) => Vault.AcceptLossAsync(test.Options(VaultAccess.ReadWrite)).WaitAsync(Observation.Patience);

    private static async Task<VaultException> RefusedAsync(TestVault test, VaultErrorCode code)
    {
        string before = Print(test);
        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => AcceptAsync(test));
        Assert.Equal(code, refused.Code);
        Assert.Equal(before, Print(test));
        return refused;
    }

    /// <summary>A vault whose store and mirrors fell back behind two grants that were answered, each with a head and a signed checkpoint.</summary>
    private static async Task<Lost> LoseAsync(int roots, int mirrors)
    {
        await using TestVault test = await Scenario.BuildAsync(roots, mirrors);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"));
        string before = await Observation.OfAsync(test);
        VerifierKey key = test.Vault.VerifierKey;
        await test.Vault.DisposeAsync();
        VaultImage old = test.Freeze();
        test.Renew();
        await test.Vault.OpenAsync();
        VaultStatus then = await test.Vault.GetStatusAsync();
        await test.Vault.GrantConsentAsync(test.Grant("late-0"));
        await test.Vault.GetCheckpointAsync();
        KeyStoreImage? between = test.MirrorStores.Count > 0 ? test.MirrorStores[0].Snapshot() : null;
        await test.Vault.GrantConsentAsync(test.Grant("late-1"));
        await test.Vault.GetCheckpointAsync();
        VaultStatus now = await test.Vault.GetStatusAsync();
        await test.Vault.DisposeAsync();
        VaultImage after = test.Freeze();
        return new Lost(
            after with { Store = old.Store, Mirrors = old.Mirrors }, between, after.Mirrors is [var newest, ..] ? newest : null, before, certificate, key, then.LedgerSize, now.Slots, now.Commit - then.Commit, now.Commit);
    }

    private static void Blind(TestVault test)
    {
        foreach (InMemoryRootMedium medium in test.Media)
            medium.Tamper(bytes => Array.Clear(bytes, (int)RootVolume.HeadOffset(0), (int)RootVolume.HeadOffset(2)));
    }

    private static async Task<string[]> LinesAsync(TestVault test)
    {
        var lines = new List<string>();
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            lines.Add(line.Entry);
        return [.. lines];
    }

    private sealed record Lost(
        VaultImage Image, KeyStoreImage? Between, KeyStoreImage? Newest, string Before, DeletionCertificate Certificate, VerifierKey Key, long OldSize, long Slots, long Commits, long Head);
}
