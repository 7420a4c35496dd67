namespace FaceVault;

/// <summary>Where a consent stands.</summary>
public enum ConsentStatus
{
    /// <summary>Not a status: the default of the type.</summary>
    None = 0,

    /// <summary>In force.</summary>
    Active,

    /// <summary>Its key lives, but its time is over, or the subject's age band has ended: every use is refused. The next sweep destroys what is over; where the age band ended, a renewal helps.</summary>
    Expired,

    /// <summary>Kept and never used: restricted on request, or stopped under a legal hold and destroyed when that is lifted (<see cref="ConsentInfo.IsKept"/>).</summary>
    Restricted,

    /// <summary>Stopped; the destruction of its key is not complete yet.</summary>
    Stopped,

    /// <summary>Its template key is destroyed; the evidence of the consent lives on for its time.</summary>
    Destroyed,
}

/// <summary>What the vault knows of one consent.</summary>
public sealed record ConsentInfo
{
    /// <summary>The caller's id of the consent.</summary>
    public required ConsentId Consent { get; init; }

    /// <summary>The person who consented, or for whom a guardian did.</summary>
    public required SubjectId Subject { get; init; }

    /// <summary>What was consented to.</summary>
    public required PurposeId Purpose { get; init; }

    /// <summary>The purpose's version that was consented to, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Where it stands now.</summary>
    public required ConsentStatus Status { get; init; }

    /// <summary>What became of it, in the words of ISO/IEC TS 27560.</summary>
    public required ConsentState State { get; init; }

    /// <summary>Whether a legal hold keeps its keys from being destroyed.</summary>
    public required bool IsHeld { get; init; }

    /// <summary>Whether it is stopped and only a legal hold keeps it: its keys are destroyed when the hold is lifted.</summary>
    public required bool IsKept { get; init; }

    /// <summary>When the consent was given.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>When the consent ends by its own words.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When use ends: the earliest of that, the purpose's longest retention and what the profile allows, also by a rule that came or comes after the consent.</summary>
    public required DateTimeOffset UseEndsAt { get; init; }

    /// <summary>When use stops before that, because the subject's age band ends (C6: PIPL 31; GDPR 8) and the consent has to be renewed; null where it does not.</summary>
    public DateTimeOffset? AgeBandEndsAt { get; init; }

    /// <summary>Templates enrolled under it.</summary>
    public required int Templates { get; init; }

    /// <summary>Ledger index of the present key's creation.</summary>
    public required long LedgerIndex { get; init; }

    /// <summary>Ledger indices of the completed destructions whose certificates are about it.</summary>
    public required IReadOnlyList<long> Certificates { get; init; }

    /// <summary>The recipients that were given templates under it, each once: they are to be told when it ends (PIPL 23; GDPR 19).</summary>
    public required IReadOnlyList<string> RecipientsToNotify { get; init; }

    /// <summary>The type's name: it names a person.</summary>
    public override string ToString() => nameof(ConsentInfo);
}
