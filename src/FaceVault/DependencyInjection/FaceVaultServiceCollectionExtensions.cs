using FaceVault.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceVault;

/// <summary>Registers vaults with a service collection.</summary>
/// <remarks>
/// <para>A vault is one object for the life of the provider, which closes it when it is disposed, in either way. It opens at its first call; call
/// <see cref="Vault.OpenAsync"/> at start to have failures early, and <see cref="Vault.InitializeAsync"/> once by hand: nothing here makes a vault.</para>
/// <para>The settings are checked when a host starts, all at once (<c>OptionsValidationException</c>); without a host, when the vault is first asked for. The clock is
/// the provider's <see cref="TimeProvider"/>, the system's unless another one is registered; messages go to its <see cref="ILoggerFactory"/>, when it has one.</para>
/// </remarks>
public static class FaceVaultServiceCollectionExtensions
{
    /// <summary>Registers the one vault of an application as <see cref="Vault"/>.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Sets the options. Called once; a second registration's settings are applied after the first's, to the same vault.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddFaceVault(this IServiceCollection services, Action<VaultOptions> configure)
    {
        AddOptions(services, Options.DefaultName, configure);
        services.TryAddSingleton(provider => Create(provider, Options.DefaultName));
        return services;
    }

    /// <summary>Registers one vault of several, for example one for each tenant, as the keyed service <see cref="Vault"/>.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="serviceKey">Names the vault: <c>[FromKeyedServices("north")] Vault vault</c>. Not empty.</param>
    /// <param name="configure">Sets the options of this vault: a folder and a root key of its own.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddFaceVault(this IServiceCollection services, string serviceKey, Action<VaultOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        AddOptions(services, serviceKey, configure);
        services.TryAddKeyedSingleton(serviceKey, (provider, key) => Create(provider, (string)key!));
        return services;
    }

    private static void AddOptions(IServiceCollection services, string name, Action<VaultOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VaultOptions>, VaultOptionsValidation>());
        services.AddOptions<VaultOptions>(name)
            .Configure<IServiceProvider>((options, provider) => (options.TimeProvider, options.LoggerFactory) = (provider.GetRequiredService<TimeProvider>(), provider.GetService<ILoggerFactory>()))
            .Configure(configure)
            .ValidateOnStart();
    }

    private static Vault Create(IServiceProvider provider, string name) => new(provider.GetRequiredService<IOptionsMonitor<VaultOptions>>().Get(name));
}
