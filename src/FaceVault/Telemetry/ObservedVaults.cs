using System.Diagnostics.Metrics;
using FaceVault.Cryptography;
using FaceVault.Interop;

namespace FaceVault.Telemetry;

/// <summary>What is asked of an open vault when somebody collects. Answered from any thread, without waiting for a commit.</summary>
internal interface IObservedVault
{
    string Origin { get; }

    /// <summary>Flushes of its stores and mirrors.</summary>
    long Flushes { get; }

    /// <summary>Callers who wait, in all galleries and besides.</summary>
    int WaitingCallers { get; }

    IEnumerable<ObservedGallery> ObserveGalleries();
}

/// <summary>What is asked of an open gallery.</summary>
internal readonly record struct ObservedGallery(string Purpose, string Model, string Mode, int Templates, long LockedBytes, long UnlockedBytes);

/// <summary>The vaults that are open in this process. A vault that somebody forgot to close is not kept alive.</summary>
internal static class ObservedVaults
{
    private static readonly Lock Gate = new();
    private static readonly List<WeakReference<IObservedVault>> Open = [];

    public static void Add(IObservedVault vault)
    {
        lock (Gate)
            Open.Add(new WeakReference<IObservedVault>(vault));
        Instruments.Publish();
    }

    public static void Remove(IObservedVault vault)
    {
        lock (Gate)
            Open.RemoveAll(known => !known.TryGetTarget(out IObservedVault? target) || target == vault);
    }

    public static IEnumerable<Measurement<long>> Vaults() => All().Select(v => new Measurement<long>(1, Origin(v)));

    public static IEnumerable<Measurement<long>> Templates() => Galleries((g, tags) => new Measurement<long>(g.Templates, tags));

    public static IEnumerable<Measurement<long>> Waiting() => All().Select(v => new Measurement<long>(v.WaitingCallers, Origin(v)));

    public static IEnumerable<Measurement<long>> Locked() =>
        Galleries((g, tags) => new Measurement<long>(g.LockedBytes, [.. tags, new(TagNames.MemoryUse, "gallery")])).Append(Secrets(SecretArena.LockedBytes));

    public static IEnumerable<Measurement<long>> Unlocked() =>
        Galleries((g, tags) => new Measurement<long>(g.UnlockedBytes, [.. tags, new(TagNames.MemoryUse, "gallery")])).Append(Secrets(SecretArena.UnlockedBytes));

    public static IEnumerable<Measurement<long>> Flushes() =>
        All().Select(v => new Measurement<long>(v.Flushes, Origin(v), new(TagNames.FlushPlace, "store"))).Append(new Measurement<long>(Posix.Flushes, new KeyValuePair<string, object?>(TagNames.FlushPlace, "root")));

    private static IEnumerable<Measurement<long>> Galleries(Func<ObservedGallery, KeyValuePair<string, object?>[], Measurement<long>> measure) =>
        All().SelectMany(v => v.ObserveGalleries().Select(g => measure(g, [Origin(v), new(TagNames.Purpose, g.Purpose), new(TagNames.Model, g.Model), new(TagNames.Mode, g.Mode)])));

    private static KeyValuePair<string, object?> Origin(IObservedVault vault) => new(TagNames.Origin, vault.Origin);

    /// <summary>Keys and what is in the hands of a call: one memory for the whole process.</summary>
    private static Measurement<long> Secrets(long bytes) => new(bytes, new KeyValuePair<string, object?>(TagNames.MemoryUse, "secrets"));

    private static List<IObservedVault> All()
    {
        lock (Gate)
            return [.. Open.Select(known => known.TryGetTarget(out IObservedVault? vault) ? vault : null).OfType<IObservedVault>()];
    }
}
