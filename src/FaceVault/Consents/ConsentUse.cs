namespace FaceVault.Consents;

/// <summary>Where a consent stands.</summary>
internal enum ConsentStanding
{
    /// <summary>The vault knows no such consent, or its evidence is gone.</summary>
    Unknown = 0,

    /// <summary>In force, unless its time is over.</summary>
    Active,

    /// <summary>Kept under a hold, not to be used.</summary>
    Restricted,

    /// <summary>Stopped or destroyed, whatever the trigger.</summary>
    Withdrawn,
}

/// <summary>One use of one consent, for the rules to judge.</summary>
internal readonly record struct ConsentUse
{
    public required ConsentStanding Standing { get; init; }

    /// <summary>The purpose version that was consented to: purpose number &lt;&lt; 16 | version.</summary>
    public uint ConsentedVersion { get; init; }

    /// <summary>The purpose version that it is used for.</summary>
    public uint UsedVersion { get; init; }

    /// <summary>The purpose's kind.</summary>
    public PurposeKind Kind { get; init; }

    /// <summary>What is done; <see cref="PurposeKind.None"/> for storing, which belongs to every kind.</summary>
    public PurposeKind Operation { get; init; }

    public DateTimeOffset UseEndsAt { get; init; }

    /// <summary>When the subject's age band ends; null where it does not.</summary>
    public DateTimeOffset? AgeBandEndsAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the clock stands before a time that the vault has recorded.</summary>
    public bool ClockIsBack { get; init; }
}
