using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Hosting;

/// <summary>What has run out is destroyed unasked, while the host runs.</summary>
public sealed class SweepTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
    private static readonly Dictionary<string, string?> Settings = new() { ["FaceVault:SweepPeriod"] = Period.ToString("c") };

    [Fact]
    public async Task It_sweeps_at_the_start_and_after_every_period()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock, Settings);
        Assert.Equal(Period, await clock.NextWaitAsync());
        Assert.Equal(DeletionTrigger.Expired, Assert.Single(await test.Vault.GetDeletionCertificatesAsync(new ConsentId("c-0"))).Trigger);

        await test.EnrollAsync(1, from: 1);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        clock.Advance(Period - TimeSpan.FromTicks(1));
        Assert.Equal(1, clock.Waiting);
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Consents);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Period, await clock.NextWaitAsync());
        Assert.Equal(0, (await test.Vault.GetStatusAsync()).Consents);
        Assert.Equal([1, 1], test.Log.Named("VaultSwept").Select(e => e["Expired"]));
    }

    [Fact]
    public async Task No_sweep_begins_while_another_runs()
    {
        using var pauses = new Pauses();
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        test.Clock.Now = test.Clock.Now.AddYears(4); // its evidence is read once more, and dies
        test.Wrap = pauses.Around;
        await test.ReopenAsync();
        pauses.RecordRead.Arm();
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock, Settings);
        await pauses.RecordRead.Reached.Task.WaitAsync(Observation.Patience);

        int waiting = clock.Waiting;
        clock.Advance(10 * Period);
        pauses.RecordRead.LetGo(); // before anything is judged, or a failure would wait for it
        Assert.Equal(0, waiting);
        Assert.Equal(Period, await clock.NextWaitAsync());
        Assert.Equal(1, test.Log.One("VaultSwept")["EvidenceDestroyed"]);
    }

    [Fact]
    public async Task A_sweep_that_fails_is_logged_without_names_and_tried_again_soon()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2);
        await test.EnrollAsync(1);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        test.Media[1].IsUnreachable = true;
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock, Settings);
        Assert.Equal(TimeSpan.FromMinutes(1), await clock.NextWaitAsync());
        string told = Assert.Single(app.Log.All, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains("the retention sweep did not end", told, StringComparison.Ordinal);
        Assert.Contains(nameof(ErasureIncompleteException), told, StringComparison.Ordinal);

        test.Media[1].IsUnreachable = false;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Period, await clock.NextWaitAsync());
        Assert.Single(await test.Vault.GetDeletionCertificatesAsync(new ConsentId("c-0")));
        Assert.DoesNotContain(app.Log.All, line => line.Contains("c-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_period_shorter_than_the_retry_is_kept_when_a_sweep_fails()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        test.Clock.Now = test.Clock.Now.AddMonths(7);
        test.Media[0].IsUnreachable = true;
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock, new() { ["FaceVault:SweepPeriod"] = "00:00:05" });
        Assert.Equal(TimeSpan.FromSeconds(5), await clock.NextWaitAsync());
        Assert.Contains(app.Log.All, line => line.StartsWith("Error", StringComparison.Ordinal));
        test.Media[0].IsUnreachable = false;
    }
}
