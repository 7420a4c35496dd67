using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>A creation that breaks off anywhere can be started again, and then is whole.</summary>
[Trait("Claim", "E4")]
public sealed class CreationTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task A_creation_killed_at_any_step_can_be_started_again(int roots, int mirrors)
    {
        int steps;
        int[] writes;
        await using (TestVault counted = TestVault.Empty(roots, mirrors))
        {
            await counted.Vault.InitializeAsync();
            steps = counted.Faults.Taken(StoreStep.Any);
            writes = [.. counted.Media.Select(m => m.Operations)];
        }

        for (int step = 1; step <= steps; step++)
        {
            foreach (StoreFaultMoment moment in new[] { StoreFaultMoment.Before, StoreFaultMoment.After, StoreFaultMoment.Zombie })
            {
                await RunAsync(roots, mirrors, t => t.Faults.KillAt(StoreStep.Any, step, moment), inPlace: false);
                await RunAsync(roots, mirrors, t => t.Faults.FailAt(StoreStep.Any, step, moment), inPlace: true);
            }
        }

        for (int medium = 0; medium < roots; medium++)
            for (int write = 1; write <= writes[medium]; write++)
                await RunAsync(roots, mirrors, t => t.Media[medium].FailAt(write, (RootFault)((write % 3) + 1)), inPlace: false);
    }

    /// <summary>The first attempt fails with a commit that may yet come to light; the second one dies anywhere, and then it does.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task A_creation_that_broke_off_twice_can_be_started_again(int roots, int mirrors)
    {
        int steps;
        await using (TestVault counted = TestVault.Empty(roots, mirrors))
        {
            await counted.Vault.InitializeAsync();
            steps = counted.Faults.Taken(StoreStep.Any);
        }

        for (int first = 1; first <= steps; first++)
        {
            foreach (StoreFaultMoment moment in new[] { StoreFaultMoment.Before, StoreFaultMoment.After })
            {
                for (int second = 1; second <= steps + 4; second++)
                {
                    await using TestVault test = TestVault.Empty(roots, mirrors);
                    test.Faults.FailAt(StoreStep.Any, first, StoreFaultMoment.Zombie);
                    await Record.ExceptionAsync(() => test.Vault.InitializeAsync());
                    if (test.Places.Description is null)
                    {
                        test.Faults.KillAt(StoreStep.Any, second, moment);
                        await Record.ExceptionAsync(() => test.Vault.InitializeAsync());
                    }

                    test.Crash();
                    Exception? failure = await Record.ExceptionAsync(() => test.Places.Description is null ? test.Vault.InitializeAsync() : test.Vault.OpenAsync());
                    Assert.True(failure is null, $"{first}, {second} {moment}: {failure}");
                    Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
                    await test.Vault.EnsurePurposeAsync(TestVault.Purpose());
                }
            }
        }
    }

    /// <summary>Two processes make a vault at one place: the second one looks while the first is at it, and goes on when it has finished.</summary>
    [LinuxFact]
    public async Task Of_two_creations_at_one_place_only_one_says_that_it_made_the_vault()
    {
        using var folder = new TemporaryFolder();
        string directory = Path.Combine(folder.Path, "vault"), mirror = Path.Combine(folder.Path, "mirror"), root = Path.Combine(folder.Path, "root.key");
        using var late = new LateRootKeys(new FileRootKeyStore(root) { AllowEphemeral = true }, () =>
        {
            using var keys = new FileRootKeyStore(root) { AllowEphemeral = true };
            using var first = new Vault(new VaultOptions { Directory = directory, RootKey = keys, Mirrors = { mirror }, Origin = "first.example" });
            first.InitializeAsync().Wait();
        });
        await using var second = new Vault(new VaultOptions { Directory = directory, RootKey = late, Origin = "second.example" });
        Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => second.InitializeAsync())).Code);
        Assert.Contains(mirror, await File.ReadAllTextAsync(Path.Combine(directory, "vault.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_no_root_location_opens_is_left_as_it_is_and_named()
    {
        await using TestVault test = await TestVault.InMemoryAsync(1, 1);
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        KeyStoreImage before = test.Store.Snapshot()!;
        test.Media[0].Restore(null);
        test.Places.Description = null;
        foreach (bool atMirror in new[] { false, true })
        {
            test.Renew();
            VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.InitializeAsync());
            Assert.Equal(VaultErrorCode.VaultExists, refused.Code);
            Assert.Contains(atMirror ? test.MirrorStores[0].Description : test.Store.Description, refused.Message, StringComparison.Ordinal);
            Assert.Contains("remove", refused.Message, StringComparison.Ordinal);
            Assert.False(test.Media[0].Exists);
            if (!atMirror)
                Assert.Same(before, test.Store.Snapshot());
            test.Store.Restore(null);
        }

        Assert.NotNull(test.MirrorStores[0].Snapshot());
        test.MirrorStores[0].Restore(null);
        await test.Vault.InitializeAsync();
    }

    [Fact]
    public async Task A_vault_that_only_lost_its_description_is_told_from_an_interrupted_creation()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        VaultDescription description = test.Places.Description!;
        KeyStoreImage before = test.Store.Snapshot()!;
        test.Places.Description = null;
        test.Renew();
        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.InitializeAsync());
        Assert.Equal(VaultErrorCode.VaultExists, refused.Code);
        Assert.Contains("vault.json", refused.Message, StringComparison.Ordinal);
        Assert.Same(before, test.Store.Snapshot());
        test.Places.Description = description;
        test.Renew();
        await test.Vault.OpenAsync();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-0")))!.Status);
    }

    [Fact]
    public async Task A_creation_that_broke_off_is_not_ended_with_other_places()
    {
        await using TestVault test = TestVault.Empty(2, 1);
        test.Faults.FailAt(StoreStep.Checkpoint, 1, StoreFaultMoment.After);
        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.InitializeAsync());
        test.Crash();
        test.Media[1].IsUnreachable = true;
        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.InitializeAsync());
        Assert.Equal(VaultErrorCode.PlaceUnreachable, refused.Code);
        Assert.Null(test.Places.Description);
        test.Media[1].IsUnreachable = false;
        test.Renew();
        await test.Vault.InitializeAsync();
        Assert.False((await test.Vault.GetStatusAsync()).IsDegraded);
    }

    private static async Task RunAsync(int roots, int mirrors, Action<TestVault> plan, bool inPlace)
    {
        await using TestVault test = TestVault.Empty(roots, mirrors);
        plan(test);
        Exception? failure = await Record.ExceptionAsync(() => test.Vault.InitializeAsync().WaitAsync(Observation.Patience));
        if (failure is not null)
            Assert.IsAssignableFrom<VaultException>(failure);
        test.Faults.Clear();
        if (!inPlace)
            test.Crash();
        if (test.Places.Description is null)
            await test.Vault.InitializeAsync().WaitAsync(Observation.Patience);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose()).WaitAsync(Observation.Patience);
        await test.EnrollAsync(2);
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-0")).WaitAsync(Observation.Patience);
        await test.ReopenAsync();
        await Observation.AssertWholeAsync(test);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-1")))!.Status);
    }

    /// <summary>Lets something else happen between the look at the places and the use of the root keys.</summary>
    private sealed class LateRootKeys(FileRootKeyStore keys, Action meanwhile) : IRootKeyStore
    {
        private Action? next;

        public IReadOnlyList<IRootLocation> Locations
        {
            get
            {
                Interlocked.Exchange(ref next, null)?.Invoke();
                return keys.Locations;
            }
        }

        public void CheckPlacement(string vaultDirectory, bool creating)
        {
            keys.CheckPlacement(vaultDirectory, creating);
            next = meanwhile;
        }

        public void Dispose() => keys.Dispose();
    }
}
