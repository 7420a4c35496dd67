namespace FaceVault.Ledger;

/// <summary>What a ledger entry records. Its name in the entry is given after each.</summary>
internal enum LedgerEntryKind : byte
{
    /// <summary>Not an entry.</summary>
    None = 0,

    /// <summary>The vault was made: <c>vault-created</c> (origin, vault).</summary>
    VaultCreated = 1,

    /// <summary>An older store was accepted with loss: <c>rolled-back</c> (epoch, commit).</summary>
    RolledBack = 2,

    /// <summary>A purpose was registered: <c>purpose-registered</c> (purpose, version, processing, definition).</summary>
    PurposeRegistered = 3,

    /// <summary>A new version of a purpose: <c>purpose-version-added</c> (the same members).</summary>
    PurposeVersionAdded = 4,

    /// <summary>A purpose was retired: <c>purpose-retired</c> (purpose).</summary>
    PurposeRetired = 5,

    /// <summary>A purpose admits one more model: <c>model-admitted</c> (purpose, model).</summary>
    ModelAdmitted = 6,

    /// <summary>A purpose no longer admits a model: <c>model-retired</c> (purpose, model).</summary>
    ModelRetired = 7,

    /// <summary>A consent was given its template key: <c>key-created</c> (purpose, version, key, consent, cause, synthetic).</summary>
    KeyCreated = 8,

    /// <summary>A template key left the store: <c>key-removed</c> (created, key, consent, trigger, epoch).</summary>
    KeyRemoved = 9,

    /// <summary>Its destruction is complete in every place: <c>destruction-completed</c> (removed, body).</summary>
    DestructionCompleted = 10,

    /// <summary>The evidence key of a consent was destroyed: <c>evidence-destroyed</c> (created).</summary>
    EvidenceDestroyed = 11,

    /// <summary>Destruction was put on hold: <c>hold-set</c> (count).</summary>
    HoldSet = 12,

    /// <summary>Holds were lifted: <c>hold-lifted</c> (count).</summary>
    HoldLifted = 13,

    /// <summary>A root location, the store or a mirror was added: <c>location-added</c> (place, type, medium).</summary>
    LocationAdded = 14,

    /// <summary>A root location or mirror was retired: <c>location-retired</c> (place, type, medium).</summary>
    LocationRetired = 15,

    /// <summary>From here on another key signs: <c>signing-key-changed</c> (verifier).</summary>
    SigningKeyChanged = 16,

    /// <summary>The number of persons crossed a filing threshold: <c>filing-threshold-crossed</c> (threshold).</summary>
    FilingThresholdCrossed = 17,

    /// <summary>Templates were handed out to a subject or a recipient: <c>templates-copied</c> (count).</summary>
    TemplatesCopied = 18,

    /// <summary>The keeper recorded that it filed with the authority: <c>filing-recorded</c> (threshold).</summary>
    FilingRecorded = 19,

    /// <summary>A clock that stands before the entry before was taken for right: <c>clock-accepted</c>.</summary>
    ClockAccepted = 20,
}
