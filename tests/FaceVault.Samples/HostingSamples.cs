using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FaceVault.Samples;

/// <summary>What docs/hosting.md quotes beside its service.</summary>
public static class HostingSamples
{
    public static void RegisterTenants(IServiceCollection services, IConfiguration configuration)
    {
        // tenants begins
        foreach (IConfigurationSection tenant in configuration.GetSection("Tenants").GetChildren())
            services.AddFaceVault(tenant.Key, tenant);
        // tenants ends
    }
}
