namespace FaceVault.Commits;

/// <summary>What opening the primary key store showed. "Opens" is authenticated decryption of the crown, nothing less.</summary>
internal enum PrimaryState : byte
{
    /// <summary>There is no file.</summary>
    FileMissing = 0,

    /// <summary>There is a file, but no crown in it.</summary>
    NoCrown,

    /// <summary>No key of any reachable location opens the crown.</summary>
    OpensWithNeither,

    /// <summary>The key of the lowest epoch found at any reachable location opens it (C).</summary>
    OpensWithCurrent,

    /// <summary>A key of a higher epoch opens it (S).</summary>
    OpensWithStaged,
}

/// <summary>How the primary's crown compares with the newest valid head of all reachable locations.</summary>
internal enum HeadState : byte
{
    /// <summary>No location holds a valid head.</summary>
    Missing = 0,

    /// <summary>Every head says commit 0: nothing was recorded since the roots were made.</summary>
    AllZero,

    /// <summary>The store is at the head or newer.</summary>
    Ok,

    /// <summary>The store's commit number is lower than the head's.</summary>
    StoreOlder,

    /// <summary>The same commit number with another crown, or another vault's head.</summary>
    Forked,
}

/// <summary>What opening a listed mirror showed.</summary>
internal enum MirrorState : byte
{
    /// <summary>The place was not found, or cannot be read.</summary>
    Unreachable = 0,

    /// <summary>The place was found and holds no crown.</summary>
    Empty,

    /// <summary>There is a crown that no key opens.</summary>
    Dead,

    /// <summary>Its crown opens with C.</summary>
    OpensWithCurrent,

    /// <summary>Its crown opens with S.</summary>
    OpensWithStaged,
}

/// <summary>Where a mirror that opens stands, relative to a primary that opens. A mirror ought to be a prefix of the primary.</summary>
internal enum MirrorPosition : byte
{
    /// <summary>Its commit number is lower.</summary>
    Behind = 0,

    /// <summary>Its crown is byte-equal to the primary's.</summary>
    Equal,

    /// <summary>It holds commits that were never meant for it, or its crown names the primary's key as fenced: no prefix of this primary.</summary>
    Ahead,

    /// <summary>The same, and it cannot take the primary's place: the head shows that it is another branch, or the primary went on without it.</summary>
    Branch,
}

/// <summary>One listed mirror.</summary>
/// <param name="State">What opening it showed.</param>
/// <param name="Position">Read only where the mirror and the primary both open.</param>
internal readonly record struct MirrorObservation(MirrorState State, MirrorPosition Position = MirrorPosition.Behind)
{
    public bool Opens => State is MirrorState.OpensWithCurrent or MirrorState.OpensWithStaged;
}

/// <summary>All that <see cref="Recovery.Decide"/> knows: gathered by opening every listed place for reading, before anything is written.</summary>
internal readonly record struct Observations
{
    public Observations()
    {
    }

    /// <summary>At least one valid root record was read at some location.</summary>
    public bool HasRootRecord { get; init; }

    /// <summary>Records of more than one epoch were found, taking all reachable locations together.</summary>
    public bool HasStaged { get; init; }

    /// <summary>The primary's crown names S's key id as fenced: whatever opens with S is a commit that was given up.</summary>
    public bool StagedIsFenced { get; init; }

    /// <summary>Every listed root location was found by its id and gave at least one valid record.</summary>
    public bool AllLocationsReached { get; init; }

    /// <summary>What opening the primary showed.</summary>
    public PrimaryState Primary { get; init; }

    /// <summary>The commit number that stands in the clear is lower than the head's. Chooses the words of an error, nothing else.</summary>
    public bool ClearCommitIsLower { get; init; }

    /// <summary>The primary against the newest head. Where the primary does not open only <see cref="HeadState.AllZero"/> matters.</summary>
    public HeadState Head { get; init; }

    /// <summary>The listed mirrors; while no crown opens, the configured ones.</summary>
    public IReadOnlyList<MirrorObservation> Mirrors { get; init; } = [];

    /// <summary>The work list has items in the state "removed", or a location still holds a record older than the crown's.</summary>
    public bool CompletionOwed { get; init; }

    /// <summary>A step of an earlier decision of this opening failed. The places are observed again and the decision without that step is taken.</summary>
    public bool StepFailed { get; init; }
}
