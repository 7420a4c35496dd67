using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVault.Telemetry;

/// <summary>The application's logger. What it throws is lost: no call that was done fails because of it.</summary>
internal sealed class VaultLogger : ILogger
{
    private readonly ILogger inner;

    private VaultLogger(ILogger inner) => this.inner = inner;

    /// <summary>The logger of the category <c>FaceVault</c>; one that says nothing where there is no factory, or it fails.</summary>
    public static ILogger Of(ILoggerFactory? factory)
    {
        try
        {
            return factory is null ? NullLogger.Instance : new VaultLogger(factory.CreateLogger(Instruments.Source));
        }
        catch (Exception)
        {
            return NullLogger.Instance; // the application's
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false; // the application's
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // the application's
        }
    }
}
