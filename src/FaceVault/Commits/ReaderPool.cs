using System.Collections.Concurrent;

namespace FaceVault.Commits;

/// <summary>Read-only connections to a store, one per reading thread, kept for the next one: opening one costs 0.1 to 0.3 ms. Thread-safe.</summary>
internal sealed class ReaderPool<TReader>(Func<TReader> open) : IDisposable
    where TReader : IDisposable
{
    private readonly ConcurrentBag<TReader> idle = [];
    private volatile bool disposed;

    /// <summary>A reader for the caller alone, until the answer is disposed.</summary>
    public Rented Rent() => new(this, idle.TryTake(out TReader? reader) ? reader : open());

    /// <summary>Closes the idle ones.</summary>
    public void Clear()
    {
        while (idle.TryTake(out TReader? reader))
            reader.Dispose();
    }

    /// <summary>Closes the idle ones, and the others when they are returned.</summary>
    public void Dispose()
    {
        disposed = true;
        Clear();
    }

    private void Return(TReader reader)
    {
        idle.Add(reader);
        if (disposed)
            Clear();
    }

    /// <summary>Gives the reader back when disposed, once.</summary>
    public readonly struct Rented(ReaderPool<TReader> pool, TReader reader) : IDisposable
    {
        public TReader Reader => reader;

        public void Dispose() => pool.Return(reader);
    }
}
