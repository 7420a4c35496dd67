using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceVault.Hosting;

/// <summary>How a hosted vault stands. Unhealthy: not open, galleries not loaded, fenced or failing. Degraded: a place is missing or destructions are owed. Reads counters, no template.</summary>
internal sealed class VaultHealthCheck(HostedVault hosted) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (hosted.NotReady is { } reason)
            return HealthCheckResult.Unhealthy(reason);
        try
        {
            VaultStatus status = await hosted.Vault.GetStatusAsync(cancellationToken).ConfigureAwait(false);
            string warnings = string.Join(' ', status.Warnings);
            if (status.IsFenced)
                return HealthCheckResult.Unhealthy(warnings);
            return status.IsDegraded || status.Owed > 0 ? HealthCheckResult.Degraded(warnings) : HealthCheckResult.Healthy(warnings);
        }
        catch (VaultException failure)
        {
            return HealthCheckResult.Unhealthy(Error.Failing(failure.Code));
        }
        catch (ObjectDisposedException)
        {
            return HealthCheckResult.Unhealthy(Error.Closed);
        }
    }
}
