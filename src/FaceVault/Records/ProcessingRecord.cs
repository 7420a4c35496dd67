namespace FaceVault;

/// <summary>What was done for one purpose on one day: counts, and nothing else (PIPL 55, 56; GDPR 30). No subject, no consent and nothing made of one stands in it.</summary>
public sealed record ProcessingRecord
{
    /// <summary>The day, in UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The purpose, also a retired one; null for requests that were refused and named no purpose or consent of this vault.</summary>
    public required PurposeId? Purpose { get; init; }

    /// <summary>Consents recorded, by grant, import or renewal.</summary>
    public long ConsentsGranted { get; init; }

    /// <summary>Templates enrolled, imported or put in the place of others.</summary>
    public long Enrolments { get; init; }

    /// <summary>1:1 comparisons that were answered with match or no match.</summary>
    public long Verifications { get; init; }

    /// <summary>Of these, the ones that matched.</summary>
    public long VerificationMatches { get; init; }

    /// <summary>Probes that were compared with a gallery (1:N).</summary>
    public long Searches { get; init; }

    /// <summary>Of these, the ones for which a candidate reached the threshold.</summary>
    public long SearchHits { get; init; }

    /// <summary>Calls that handed decrypted templates to a function of the application.</summary>
    public long Analyses { get; init; }

    /// <summary>Templates handed out as copies, to persons and to recipients.</summary>
    public long Copies { get; init; }

    /// <summary>Consents set aside at somebody's request: kept, and not used any more.</summary>
    public long Restrictions { get; init; }

    /// <summary>Consents stopped because they were withdrawn; one that was stopped already does not count again.</summary>
    public long Withdrawals { get; init; }

    /// <summary>Consents stopped by an erasure.</summary>
    public long Erasures { get; init; }

    /// <summary>Consents stopped because their time was over.</summary>
    public long Expiries { get; init; }

    /// <summary>Consents stopped because their purpose was retired.</summary>
    public long Retirements { get; init; }

    /// <summary>Template keys destroyed, whatever the reason.</summary>
    public long KeysDestroyed { get; init; }

    /// <summary>Violations for which requests were refused, by code; a request may have several.</summary>
    public required IReadOnlyDictionary<ViolationCode, long> Refusals { get; init; }

    /// <summary>Whether counts of this day are missing, because a row was damaged where it is stored. <see cref="Vault.AuditAsync"/> finds it broken.</summary>
    public bool IsIncomplete { get; init; }
}
