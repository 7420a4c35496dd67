using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>A creation that breaks off anywhere can be started again, and then is whole.</summary>
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
}
