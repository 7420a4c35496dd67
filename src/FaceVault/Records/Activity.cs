namespace FaceVault.Records;

/// <summary>What is counted besides refusals. The names, with a small first letter, stand in stored rows: never change one.</summary>
internal enum Activity
{
    /// <summary>Not an activity.</summary>
    None = 0,

    /// <summary>Consents recorded, by grant, import or renewal.</summary>
    ConsentsGranted,

    /// <summary>Templates enrolled, imported or put in the place of others.</summary>
    Enrolments,

    /// <summary>1:1 comparisons that were answered with match or no match.</summary>
    Verifications,

    /// <summary>Of these, the ones that matched.</summary>
    VerificationMatches,

    /// <summary>Probes searched for (1:N).</summary>
    Searches,

    /// <summary>Of these, the ones for which a candidate was found.</summary>
    SearchHits,

    /// <summary>Calls that handed templates to a function of the caller's.</summary>
    Analyses,

    /// <summary>Templates handed out as copies.</summary>
    Copies,

    /// <summary>Consents set aside: kept, and not used any more.</summary>
    Restrictions,

    /// <summary>Consents stopped because they were withdrawn.</summary>
    Withdrawals,

    /// <summary>Consents stopped by an erasure.</summary>
    Erasures,

    /// <summary>Consents stopped because their time was over.</summary>
    Expiries,

    /// <summary>Consents stopped because their purpose was retired.</summary>
    Retirements,

    /// <summary>Template keys destroyed, whatever the reason.</summary>
    KeysDestroyed,
}
