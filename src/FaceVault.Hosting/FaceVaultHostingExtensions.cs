using FaceVault.Hosting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceVault;

/// <summary>Runs vaults in a host: from a configuration section to a vault that is open, has its purposes and galleries, sweeps, and says how it is.</summary>
/// <remarks>
/// <para>The settings of all vaults are checked when the host starts, all at once (<c>OptionsValidationException</c>); keys that nobody knows are refused. Then each vault is opened, which never makes one
/// (<see cref="VaultErrorCode.VaultNotFound"/>), the purposes of its folder are registered, and the start fails when one of them has another definition than the vault or breaks a rule.</para>
/// <para>After that the server starts. The configured galleries are loaded meanwhile, and until they are the vault's health check, tagged <c>ready</c>, is unhealthy. A retention sweep begins at once and after
/// every period; a failed one is logged and tried again, and no two overlap. All messages go to <c>ILogger</c> and none holds an identifier of a person or a consent.</para>
/// <para>With <c>app.UseExceptionHandler()</c> the exceptions of vaults become problem details: 422 with every violation for <see cref="RefusedException"/>, 503 with <c>Retry-After</c> where trying again
/// helps, and for the rest a status and a code. Keys, defaults and answers: docs/hosting.md.</para>
/// </remarks>
public static class FaceVaultHostingExtensions
{
    private static readonly string[] Tags = ["facevault", "ready"];

    /// <summary>Hosts the one vault of an application, registered as <see cref="Vault"/>; its health check is named <c>facevault</c>.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="section">The vault's settings. Read once, when the host starts. What <see cref="FaceVaultServiceCollectionExtensions.AddFaceVault(IServiceCollection, Action{VaultOptions})"/> sets afterwards counts.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="InvalidOperationException">A section is registered for this vault already.</exception>
    public static IServiceCollection AddFaceVault(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        var read = new VaultSection(Options.DefaultName, section);
        return Host(services.AddFaceVault(read.Apply), read);
    }

    /// <summary>Hosts one vault of several, for example one for each tenant, registered as the keyed service <see cref="Vault"/>; its health check is named <c>facevault-</c> and the key.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="serviceKey">Names the vault: <c>[FromKeyedServices("north")] Vault vault</c>. Not empty; it is written to logs.</param>
    /// <param name="section">The settings of this vault: a folder and a root key of its own.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="InvalidOperationException">A section is registered for this vault already.</exception>
    public static IServiceCollection AddFaceVault(this IServiceCollection services, string serviceKey, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        ArgumentNullException.ThrowIfNull(section);
        var read = new VaultSection(serviceKey, section);
        return Host(services.AddFaceVault(serviceKey, read.Apply), read);
    }

    private static IServiceCollection Host(IServiceCollection services, VaultSection section)
    {
        if (services.Any(s => s.IsKeyedService && s.ServiceType == typeof(HostedVault) && Equals(s.ServiceKey, section.Name)))
            throw Error.SectionTwice();
        services.AddSingleton<IPostConfigureOptions<VaultOptions>>(section);
        services.AddSingleton<IValidateOptions<VaultOptions>>(section);
        services.AddKeyedSingleton(section.Name, (provider, _) => new HostedVault(
            section, provider, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HostedVault>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<HostedVault>(section.Name));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            section.Name.Length == 0 ? "facevault" : $"facevault-{section.Name}",
            provider => new VaultHealthCheck(provider.GetRequiredKeyedService<HostedVault>(section.Name)), failureStatus: null, Tags));
        services.AddProblemDetails();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExceptionHandler, VaultExceptionHandler>());
        return services;
    }
}
