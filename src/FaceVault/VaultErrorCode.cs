namespace FaceVault;

/// <summary>Stable codes of <see cref="VaultException"/>. The command line prints them as <c>error CODE: sentence</c>.</summary>
public enum VaultErrorCode
{
    /// <summary>Not a code: the default of the type.</summary>
    None = 0,

    /// <summary>There is no vault in that folder (no <c>vault.json</c>).</summary>
    VaultNotFound,

    /// <summary>The folder, a mirror or a root location already holds a vault.</summary>
    VaultExists,

    /// <summary>Another process holds the vault.</summary>
    VaultInUse,

    /// <summary>The vault was written by a newer version of the library.</summary>
    FormatTooNew,

    /// <summary>No root record could be read at any location.</summary>
    RootKeyMissing,

    /// <summary>A root location was refused: relative, inside the vault, read-only, ephemeral, or belonging to another vault.</summary>
    RootPathRefused,

    /// <summary>The archive of templates belongs to another vault.</summary>
    ArchiveForeign,

    /// <summary>The root location belongs to another vault.</summary>
    RootKeyForeign,

    /// <summary>The root location's file is damaged.</summary>
    RootKeyDamaged,

    /// <summary>The key store's file or its crown is missing.</summary>
    StoreMissing,

    /// <summary>The key store does not open: bytes have changed.</summary>
    StoreDamaged,

    /// <summary>The key store is older than the last recorded head.</summary>
    StoreRolledBack,

    /// <summary>The key store and the last recorded head disagree about the same commit.</summary>
    StoreForked,

    /// <summary>No location holds a valid head.</summary>
    HeadMissing,

    /// <summary>There is no loss to be accepted: the vault opens.</summary>
    NothingLost,

    /// <summary>The store could not be written or flushed (disk full, I/O error).</summary>
    StoreFailed,

    /// <summary>A commit failed; the vault is deciding again where it stands.</summary>
    VaultFaulted,

    /// <summary>A listed place is away or behind, so that destruction cannot complete.</summary>
    PlaceUnreachable,

    /// <summary>The consent is stopped, its destruction is not yet complete everywhere.</summary>
    ErasureIncomplete,

    /// <summary>The consent is stopped and kept under a legal hold; its destruction begins when the hold is lifted.</summary>
    LegalHold,

    /// <summary>A sealed template or record is not what was sealed: changed, swapped, truncated or missing. Nobody but an attacker or a failing disk does that; nothing was matched.</summary>
    IntegrityViolated,

    /// <summary>No such purpose.</summary>
    PurposeUnknown,

    /// <summary>The purpose was retired; its id is not used again.</summary>
    PurposeRetired,

    /// <summary>A purpose with this id and another definition exists.</summary>
    PurposeDefinitionChanged,

    /// <summary>No such consent, or one whose evidence was destroyed.</summary>
    ConsentUnknown,

    /// <summary>A capacity limit of the vault is reached.</summary>
    CapacityExceeded,

    /// <summary>The vault was opened for inspection and cannot do this.</summary>
    ReadOnlyAccess,

    /// <summary>The certificate is not there.</summary>
    CertificateUnknown,

    /// <summary>The clock stands before a time the vault has already recorded.</summary>
    ClockRollback,

    /// <summary>A root location could not be written, flushed or read back.</summary>
    RootKeyFailed,

    /// <summary>The root location asks for a passphrase, and none or another one was given.</summary>
    RootPassphraseWrong,

    /// <summary>Too many callers wait already, for a gallery or for verifications. Trying again shortly may do.</summary>
    Busy,

    /// <summary>The vault was written in an earlier format that this version of the library does not read.</summary>
    FormatTooOld,

    /// <summary>A witness was not reached, or did not cosign.</summary>
    WitnessFailed,
}
