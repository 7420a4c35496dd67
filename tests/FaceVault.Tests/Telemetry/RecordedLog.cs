using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FaceVault.Tests.Telemetry;

/// <summary>One message, as a provider gets it.</summary>
internal sealed record Logged(string Category, LogLevel Level, EventId Event, string Text, IReadOnlyList<KeyValuePair<string, object?>> State, Exception? Exception)
{
    public object? this[string value] => State.Single(s => s.Key == value).Value;
}

/// <summary>Keeps every message, rendered and structured.</summary>
internal sealed class RecordedLog : ILoggerFactory
{
    private readonly ConcurrentQueue<Logged> messages = new();

    public IReadOnlyList<Logged> All => [.. messages];

    /// <summary>The names of the events in their order, without those that depend on the machine.</summary>
    public IReadOnlyList<string> Names => [.. messages.Select(e => e.Event.Name!).Where(name => name != "MemoryNotLocked")];

    public IReadOnlyList<Logged> Named(string name) => [.. messages.Where(e => e.Event.Name == name)];

    public Logged One(string name) => Assert.Single(Named(name));

    public void Clear() => messages.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLog owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => owner.messages.Enqueue(
            new Logged(category, logLevel, eventId, formatter(state, exception), [.. Assert.IsAssignableFrom<IReadOnlyList<KeyValuePair<string, object?>>>(state)], exception));
    }
}
