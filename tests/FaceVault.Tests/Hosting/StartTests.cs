using System.Net;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FaceVault.Tests.Hosting;

/// <summary>What happens before the server answers: vaults open, purposes are registered, mistakes stop the start.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_vault_that_was_never_made_stops_the_start_and_is_not_made()
    {
        using var folder = new TemporaryFolder();
        VaultException missing = await Assert.ThrowsAsync<VaultException>(() => StartAsync(folder));
        Assert.Equal(VaultErrorCode.VaultNotFound, missing.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Reviewed_purposes_are_registered_and_a_changed_one_stops_the_start_with_its_fields()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "vault");
        Directory.CreateDirectory(folder["purposes"]);
        folder.Write("purposes/door.json", Definition());
        folder.Write("purposes/gate.json", Definition("gate"));
        folder.Write("purposes/README.md", "no purpose");
        await using (HostedApp app = await StartAsync(folder))
        {
            Assert.Single(app.Log.All, line => line.StartsWith("Information FaceVault Vault ", StringComparison.Ordinal) && line.Contains(" is open at commit ", StringComparison.Ordinal));
            Assert.Equal(["door", "gate"], (await app.Services.GetRequiredService<Vault>().ListPurposesAsync()).Select(p => p.Definition.Id.Value));
            Assert.Equal((HttpStatusCode.OK, "Healthy"), await app.ReadyAsync());
        }

        await using (HostedApp again = await StartAsync(folder))
            Assert.Equal(2, (await again.Services.GetRequiredService<Vault>().ListPurposesAsync()).Count);

        folder.Write("purposes/door.json", Definition().Replace("P1Y", "P2Y", StringComparison.Ordinal).Replace("Opening", "Watching", StringComparison.Ordinal));
        var log = new LogLines();
        OptionsValidationException changed = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(folder, log: log));
        string told = Assert.Single(changed.Failures);
        Assert.StartsWith("door.json: A purpose with this id has another definition: description, maxRetention.", told, StringComparison.Ordinal);
        Assert.Contains(log.All, line => line.StartsWith("Critical FaceVault.Hosting", StringComparison.Ordinal) && line.Contains("description, maxRetention", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_wrong_with_the_files_is_told_before_one_is_registered()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "vault");
        Directory.CreateDirectory(folder["purposes"]);
        folder.Write("purposes/a.json", Definition());
        folder.Write("purposes/b.json", "{");
        folder.Write("purposes/c.json", Definition().Replace("\"kind\"", "\"sort\"", StringComparison.Ordinal));
        folder.Write("purposes/d.json", Definition());
        OptionsValidationException wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(folder));
        Assert.Equal(["b.json:", "c.json:", "d.json:"], wrong.Failures.Select(f => f.Split(' ')[0]));

        foreach (string file in new[] { "b.json", "c.json", "d.json" })
            File.Delete(folder["purposes/" + file]);
        folder.Write("purposes/a.json", Definition().Replace("\"Assessment 7\"", "\"\"", StringComparison.Ordinal).Replace("\"a badge\"", "", StringComparison.Ordinal));
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(folder));
        Assert.Equal(["a.json: alternatives:", "a.json: assessment:"], refused.Failures.Select(f => string.Join(' ', f.Split(' ')[..2])).Order(StringComparer.Ordinal));

        Directory.Delete(folder["purposes"], recursive: true);
        Assert.Contains("folder of purposes", Assert.Single((await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(folder))).Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_with_a_passphrase_opens_with_the_file_that_holds_it()
    {
        using var folder = new TemporaryFolder();
        await using (var vault = new Vault(new VaultOptions { Directory = folder["vault"], RootKey = new FileRootKeyStore(folder["root.key"]) { AllowEphemeral = true, Passphrase = "correct horse"u8 } }))
            await vault.InitializeAsync();
        Task<HostedApp> StartWithAsync(string words) => HostedApp.StartAsync((services, configuration) => services.AddFaceVault(configuration.GetSection("FaceVault")), new()
        {
            ["FaceVault:Directory"] = folder["vault"],
            ["FaceVault:RootKey"] = folder["root.key"],
            ["FaceVault:PassphraseFile"] = folder.Write("words", words),
        });

        VaultException wrong = await Assert.ThrowsAsync<VaultException>(() => StartWithAsync("battery staple"));
        Assert.Equal(VaultErrorCode.RootPassphraseWrong, wrong.Code);
        await using HostedApp app = await StartWithAsync("correct horse\r\n");
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await app.ReadyAsync());
    }

    [Fact]
    public async Task A_gallery_that_cannot_be_stops_the_start()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        OptionsValidationException wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => HostedApp.StartAsync(test, new SteppedClock(test.Start), new()
        {
            ["FaceVault:Galleries:0"] = "dor",
            ["FaceVault:Galleries:1"] = "gate",
            ["FaceVault:Galleries:2:Purpose"] = "door",
            ["FaceVault:Galleries:2:Model"] = "unknown",
        }));
        Assert.Equal(
            ["FaceVault:Galleries:0 names a purpose that the", "FaceVault:Galleries:1 names a purpose that is", "FaceVault:Galleries:2 names a model that the"],
            wrong.Failures.Select(f => string.Join(' ', f.Split(' ')[..6])));
    }

    [Fact]
    public async Task Each_tenant_is_opened_checked_and_served_by_its_key()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "north");
        await MakeAsync(folder, "south");
        Directory.CreateDirectory(folder["purposes"]);
        folder.Write("purposes/door.json", Definition());
        var settings = new Dictionary<string, string?>();
        foreach (string tenant in new[] { "north", "south" })
        {
            settings[$"Tenants:{tenant}:Directory"] = folder[tenant];
            settings[$"Tenants:{tenant}:RootKey"] = folder[tenant + ".key"];
        }

        settings["Tenants:south:Purposes"] = folder["purposes"];
        settings["Tenants:south:Galleries"] = "door";
        await using HostedApp app = await HostedApp.StartAsync(
            Samples.HostingSamples.RegisterTenants,
            settings,
            web => web.MapGet("/purposes", async ([FromKeyedServices("north")] Vault north, [FromKeyedServices("south")] Vault south) =>
                $"{(await north.ListPurposesAsync()).Count} {(await south.ListPurposesAsync()).Count} {north.VerifierKey.Equals(south.VerifierKey)}"));

        Assert.Equal("0 1 False", await app.Client.GetStringAsync(new Uri("/purposes", UriKind.Relative)));
        HealthReport report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));
        Assert.Equal(["facevault-north", "facevault-south"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Null(app.Services.GetService<Vault>());
    }

    private static string Definition(string id = "door") => System.Text.Encoding.UTF8.GetString(TestVault.Purpose(id: id).ToCanonicalJson());

    private static async Task MakeAsync(TemporaryFolder folder, string name)
    {
        await using var vault = new Vault(new VaultOptions { Directory = folder[name], RootKey = new FileRootKeyStore(folder[(name == "vault" ? "root" : name) + ".key"]) { AllowEphemeral = true } });
        await vault.InitializeAsync();
    }

    private static Task<HostedApp> StartAsync(TemporaryFolder folder, LogLines? log = null)
    {
        var settings = new Dictionary<string, string?> { ["FaceVault:Directory"] = folder["vault"], ["FaceVault:RootKey"] = folder["root.key"] };
        if (File.Exists(folder["vault/vault.json"]))
            settings["FaceVault:Purposes"] = folder["purposes"];
        return HostedApp.StartAsync((services, configuration) => services.AddFaceVault(configuration.GetSection("FaceVault")), settings, log: log);
    }
}
