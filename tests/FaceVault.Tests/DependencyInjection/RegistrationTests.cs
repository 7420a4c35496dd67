using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using FaceVault.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceVault.Tests.DependencyInjection;

/// <summary>A vault that a service provider makes, shares and closes.</summary>
public sealed class RegistrationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_provider_gives_one_vault_and_closes_it_in_either_way(bool async)
    {
        using var folder = new TemporaryFolder();
        ServiceProvider provider = new ServiceCollection().AddFaceVault(o => Set(o, folder, "one")).BuildServiceProvider();
        Vault vault = provider.GetRequiredService<Vault>();
        Assert.Same(vault, provider.GetRequiredService<Vault>());
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose());

        if (async)
            await provider.DisposeAsync();
        else
            provider.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => vault.GetStatusAsync());
        await using ServiceProvider next = new ServiceCollection().AddFaceVault(o => Set(o, folder, "one")).BuildServiceProvider();
        Assert.Equal(1, (await next.GetRequiredService<Vault>().GetStatusAsync()).Purposes);
    }

    [Fact]
    public async Task Each_tenant_has_a_vault_of_its_own()
    {
        using var folder = new TemporaryFolder();
        IServiceCollection services = new ServiceCollection();
        foreach (string tenant in new[] { "north", "south" })
            services.AddFaceVault(tenant, o => Set(o, folder, tenant));
        await using ServiceProvider provider = services.BuildServiceProvider();
        Vault north = provider.GetRequiredKeyedService<Vault>("north"), south = provider.GetRequiredKeyedService<Vault>("south");
        await north.InitializeAsync();
        await south.InitializeAsync();
        await north.EnsurePurposeAsync(TestVault.Purpose());

        Assert.Same(north, provider.GetRequiredKeyedService<Vault>("north"));
        Assert.Empty(await south.ListPurposesAsync());
        Assert.NotEqual(north.VerifierKey, south.VerifierKey);
        Assert.Null(provider.GetService<Vault>());
        Assert.Null(provider.GetKeyedService<Vault>("east"));
    }

    [Fact]
    public async Task Nothing_makes_a_vault_but_initialising_it()
    {
        using var folder = new TemporaryFolder();
        await using ServiceProvider provider = new ServiceCollection().AddFaceVault(o => Set(o, folder, "one")).BuildServiceProvider();
        Assert.Equal(VaultErrorCode.VaultNotFound, (await Assert.ThrowsAsync<VaultException>(() => provider.GetRequiredService<Vault>().OpenAsync())).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_clock_is_the_providers_unless_the_settings_name_another()
    {
        using var folder = new TemporaryFolder();
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        var own = new FixedClock(clock.Now.AddDays(1));
        await using ServiceProvider provider = new ServiceCollection().AddSingleton<TimeProvider>(clock)
            .AddFaceVault(o => Set(o, folder, "one")).AddFaceVault("own", o => { Set(o, folder, "own"); o.TimeProvider = own; }).BuildServiceProvider();
        Assert.Same(clock, Settings(provider, "").TimeProvider);
        Assert.Same(own, Settings(provider, "own").TimeProvider);

        Vault vault = provider.GetRequiredService<Vault>();
        await vault.InitializeAsync();
        await foreach (LedgerLine line in vault.ReadLedgerAsync())
            Assert.Contains("2026-11-21T12:00:00Z", line.Entry, StringComparison.Ordinal);

        await using ServiceProvider plain = new ServiceCollection().AddFaceVault(o => Set(o, folder, "plain")).BuildServiceProvider();
        Assert.Same(TimeProvider.System, plain.GetRequiredService<TimeProvider>());
        Assert.Same(TimeProvider.System, Settings(plain, "").TimeProvider);
    }

    [Fact]
    public async Task Messages_go_to_the_providers_loggers_unless_the_settings_name_others()
    {
        using var folder = new TemporaryFolder();
        using RecordedLog log = new(), own = new();
        await using (ServiceProvider provider = new ServiceCollection().AddSingleton<ILoggerFactory>(log)
            .AddFaceVault(o => Set(o, folder, "one")).AddFaceVault("own", o => { Set(o, folder, "own"); o.LoggerFactory = own; }).AddFaceVault("quiet", o => { Set(o, folder, "quiet"); o.LoggerFactory = null; }).BuildServiceProvider())
        {
            foreach (Vault vault in (Vault[])[provider.GetRequiredService<Vault>(), provider.GetRequiredKeyedService<Vault>("own"), provider.GetRequiredKeyedService<Vault>("quiet")])
                await vault.InitializeAsync();
        }

        Assert.Equal("FaceVault", log.One("VaultOpened").Category);
        log.One("VaultClosed");
        Assert.NotEqual(log.One("VaultOpened")["Origin"], own.One("VaultOpened")["Origin"]);
        await using ServiceProvider without = new ServiceCollection().AddFaceVault(o => Set(o, folder, "one")).BuildServiceProvider();
        Assert.Null(Settings(without, "").LoggerFactory);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_start_for_every_vault()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddFaceVault(o => o.MatchingThreads = 0)
            .AddFaceVault("north", o => o.LockTimeout = TimeSpan.FromSeconds(-1))
            .BuildServiceProvider();
        AggregateException all = Assert.Throws<AggregateException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        string[] told = [.. all.InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures)];
        Assert.Equal(
            [
                "Set VaultOptions.Directory to the vault's folder.",
                "Set VaultOptions.RootKey, for example to a FileRootKeyStore outside the vault's folder.",
                "VaultOptions.MatchingThreads must be 1 to 1,024.",
                "Vault north: Set VaultOptions.Directory to the vault's folder.",
                "Vault north: Set VaultOptions.RootKey, for example to a FileRootKeyStore outside the vault's folder.",
                "Vault north: VaultOptions.LockTimeout must be zero or more.",
            ],
            told.OrderBy(t => t.StartsWith("Vault north", StringComparison.Ordinal)));
        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<Vault>);
    }

    [Fact]
    public async Task A_second_registration_completes_the_first_one()
    {
        using var folder = new TemporaryFolder();
        int configured = 0;
        await using ServiceProvider provider = new ServiceCollection()
            .AddFaceVault(o => { Set(o, folder, "one"); configured++; })
            .AddFaceVault(o => o.Origin = "example.com/door")
            .BuildServiceProvider();
        Vault vault = Assert.Single(provider.GetServices<Vault>());
        await vault.InitializeAsync();
        Assert.Equal("example.com/door", vault.Origin);
        Assert.Equal(1, configured);
    }

    [Fact]
    public void A_missing_argument_is_named_when_registering()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddFaceVault(_ => { }));
        Assert.Throws<ArgumentNullException>("configure", () => services.AddFaceVault((Action<VaultOptions>)null!));
        Assert.Throws<ArgumentException>("serviceKey", () => services.AddFaceVault("", _ => { }));
        Assert.Throws<ArgumentNullException>("serviceKey", () => services.AddFaceVault(null!, _ => { }));
    }

    private static VaultOptions Settings(ServiceProvider provider, string name) => provider.GetRequiredService<IOptionsMonitor<VaultOptions>>().Get(name);

    private static void Set(VaultOptions options, TemporaryFolder folder, string name)
    {
        options.Directory = folder[name];
        options.RootKey = new FileRootKeyStore(folder[name + ".key"]) { AllowEphemeral = true };
    }
}
