namespace FaceVault;

/// <summary>How a vault stands: counts, sizes, places, what is owed.</summary>
public sealed record VaultStatus
{
    /// <summary>The vault's id, lowercase hexadecimal.</summary>
    public required string VaultId { get; init; }

    /// <summary>The name the ledger is signed under.</summary>
    public required string Origin { get; init; }

    /// <summary>Root keys so far: one more with every destroying commit.</summary>
    public required long Epoch { get; init; }

    /// <summary>Store transactions so far.</summary>
    public required long Commit { get; init; }

    /// <summary>Lines of the ledger.</summary>
    public required long LedgerSize { get; init; }

    /// <summary>Consents with a living template key.</summary>
    public required long Consents { get; init; }

    /// <summary>Slots ever given out.</summary>
    public required long Slots { get; init; }

    /// <summary>Registered purposes.</summary>
    public required int Purposes { get; init; }

    /// <summary>Consents that are stopped and whose destruction is not complete.</summary>
    public required int Owed { get; init; }

    /// <summary>Consents under a legal hold: neither their templates nor their evidence are destroyed until it is lifted.</summary>
    public required int Held { get; init; }

    /// <summary>Consents that are kept without being used: restricted on request, or stopped under a legal hold.</summary>
    public required int Restricted { get; init; }

    /// <summary>Whether a place is missing, so that nothing can be destroyed until it is back or retired.</summary>
    public required bool IsDegraded { get; init; }

    /// <summary>Whether a witness remembers a longer or another ledger of this vault: nothing is used or written until it is closed. The first warning says why.</summary>
    public required bool IsFenced { get; init; }

    /// <summary>Whether a root key is staged beside the current one.</summary>
    public required bool HasStagedKey { get; init; }

    /// <summary>How many commits the newest recorded head lies behind.</summary>
    public required long HeadLag { get; init; }

    /// <summary>Bytes of key memory that the system keeps out of swap.</summary>
    public required long LockedBytes { get; init; }

    /// <summary>Bytes of key memory that the system refused to lock.</summary>
    public required long UnlockedBytes { get; init; }

    /// <summary>Root locations, the store and its mirrors.</summary>
    public required IReadOnlyList<PlaceStatus> Places { get; init; }

    /// <summary>What the operator should know, as sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>A place as it was last seen.</summary>
/// <param name="Type">Root location, store or mirror.</param>
/// <param name="Description">Where it is: a path.</param>
/// <param name="Medium">What it is made of.</param>
/// <param name="IsCurrent">Whether it was reached and holds what it should.</param>
/// <param name="Trouble">What is wrong, or null.</param>
/// <param name="Id">The id under which the vault lists it, 32 hexadecimal digits; null when it is not listed.</param>
public sealed record PlaceStatus(LocationType Type, string Description, string Medium, bool IsCurrent, string? Trouble, string? Id);
