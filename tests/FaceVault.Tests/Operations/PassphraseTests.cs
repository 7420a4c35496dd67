using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>E4 for the passphrase of the root key: whatever interrupts its change, the vault opens with the former one or the new one and says which; the key that the former one opened is destroyed.</summary>
[Trait("Claim", "E4")]
public sealed class PassphraseTests
{
    private static readonly RootFault[] Faults = [RootFault.Refused, RootFault.Torn, RootFault.AnswerLost];
    private static readonly StoreFaultMoment[] Moments = [StoreFaultMoment.Before, StoreFaultMoment.During, StoreFaultMoment.After, StoreFaultMoment.Zombie];

    public static TheoryData<string, string> Changes => new() { { "", "new words" }, { "old words", "new words" }, { "old words", "" } };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_passphrase_is_set_changed_and_removed_and_only_the_new_one_opens_the_vault(string former, string next)
    {
        await using TestVault test = await BuildAsync(former);
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        byte[][] before = [.. test.Media.Select(Image)];
        await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(next));
        Assert.Equal(epoch + 1, (await test.Vault.GetStatusAsync()).Epoch);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        await AssertOpensAsync(test, next, other: former);
        await Observation.AssertWholeAsync(test);

        // The old root files with the old passphrase: what they hold opens nothing of the vault as it is.
        await test.Vault.DisposeAsync();
        for (int i = 0; i < before.Length; i++)
            test.Media[i].Tamper(bytes => before[i].CopyTo(bytes, 0));
        test.Passphrase = former;
        test.Renew();
        Assert.NotEqual(VaultErrorCode.None, (await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.OpenAsync())).Code);
    }

    [Fact]
    public async Task Opening_stretches_the_passphrase_once_and_a_change_stretches_the_new_one_once()
    {
        await using TestVault test = await BuildAsync("old words");
        await test.ReopenAsync();
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"));
        await test.Vault.SweepAsync();
        Assert.Equal(1, test.Passphrases!.Current!.Derivations);
        RootPassphrase next = TestVault.Stretched("new words")!;
        await test.Vault.ChangeRootPassphraseAsync(next);
        Assert.Same(next, test.Passphrases.Current);
        Assert.Equal(1, next.Derivations);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_machine_that_dies_at_any_write_of_a_root_location_leaves_one_of_the_two_that_opens(string former, string next)
    {
        (VaultImage image, int[] writes, _) = await RehearseAsync(former, next);
        for (int medium = 0; medium < writes.Length; medium++)
            for (int step = 1; step <= writes[medium]; step++)
                foreach (RootFault kind in Deep.Runs(1) > 1 ? Faults : [Faults[step % 3]])
                    await InterruptAsync(image, former, next, $"root {medium} write {step} {kind}", test => test.Media[medium].FailAt(step, kind), crash: true, machineDies: step % 2 == 0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_process_killed_at_any_step_of_a_store_leaves_one_of_the_two_that_opens(string former, string next)
    {
        (VaultImage image, _, int steps) = await RehearseAsync(former, next);
        for (int step = 1; step <= steps; step++)
            foreach (StoreFaultMoment moment in Deep.Runs(1) > 1 ? Moments : [Moments[step % 4]])
                await InterruptAsync(image, former, next, $"store step {step} {moment}", test => test.Faults.KillAt(StoreStep.Any, step, moment), crash: true, machineDies: step % 2 == 1);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_step_that_fails_once_is_told_truly_and_the_vault_goes_on_under_one_of_the_two(string former, string next)
    {
        (VaultImage image, int[] writes, int steps) = await RehearseAsync(former, next);
        for (int step = 1; step <= steps; step++)
            await InterruptAsync(image, former, next, $"store step {step} fails", test => test.Faults.FailAt(StoreStep.Any, step, Moments[step % 4]), crash: false, machineDies: false);
        for (int step = 1; step <= writes[1]; step++)
            await InterruptAsync(image, former, next, $"root write {step} fails", test => test.Media[1].FailAt(step, Faults[step % 3]), crash: false, machineDies: false);
    }

    [Fact]
    public async Task A_change_needs_every_place_and_leaves_the_former_passphrase_when_one_is_away()
    {
        await using TestVault test = await BuildAsync("old words");
        test.Media[1].IsUnreachable = true;
        Assert.Equal(VaultErrorCode.PlaceUnreachable, (await Assert.ThrowsAsync<VaultException>(() => test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched("new words")))).Code);
        test.Media[1].IsUnreachable = false;
        await AssertOpensAsync(test, "old words", other: "new words");
        await Observation.AssertWholeAsync(test);
    }

    private static async Task<TestVault> BuildAsync(string passphrase)
    {
        TestVault test = await Scenario.BuildAsync(2, 1);
        test.KeepAttempts();
        if (passphrase.Length > 0)
            await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(passphrase));
        test.Passphrase = passphrase;
        return test;
    }

    private static async Task<(VaultImage Image, int[] Writes, int Steps)> RehearseAsync(string former, string next)
    {
        VaultImage image;
        await using (TestVault built = await BuildAsync(former))
        {
            await built.Vault.DisposeAsync();
            image = built.Freeze();
        }

        await using TestVault test = await ThawAsync(image, former);
        int steps = test.Faults.Taken(StoreStep.Any);
        int[] writes = [.. test.Media.Select(m => m.Operations)];
        await test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(next));
        return (image, [.. test.Media.Select((m, i) => m.Operations - writes[i])], test.Faults.Taken(StoreStep.Any) - steps);
    }

    private static async Task<TestVault> ThawAsync(VaultImage image, string passphrase)
    {
        TestVault test = TestVault.Thaw(image);
        test.Passphrase = passphrase;
        test.Renew();
        await test.Vault.OpenAsync();
        return test;
    }

    private static async Task InterruptAsync(VaultImage image, string former, string next, string what, Action<TestVault> plan, bool crash, bool machineDies)
    {
        await using TestVault test = await ThawAsync(image, former);
        plan(test);
        Exception? failure = await Record.ExceptionAsync(() => test.Vault.ChangeRootPassphraseAsync(TestVault.Stretched(next)).WaitAsync(Observation.Patience));
        Assert.True(failure is null or VaultException or IOException, $"{what}: {failure}");
        if (crash)
        {
            test.Crash(machineDies);
        }
        else
        {
            foreach (InMemoryRootMedium medium in test.Media)
                medium.FailAt(1_000_000, RootFault.Refused, lasts: false);
            test.Faults.Clear();
            test.ReviveZombies();
            await test.Vault.GrantConsentAsync(test.Grant("c-later")).WaitAsync(Observation.Patience);
        }

        try
        {
            await test.Vault.DisposeAsync();
            bool isNew = failure is null || !await OpensAsync(test, former);
            if (!crash && failure is not VaultException { Code: VaultErrorCode.VaultFaulted })
                Assert.Equal(failure is null or ErasureIncompleteException, isNew); // what was told is true
            await AssertOpensAsync(test, isNew ? next : former, other: isNew ? former : next);
            await Observation.AssertWholeAsync(test);
            Assert.All(test.Media, m => Assert.Single(Records(m, isNew ? next : former)));
            await test.Vault.WithdrawConsentAsync(Scenario.Id("c-1")).WaitAsync(Observation.Patience);
        }
        catch (Exception wrong)
        {
            throw new WrongException($"{what} (answered {failure?.Message}): {wrong.Message}", wrong);
        }
    }

    private static async Task<bool> OpensAsync(TestVault test, string passphrase)
    {
        test.Passphrase = passphrase;
        test.Renew();
        VaultException? refused = (VaultException?)await Record.ExceptionAsync(() => test.Vault.OpenAsync().WaitAsync(Observation.Patience));
        if (refused is not null)
            Assert.Equal(VaultErrorCode.RootPassphraseWrong, refused.Code);
        await test.Vault.DisposeAsync();
        return refused is null;
    }

    /// <summary>Opens with one, and not with the other, whichever is tried first.</summary>
    private static async Task AssertOpensAsync(TestVault test, string passphrase, string other)
    {
        await test.Vault.DisposeAsync();
        Assert.False(await OpensAsync(test, other), "the other passphrase opens the vault");
        Assert.True(await OpensAsync(test, passphrase), "the passphrase does not open the vault");
        Assert.False(await OpensAsync(test, other), "the other passphrase opens the vault");
        test.Passphrase = passphrase;
        test.Renew();
        await test.Vault.OpenAsync();
    }

    private static List<ulong> Records(InMemoryRootMedium medium, string passphrase)
    {
        using var passphrases = new RootPassphrases { Current = TestVault.Stretched(passphrase) };
        using RootReading reading = new RootVolume(medium, passphrases, () => "").Read();
        return [.. reading.Records.Select(r => r.KeyId)];
    }

    private static byte[] Image(InMemoryRootMedium medium)
    {
        byte[] image = [];
        medium.Tamper(bytes => image = (byte[])bytes.Clone());
        return image;
    }
}
