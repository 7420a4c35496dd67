using System.Net;
using FaceVault.Tests.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceVault.Tests.Hosting;

/// <summary>A web application with Kestrel on a port of its own, in this process: the real container, the real server, no appsettings of anybody.</summary>
internal sealed class HostedApp : IAsyncDisposable
{
    private readonly WebApplication app;

    private HostedApp(WebApplication app, LogLines log)
    {
        this.app = app;
        Log = log;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Observation.Patience };
    }

    public HttpClient Client { get; }

    public LogLines Log { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Builds and starts; what the start throws is thrown.</summary>
    public static async Task<HostedApp> StartAsync(Action<IServiceCollection, IConfiguration> register, Dictionary<string, string?> settings, Action<WebApplication>? map = null, LogLines? log = null)
    {
        log ??= new LogLines();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddProvider(log);
        builder.Services.AddRouting();
        register(builder.Services, builder.Configuration);
        WebApplication built = builder.Build();
        try
        {
            built.UseExceptionHandler();
            built.MapHealthChecks("/ready");
            map?.Invoke(built);
            await built.StartAsync();
            return new HostedApp(built, log);
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hosts a vault that lives in memory: the one of the test stands in for the one that the section would make.</summary>
    public static Task<HostedApp> StartAsync(TestVault test, SteppedClock clock, Dictionary<string, string?>? settings = null, Action<WebApplication>? map = null) => StartAsync(
        (services, configuration) => services.AddSingleton(test.Vault).AddSingleton<TimeProvider>(clock).AddFaceVault(configuration.GetSection("FaceVault")),
        new Dictionary<string, string?>(settings ?? []) { ["FaceVault:Directory"] = "memory", ["FaceVault:RootKey"] = "/memory" },
        map);

    public async Task<(HttpStatusCode Status, string Body)> ReadyAsync()
    {
        using HttpResponseMessage answer = await Client.GetAsync(new Uri("/ready", UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
