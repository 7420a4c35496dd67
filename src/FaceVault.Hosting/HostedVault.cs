using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceVault.Hosting;

/// <summary>One vault in a host: opens it and registers its purposes before the server starts, then loads its galleries, and sweeps until the end.</summary>
internal sealed class HostedVault(VaultSection section, IServiceProvider services, TimeProvider clock, ILogger<HostedVault> logger) : BackgroundService
{
    /// <summary>How soon what failed is tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly string label = section.Name.Length == 0 ? "facevault" : section.Name;
    private volatile string? notReady = Error.NotOpen;

    /// <summary>Why the vault is not ready yet, as a sentence; null when it is.</summary>
    public string? NotReady => notReady;

    /// <summary>Made at the first call, so that the settings of all vaults are checked before.</summary>
    public Vault Vault => section.Name.Length == 0 ? services.GetRequiredService<Vault>() : services.GetRequiredKeyedService<Vault>(section.Name);

    private VaultSettings Settings => section.Settings;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogCritical("Vault {Vault} does not start. {Reason}", label, failure.Message);
            throw;
        }

        notReady = Settings.Galleries.Count == 0 ? null : Error.GalleriesLoading;
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(LoadGalleriesAsync(stoppingToken), SweepAsync(stoppingToken));

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await Vault.OpenAsync(cancellationToken).ConfigureAwait(false);
        List<string> problems = [];
        if (Settings.Purposes is { } folder)
            problems.AddRange(await PurposeFolder.EnsureAsync(Vault, folder, cancellationToken).ConfigureAwait(false));
        if (problems.Count == 0)
            problems.AddRange(FindWrongGalleries(await Vault.ListPurposesAsync(cancellationToken).ConfigureAwait(false)));
        if (problems.Count > 0)
            throw new OptionsValidationException(section.Name, typeof(VaultOptions), problems);
    }

    private IEnumerable<string> FindWrongGalleries(IReadOnlyList<PurposeInfo> purposes)
    {
        foreach (ConfiguredGallery gallery in Settings.Galleries)
        {
            Purpose? purpose = purposes.FirstOrDefault(p => p.Definition.Id == gallery.Purpose)?.Definition;
            if (purpose is null)
                yield return Error.GalleryPurposeUnknown(gallery.Key);
            else if (purpose.Kind != PurposeKind.Identification)
                yield return Error.GalleryKind(gallery.Key);
            else if (gallery.Model is { } model && purpose.Models.All(m => m.Name != model))
                yield return Error.GalleryModelUnknown(gallery.Key);
        }
    }

    private async Task LoadGalleriesAsync(CancellationToken stoppingToken)
    {
        while (notReady is not null && !await TryLoadGalleriesAsync(stoppingToken).ConfigureAwait(false))
            await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(false);
    }

    private async Task<bool> TryLoadGalleriesAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (ConfiguredGallery configured in Settings.Galleries)
                await Vault.GetGalleryAsync(configured.Purpose, configured.Model, configured.Mode, stoppingToken).ConfigureAwait(false);
            notReady = null;
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(failure, "Vault {Vault}: a gallery could not be loaded. It is tried again in {RetryAfter}.", label, RetryAfter);
            notReady = Error.GalleriesFailed;
            return false;
        }
    }

    /// <summary>The next sweep is begun when the last one has ended, so that no two overlap.</summary>
    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            bool done = await TrySweepAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(done || Settings.SweepPeriod < RetryAfter ? Settings.SweepPeriod : RetryAfter, clock, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TrySweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Vault.SweepAsync(stoppingToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(failure, "Vault {Vault}: the retention sweep did not end. It is tried again.", label);
            return false;
        }
    }
}
