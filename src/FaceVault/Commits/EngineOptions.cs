using FaceVault.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVault.Commits;

/// <summary>What the engine works on: places and a clock. Already validated.</summary>
internal sealed record EngineOptions
{
    public required byte[] VaultId { get; init; }

    /// <summary>The name the ledger is signed under.</summary>
    public required string Origin { get; init; }

    public required IKeyStoreLocation Store { get; init; }

    public required ITemplateStoreLocation Templates { get; init; }

    public required IReadOnlyList<IKeyStoreLocation> Mirrors { get; init; }

    public required IRootKeyStore Roots { get; init; }

    public required IConsentEvidence Evidence { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Never throws.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop waits for uses of a slot to end before the slot leaves its batch.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many slots one destroying commit takes at most.</summary>
    public int MostInBatch { get; init; } = Keys.Crown.MostWorkItems;

    /// <summary>Zeroes the lanes of slots in every open gallery and answers how many templates that were.</summary>
    public Func<IReadOnlyCollection<uint>, int> Purge { get; init; } = static _ => 0;

    /// <summary>Told after every opening, also in place, before anything else is written: what is remembered outside the engine is read anew.</summary>
    public Action<IKeyStoreReader, Keys.Crown> Reopened { get; init; } = static (_, _) => { };

    /// <summary>For how many years after the end of a day its counts are kept; asked when some may be dropped.</summary>
    public Func<int> RecordYears { get; init; } = static () => 3;

    /// <summary>How long what was counted in memory may wait for a commit.</summary>
    public TimeSpan RecordInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether templates here are synthetic by declaration: certificates say so.</summary>
    public bool Synthetic { get; init; }
}
