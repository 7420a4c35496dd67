namespace FaceVault;

/// <summary>Stable codes of <see cref="Violation"/>. Sources: SPC = Supreme People's Court, Fa Shi [2021] 15; PIPL = Personal Information Protection Law of the PRC; CAC = Measures for facial
/// recognition, in force 1 June 2025; GDPR; BIPA = 740 ILCS 14. Codes of rules that this version does not yet apply have their place already.</summary>
public enum ViolationCode
{
    /// <summary>Not a code: the default of the type.</summary>
    None = 0,

    /// <summary>C1 (SPC 2(3); PIPL 14, 29; GDPR 7, 9): there is no separate, explicit consent.</summary>
    ConsentMissing,

    /// <summary>C1 (SPC 2(3); PIPL 14; GDPR 7, 9): the consent was given for another purpose.</summary>
    ConsentMismatch,

    /// <summary>C2 (SPC 4(2)): one act of consent is used for several purposes.</summary>
    ConsentBundled,

    /// <summary>C3 (SPC 4; PIPL 16; CAC): a service is made to depend on a consent that it does not need.</summary>
    ConsentCoerced,

    /// <summary>C4 (SPC 11): the grant has no end or names nobody in particular as recipient.</summary>
    ConsentUnlimited,

    /// <summary>C5 (PIPL 29; BIPA 15(b)): the law asks for a stricter form.</summary>
    ConsentFormInsufficient,

    /// <summary>C6 (SPC 2(3), 3; PIPL 31; GDPR 8): a guardian has to consent.</summary>
    GuardianConsentRequired,

    /// <summary>C7 (SPC 2(2); PIPL 17, 30): the purpose's notice was not shown before the consent.</summary>
    NoticeAfterConsent,

    /// <summary>C7 (PIPL 17; GDPR 7): the face was captured before the consent.</summary>
    CaptureBeforeConsent,

    /// <summary>C8 (PIPL 14(2)): the purpose has changed since the consent.</summary>
    PurposeVersionNotConsented,

    /// <summary>C9 (PIPL 15; GDPR 7(3)): the consent was withdrawn.</summary>
    ConsentWithdrawn,

    /// <summary>C10, P1 (SPC 2(1)): the purpose is of another kind than the operation.</summary>
    OperationNotConsented,

    /// <summary>A consent with this id exists; an id is used once.</summary>
    ConsentIdTaken,

    /// <summary>The subject has an active consent for this purpose version already.</summary>
    ConsentAlreadyActive,

    /// <summary>P2 (PIPL 6, 28): the purpose is not specific, not necessary or not limited.</summary>
    PurposeTooBroad,

    /// <summary>P3 (SPC 10; CAC 10): there is no way to be served without one's face.</summary>
    AlternativeMissing,

    /// <summary>P4 (PIPL 26; CAC 13): public-security data may not leave, nor be renewed into another category.</summary>
    DisclosureForbidden,

    /// <summary>P4, P6, P7 (PIPL 24, 26; local law): a dated rule forbids this category or place.</summary>
    ProhibitedByPolicy,

    /// <summary>P5 (PIPL 23; BIPA 15(c), (d)): the consent does not name this recipient.</summary>
    RecipientNotConsented,

    /// <summary>P8 (SPC 5, 6; PIPL 13): the legal basis is not shown.</summary>
    LegalBasisUnproven,

    /// <summary>P8 (SPC 5, 6; PIPL 13): the legal basis has ended.</summary>
    LegalBasisExpired,

    /// <summary>P9 (PIPL 28): something besides the template wants to ride along.</summary>
    UnexpectedAttribute,

    /// <summary>P10 (PIPL 55, 56): there is no impact assessment.</summary>
    AssessmentMissing,

    /// <summary>P11 (CAC 15): the filing was due.</summary>
    FilingOverdue,

    /// <summary>P11 (CAC 15): working days cannot be counted without a calendar.</summary>
    CalendarMissing,

    /// <summary>S1 (PIPL 51; GDPR 32): too many templates are asked for.</summary>
    RateLimited,

    /// <summary>S2 (PIPL 19; BIPA 15(a)): the consent or the purpose's retention has ended.</summary>
    RetentionExpired,

    /// <summary>S2: the clock stands before a time that was already recorded.</summary>
    ClockRollback,

    /// <summary>S5: there is no calibrated threshold for this model, kind and gallery size.</summary>
    ThresholdNotCalibrated,

    /// <summary>S5: the vector is no template of this model (length, NaN, infinity, zero).</summary>
    MalformedTemplate,

    /// <summary>S5: the purpose does not admit this model.</summary>
    ModelNotAdmitted,

    /// <summary>S5: living templates are of the model that is to be retired.</summary>
    ModelInUse,

    /// <summary>D1 (Civil Code 1037; SPC 12): the scope of the order names nothing here.</summary>
    ScopeUnknown,

    /// <summary>D4 (PIPL 47(2); GDPR 18): a legal hold forbids destruction.</summary>
    LegalHold,

    /// <summary>D4 (PIPL 47(2); GDPR 18): the data may be kept and not used.</summary>
    Restricted,

    /// <summary>D5: the certificate does not hold.</summary>
    CertificateInvalid,

    /// <summary>D6: the store is older than its last recorded head.</summary>
    StoreRolledBack,

    /// <summary>D10 (SPC 6; PIPL 54): the ledger is not what was signed.</summary>
    LedgerTampered,
}
