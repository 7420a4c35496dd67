using System.Net;
using FaceVault.Storage;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Hosting;

/// <summary>The health check: not ready before the galleries are loaded, degraded where something is owed, unhealthy where the vault cannot be used.</summary>
public sealed class ReadinessTests
{
    private static readonly Dictionary<string, string?> Warm = new() { ["FaceVault:Galleries:0"] = TestVault.Door };

    [Fact]
    public async Task The_server_answers_and_is_not_ready_until_the_galleries_are_loaded()
    {
        using var pauses = new Pauses();
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        test.Wrap = pauses.Around;
        await test.ReopenAsync();
        pauses.TemplateRead.Arm();

        await using HostedApp app = await HostedApp.StartAsync(test, new SteppedClock(test.Start), Warm).WaitAsync(Observation.Patience);
        await pauses.TemplateRead.Reached.Task.WaitAsync(Observation.Patience);
        (HttpStatusCode, string) meanwhile = await app.ReadyAsync();
        pauses.TemplateRead.LetGo(); // before anything is judged, or a failure would wait for it
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), meanwhile);
        await UntilAsync(app, (HttpStatusCode.OK, "Healthy"));
        Assert.Equal(3, test.Log.One("GalleryOpened")["Templates"]);
    }

    [Fact]
    public async Task A_gallery_that_is_listed_as_sealed_is_loaded_sealed()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.ReopenAsync();
        await using HostedApp app = await HostedApp.StartAsync(
            test, new SteppedClock(test.Start), new() { ["FaceVault:Galleries:0:Purpose"] = TestVault.Door, ["FaceVault:Galleries:0:Mode"] = "sealed" });
        await UntilAsync(app, (HttpStatusCode.OK, "Healthy"));
        Assert.Equal("sealed", test.Log.One("GalleryOpened")["Mode"]);
    }

    [Fact]
    public async Task A_gallery_that_fails_keeps_it_unready_and_is_tried_again()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        byte[] row = [];
        using (ITemplateReader reader = test.Templates.OpenReader())
            reader.Scan(1, 1, (_, _, blob) => (row = blob.ToArray()).Length == 0);
        test.Templates.Tamper(1, 0, [.. row[..^1], (byte)~row[^1]]);
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock, Warm);

        TimeSpan[] waits = [await clock.NextWaitAsync(), await clock.NextWaitAsync()]; // the gallery's and the sweep's
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)], waits.Order());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await app.ReadyAsync());
        Assert.Contains(app.Log.All, line => line.Contains("a gallery could not be loaded", StringComparison.Ordinal) && line.Contains("A stored template is not what was enrolled", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Log.Names, name => name.StartsWith("Gallery", StringComparison.Ordinal)); // it was never open

        test.Templates.Tamper(1, 0, row);
        clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(app, (HttpStatusCode.OK, "Healthy"));
    }

    [Fact]
    public async Task A_missing_place_and_owed_destructions_degrade_it_until_they_are_gone()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2);
        await test.EnrollAsync(1);
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock);
        await clock.NextWaitAsync();
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await app.ReadyAsync());

        test.Media[1].IsUnreachable = true;
        await Assert.ThrowsAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(new ConsentId("c-0")));
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await app.ReadyAsync());

        test.Media[1].IsUnreachable = false;
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await app.ReadyAsync());
    }

    [Fact]
    public async Task A_vault_that_cannot_be_used_is_unhealthy()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var clock = new SteppedClock(test.Start);
        await using HostedApp app = await HostedApp.StartAsync(test, clock);
        await clock.NextWaitAsync();

        test.Faults.Kill();
        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.GrantConsentAsync(test.Grant("c-1")));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await app.ReadyAsync());
        test.Faults.Clear();
        await test.Vault.GrantConsentAsync(test.Grant("c-2"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await app.ReadyAsync());

        test.Vault.Engine.Halt(new VaultException(VaultErrorCode.StoreRolledBack, "A witness remembers more."));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await app.ReadyAsync());
        await test.Vault.DisposeAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await app.ReadyAsync());
    }

    private static async Task UntilAsync(HostedApp app, (HttpStatusCode Status, string Body) expected)
    {
        using var patience = new CancellationTokenSource(Observation.Patience);
        while (await app.ReadyAsync() != expected)
            await Task.Delay(10, patience.Token);
    }
}
