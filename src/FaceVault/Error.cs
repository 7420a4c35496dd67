using System.Globalization;
using System.Security.Cryptography;
using FaceVault.Commits;
using FaceVault.Storage;

namespace FaceVault;

/// <summary>Every message of the library, once: a full sentence, what to do next, and never an identifier, a score or a key byte.</summary>
internal static partial class Error
{
    // Interop
    public static PlatformNotSupportedException LibsodiumMissing() => new(
        "The native library libsodium was not found. Install it (Debian and Ubuntu: apt-get install libsodium23; Fedora: dnf install libsodium; Alpine: apk add libsodium) and start again.");

    public static PlatformNotSupportedException LibsodiumUnusable(string why) => new(
        $"The native library libsodium cannot be used: {why}. Install version 1.0.18 or newer and start again.");

    /// <summary>The first failure again, for a caller who comes later.</summary>
    public static PlatformNotSupportedException LibsodiumFailed(Exception first) => new(first.Message, first);

    // Cryptography
    public static CryptographicException PrimitiveFailed(string what) => new(
        $"{what} failed inside libsodium. Nothing was written; check the installation of libsodium and the machine's memory.");

    public static CryptographicException StretchingFailed(long mebibytes) => new(
        $"The passphrase could not be stretched: libsodium was refused {mebibytes} MiB of memory. Free memory and try again.");

    // Consents and purposes
    public static NotSupportedException NotSerialised(string type) => new(
        $"{type} carries identifiers of a person and is not serialised by accident. Write the members you mean yourself (DangerousValue, ToJson), and read with FromJson or Parse.");

    public static ArgumentException ModelNameRefused(string parameter) => new("The name of a model is 1 to 64 visible ASCII characters without spaces.", parameter);

    public static ArgumentException EncodingRefused(string parameter) => new("The encoding of a model is Float32 or Int8.", parameter);

    public static ArgumentException ModelsRefused(string parameter) => new("The models of a purpose have different names, and none is null.", parameter);

    public static ArgumentException NullInList(string parameter) => new("The list holds a null. Leave it out.", parameter);

    public static ArgumentException TextRefused(string parameter, int maxBytes) => new($"The text is at most {maxBytes} bytes of UTF-8 without control characters.", parameter);

    public static ArgumentException Sha256Refused(string parameter) => new("A SHA-256 is written as 64 lowercase hexadecimal digits.", parameter);

    public static ArgumentException LanguageRefused(string parameter) => new("A language is written as a BCP 47 tag, such as en or zh-Hans.", parameter);

    public static ArgumentException ProfileRefused(string parameter) => new("A profile is a name such as baseline, or up to eight joined by plus signs, such as cn+us-il.", parameter);

    public static FormatException PeriodMalformed() => new(
        "A period is an ISO 8601 duration such as P3Y, P90D or PT12H: whole numbers above zero, at most 1,000 years together. Write it so.");

    public static FormatException JsonTooLarge(string document, int maxBytes) => new($"The {document} is larger than {maxBytes} bytes. Shorten it.");

    public static FormatException JsonMalformed(string document, long? line, long? column) => new(line is null
        ? $"The {document} is not well-formed JSON in UTF-8. Correct it."
        : $"The {document} is not well-formed JSON in UTF-8 (line {line + 1}, byte {column + 1}). Correct it there.");

    public static FormatException JsonMember(string document, string member, string problem) => new($"The {document} is refused: member {member} {problem}.");

    public static FormatException ReceiptMember(string? member) => new($"The receipt is incomplete: {member} is missing or out of range. Use the receipt as the vault wrote it.");

    public static FormatException ReceiptSpelling() => new("The receipt is not in its one spelling. Use it byte for byte as the vault wrote it.");

    public static VaultException ConsentRecordDamaged() => new(VaultErrorCode.IntegrityViolated,
        "A consent record is not what was sealed: its bytes have changed or it belongs elsewhere. Restore the key store from a mirror (facevault restore --keys).");

    public static ArgumentException ConsentEventOrder(string parameter) => new(
        "The events of a consent begin with Given, never go back, and end with Removed. Append the one that follows.", parameter);

    public static string RefusalText(IReadOnlyList<Violation> violations) => violations.Count == 1
        ? $"Refused by rule {violations[0].Rule}: {violations[0].Reason} {violations[0].Remedy}"
        : $"Refused by {violations.Count} rules. " + string.Join(" ", violations.Select(v => $"{v.Code} ({v.Rule}): {v.Reason} {v.Remedy}"));

    // end of Consents and purposes

    // Templates
    public static ArgumentException EmbeddingLength(string parameter, int dimensions) => new($"The vector has to have the model's {dimensions} numbers.", parameter);

    public static ArgumentException EmbeddingNotFinite(string parameter) => new("The vector holds a number that is not finite. Pass what the model made.", parameter);

    public static ArgumentException EmbeddingZero(string parameter) => new("The vector is zero and has no direction. Pass what the model made of a face.", parameter);

    // end of Templates

    // Root keys
    public static VaultException RootPathRefused(string place, string reason) => new(VaultErrorCode.RootPathRefused, $"The root location {place} is refused: {reason}");

    public static VaultException RootFileNotOurs(string place) => RootPathRefused(
        place, "something else than an unused root location is there. Nothing was changed; choose another path.");

    public static VaultException RootHoldsVault(string place) => new(
        VaultErrorCode.VaultExists, $"The root location {place} already holds the key of a vault. Nothing was changed; choose another path for a new vault, or open the existing one. Remove the file only if no vault was ever used with it.");

    public static VaultException RootUnreachable(string place) => new(
        VaultErrorCode.PlaceUnreachable, $"The root location {place} cannot be reached. Attach the medium or correct the path, then try again; while it is away nothing can be destroyed.");

    public static VaultException RootInUse(string place, int? process) => new(
        VaultErrorCode.VaultInUse,
        process is null ? $"The root location {place} is in use by another process. Close it there, then try again."
            : $"The root location {place} is in use by process {process}. Close it there, then try again.");

    public static VaultException RootKeyForeign(string place) => new(
        VaultErrorCode.RootKeyForeign, $"The root location {place} belongs to another vault or another place of this one. Nothing was changed; give the path that was used when this vault was made.");

    public static VaultException RootKeyDamaged(string place) => new(
        VaultErrorCode.RootKeyDamaged, $"The root location {place} is damaged: it holds no valid record. Use another location of this vault, then retire this one and add it anew.");

    public static VaultException RootSurvivorMissing(string place) => new(
        VaultErrorCode.RootKeyDamaged, $"The root location {place} does not hold the key that has to survive. Nothing was overwritten; open the vault again so that it finds out where it stands.");

    public static VaultException RootKeyFailed(string place, Exception? cause) => new(
        VaultErrorCode.RootKeyFailed, $"The root location {place} could not be written and read back. Check the medium (full, worn out, removed), then try again.", cause);

    public static VaultException RootFormatTooNew(string place) => new(
        VaultErrorCode.FormatTooNew, $"The root location {place} was written by a newer version. Open the vault with that version.");

    public static VaultException RootPassphraseNeeded(string place) => new(
        VaultErrorCode.RootPassphraseWrong, $"The root location {place} is protected by a passphrase, and none was given. Give the passphrase and try again.");

    public static VaultException RootPassphraseWrong(string place) => new(
        VaultErrorCode.RootPassphraseWrong, $"The passphrase does not open the root location {place}. Nothing was changed; try again with the right one.");

    public static VaultException RootPassphraseNotAsked(string place) => new(
        VaultErrorCode.RootPassphraseWrong, $"The root location {place} is not protected by a passphrase, but one was given. Leave it out to open the vault as it is.");

    public static InvalidOperationException RootNotLocked() => new("Take the location's lock (TryLock or Create) before changing it.");

    // end of Root keys

    // Key tree and crown

    public static VaultException StoreDamaged(string what) => new(VaultErrorCode.StoreDamaged,
        $"The key store does not open: {what} has been changed or damaged. Nothing was written. Restore it from a mirror (restore --keys).");

    public static VaultException CapacityExceeded() => new(VaultErrorCode.CapacityExceeded,
        "A limit of one vault is reached. Let what is in progress end, or spread the subjects over several vaults.");

    public static VaultException ConsentRecordFull() => new(VaultErrorCode.CapacityExceeded,
        "The record of this consent is full, after thousands of replaced keys and holds. Nothing was changed. Renew the consent (consent renew): its templates go on under a new record.");

    // end of Key tree and crown

    // Commits and recovery

    public static VaultException CannotOpen(in RecoveryDecision decision)
    {
        string what = decision.Code switch
        {
            VaultErrorCode.RootKeyMissing => "No root key was found at any of the configured locations, and without it nothing in the vault can be read. Connect the medium that holds it, or name the right path, and open again.",
            VaultErrorCode.VaultNotFound => "The vault was never finished: its creation was interrupted before anything was stored. Initialise it again.",
            VaultErrorCode.StoreMissing => "The key store is missing or empty.",
            VaultErrorCode.StoreDamaged => "The key store does not open with the root key: its bytes have changed, or it belongs to another vault.",
            VaultErrorCode.StoreRolledBack => "The key store is older than what the root key or a mirror has recorded, as if an earlier copy had been put back.",
            VaultErrorCode.StoreForked when decision.Remedy == RecoveryRemedy.ChooseBranch => "The key store and a mirror are two branches of this vault: each holds commits that the other lacks.",
            VaultErrorCode.StoreForked => "The key store and the root key's record of it disagree about the same commit: one of them comes from another copy of the vault.",
            VaultErrorCode.HeadMissing => "The root key's record of the newest commit is unreadable, so that nobody can say whether the key store is the newest one.",
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision.Code, "Not a refusal to open."),
        };
        string remedy = decision.Remedy switch
        {
            RecoveryRemedy.RestoreKeys => " A mirror opens: put it in place with restore --keys.",
            RecoveryRemedy.AcceptLoss => " Put the newest key store back. If there is none: accept what this one lacks (recover --accept-loss --yes); the loss is counted.",
            RecoveryRemedy.ChooseBranch => " Keep copies of both and compare them. To go on with the key store, take the mirror's folder away, open the vault, then drop the mirror or refill it. "
                + "To go on with the mirror, take the vault's keys.db away, then restore it from the mirror; that is refused where the root key's record shows that the mirror is the wrong one.",
            RecoveryRemedy.ReachPlaces => " A mirror or a root location is not there: connect it and open again.",
            _ when decision.Code is VaultErrorCode.RootKeyMissing or VaultErrorCode.VaultNotFound => "",
            _ => " Put the newest key store back and open again.",
        };
        return new(decision.Code, $"{what}{remedy} Nothing was written.");
    }

    public static VaultException VaultInUse(int? process) => new(VaultErrorCode.VaultInUse,
        process is null ? "Another process has the vault open. Close it there, or open it for inspection only."
        : string.Create(CultureInfo.InvariantCulture, $"Process {process} has the vault open. Close it there, or open it for inspection only."));

    public static VaultException PlaceUnreachable(string place) => new(VaultErrorCode.PlaceUnreachable,
        $"Nothing can be destroyed while a listed place is missing or fails: {place}. Bring it back (mirror refill for a mirror) or retire it (mirror drop, root retire), then call again.");

    public static VaultException MirrorNotFilled(string? trouble) => new(VaultErrorCode.PlaceUnreachable,
        $"The mirror could not be filled. {trouble} Connect its disk, or make room and permission there, then refill it again; until then nothing can be destroyed.");

    public static VaultException HeadNotRecorded(Exception? cause) => new(VaultErrorCode.PlaceUnreachable,
        "No root location took the record of the last commit. The commit itself is durable. Bring a location back and call again.", cause);

    public static VaultException VaultFaulted() => new(VaultErrorCode.VaultFaulted,
        "A commit failed and the vault has not been opened again yet. Call again; if it persists, close the vault and open it.");

    public static VaultException StoreChanged() => new(VaultErrorCode.VaultFaulted,
        "The key store holds another crown than this process wrote last. Somebody else writes it; the vault decides again where it stands.");

    public static VaultException RootOfAnotherVault() => new(VaultErrorCode.RootKeyForeign,
        "The root location holds the key of another vault. Nothing was written. Point --root (or VaultOptions.RootKey) at the location that init printed for this vault.");

    public static VaultException ReadBackFailed() => new(VaultErrorCode.StoreDamaged,
        "What the store gave back is not what was written. Both root keys were kept and nothing more was written. Restore the key store from a mirror (restore --keys).");

    public static VaultException MirrorReadBackFailed() => new(VaultErrorCode.StoreDamaged,
        "What a mirror gave back is not what was written. Both root keys were kept, and no key is destroyed until the mirror has been refilled (mirror refill); then call again.");

    public static VaultException MirrorHoldsOnlyCopies() => new(VaultErrorCode.StoreDamaged,
        "A mirror that is behind holds rows whole that are damaged in the key store, so it was not overwritten. Move its folder away and keep it, since they can be recovered from it, "
        + "then refill the mirror (mirror refill); until then no key is destroyed.");

    public static VaultException VaultExists() => new(VaultErrorCode.VaultExists,
        "There is a vault at one of these places already. Choose empty places, or open the vault that is there.");

    public static VaultException StoreWithoutRoot(string place) => new(VaultErrorCode.VaultExists,
        $"There is a key store at {place} that none of these root locations opens. Nothing was changed. If a vault was ever in use there, name its root locations and put its vault.json back "
        + "(every mirror has a copy). If it is what an interrupted init left, remove that file and those beside it whose names begin with its name, then try again.");

    public static VaultException DescriptionLost() => new(VaultErrorCode.VaultExists,
        "There is a vault in that folder, and only its vault.json is missing. Nothing was changed. Put vault.json back (every mirror has a copy), then open the vault.");

    public static ErasureIncompleteException ErasureIncomplete(Exception cause) => new(
        "The consent is stopped for every use, and its destruction is not complete yet. It is taken up again at the next withdrawal, sweep or opening; call again to wait for it. "
        + cause.Message, cause);

    public static ErasureIncompleteException RekeyIncomplete(Exception cause) => new(
        "The change is made and in use, but the destruction of the former key is not complete yet. It is taken up again at the next withdrawal, sweep or opening; do not repeat the change. "
        + cause.Message, cause);

    public static ErasureIncompleteException CertificateOwed(Exception cause) => new(
        "The key is destroyed in every place, but its certificate cannot be made: the key store is damaged. "
        + "Restore it from a mirror (restore --keys); the certificate is made at the next opening, and calling again returns it.", cause);

    public static ErasureIncompleteException EvidenceUnreadable(Exception cause) => new(
        "Evidence whose time is over could not be destroyed, because its consent record is damaged or missing; everything else was. "
        + "Restore the key store from a mirror (restore --keys), then sweep again.", cause);

    public static ErasureIncompleteException StopNotRecorded(Exception cause) => new(
        "The consent is stopped for every use in this process, but the stop could not be recorded: after a restart it may be in use again. Call again until it succeeds. " + cause.Message, cause);

    public static ErasureIncompleteException NotDrained() => new(
        "The consent is stopped for every use, but a use that began before did not end in time. Its destruction goes on when you call again.", null);

    public static ErasureIncompleteException HoldLiftedMeanwhile() => new(
        "The consent is stopped for every use; the legal hold on it was lifted at this moment, and its destruction is not complete yet. Call again to wait for it.", null);

    public static LegalHoldException UnderLegalHold(int held, IReadOnlyList<DeletionCertificate>? certificates = null) => new(
        $"{(held == 1 ? "A consent is" : held + " consents are")} stopped for every use and kept, because a legal hold forbids destroying what is held. "
        + "The keys are destroyed and certified when the hold is lifted (hold lift); nothing needs to be stopped again.", certificates ?? []);

    public static VaultException ArchiveFolderTaken() => new(VaultErrorCode.VaultExists,
        "A store or a vault lies in that folder already, and an archive replaces nothing. Choose an empty folder for each archive.");

    public static VaultException ArchiveOfAnotherVault() => new(VaultErrorCode.ArchiveForeign,
        "The templates in that folder are another vault's: no key of this one opens them. Nothing was changed. Choose an archive of this vault.");

    public static VaultException ArchiveDescriptionDamaged(Exception? cause = null) => new(VaultErrorCode.StoreDamaged,
        "The archive.json beside the templates cannot be read, so that nothing says whose they are. Put it back, or remove it if you know that they are this vault's.", cause);

    public static InvalidOperationException NothingToArchive() => new("A vault in memory has no files that could be archived. Archive a vault in a folder.");

    public static VaultException MirrorIsOlder() => new(VaultErrorCode.StoreRolledBack,
        "The mirror is older than the key store that is there, which opens: nothing was restored. Bring the mirror up instead (mirror refill).");

    public static ArgumentException NotAMirror(string parameter) => new(
        "That folder is no mirror of this vault. status lists the mirrors.", parameter);

    public static VaultException UsesDidNotEnd(Exception cause) => new(VaultErrorCode.VaultFaulted,
        "Uses of the consent did not end in time; nothing was changed. Call again when they have.", cause);

    // end of Commits and recovery

    // Ledger and certificates
    public static FormatException MalformedVerifierKey() => new(
        "This is not a verifier key. Copy the whole key as the vault printed it: name, plus sign, eight hex digits, plus sign, base64.");

    public static FormatException MalformedNote() => new(
        "This is not a signed note: a text, an empty line, and signature lines that begin with an em dash. Ask for the file again and keep it unchanged.");

    public static FormatException MalformedCheckpoint() => new(
        "This is not a checkpoint: three lines with origin, size and root. Ask for the file again and keep it unchanged.");

    public static FormatException MalformedProof() => new(
        "This is not a proof: header, number, hashes, an empty line and a checkpoint. Ask for the file again and keep it unchanged.");

    public static FormatException MalformedJson() => new(
        "This is not JSON of the kind expected here: an object of strings, integers, booleans, arrays and objects, without duplicate members.");

    public static FormatException MalformedEntry() => new(
        "This is not a ledger entry of a kind known to this version, in its one spelling. Keep entries exactly as the vault printed them; entries of a newer version need a newer FaceVault.");

    public static FormatException MalformedCertificate() => new(
        "This is not a deletion certificate in its one spelling. Ask for the file again and keep it unchanged, to the byte.");

    public static ArgumentException EntryTooLong(string parameter) => new(
        "A ledger entry is longer than 1,024 bytes, or than the buffer given. Give a buffer of 1,024 bytes.", parameter);

    public static ArgumentException InvalidEntryText(string parameter) => new(
        "A text in a ledger entry is not empty, has no control characters, and keeps within the length its kind allows.", parameter);

    public static ArgumentException InvalidKeyName(string parameter) => new(
        "A key's name has 1 to 256 UTF-8 bytes without white space, control characters and plus signs.", parameter);

    public static ArgumentException InvalidOrigin(string parameter) => new(
        "An origin has 1 to 256 characters without control characters.", parameter);

    public static ArgumentException InvalidNoteText(string parameter) => new(
        "The text of a note is well-formed Unicode, has no control characters but line feeds, and ends with one.", parameter);

    // end of Ledger and certificates

    // Storage
    public static VaultException StoreMissing(StoreNoun store) => new(VaultErrorCode.StoreMissing,
        $"The {store} is not there. Check that its folder is mounted and spelled right; if the file is lost, restore {store.Remedy}.");

    public static VaultException StoreExists(StoreNoun store) => new(VaultErrorCode.VaultExists,
        $"There is a {store} at that place already. Open it, or choose an empty folder for a new vault.");

    public static VaultException StoreDamaged(StoreNoun store, string why, Exception? inner = null) => new(VaultErrorCode.StoreDamaged,
        $"The {store} is damaged: {why}. Nothing was written to it. Keep the file as it is and restore {store.Remedy}.", inner);

    public static VaultException StoreTooNew(StoreNoun store, long found, long known) => new(VaultErrorCode.FormatTooNew,
        $"The {store} has format {found} and this version of FaceVault knows formats up to {known}. Install the version that wrote it, or a newer one.");

    public static VaultException StoreFailed(StoreNoun store, string? why = null, Exception? inner = null) => new(VaultErrorCode.StoreFailed,
        $"The {store} could not be read or written{(why is null ? "" : $": {why}")}. Check the disk, its free space and the rights on the folder, then open the vault again.", inner);

    public static VaultException StoreFull(StoreNoun store, Exception? inner = null) => new(VaultErrorCode.StoreFailed,
        $"The disk of the {store} is full. Make room on it, then open the vault again; what was there before is intact.", inner);

    public static VaultException StoreReadOnly(StoreNoun store, Exception? inner = null) => new(VaultErrorCode.StoreFailed,
        $"The {store} cannot be written: its file, folder or file system is read-only. Give the process the right to write there, or open the vault with VaultAccess.Inspect.", inner);

    public static VaultException StoreUnreadable(StoreNoun store) => new(VaultErrorCode.StoreFailed,
        $"The {store} lies in a folder that cannot be written and has a write-ahead log, so that it cannot be read in place. Copy the whole folder to a place that can be written and open it there.");

    public static VaultException StoreBroken(StoreNoun store) => new(VaultErrorCode.StoreFailed,
        $"An earlier write to the {store} failed, so this connection is no longer used. Open the vault again.");

    public static VaultException StoreInUse(StoreNoun store, Exception? inner = null) => new(VaultErrorCode.VaultInUse,
        $"Another process holds the {store}, and did not let go of it within the lock timeout. Close that process or raise VaultOptions.LockTimeout, then try again.", inner);

    public static VaultException CheckpointBlocked(StoreNoun store) => new(VaultErrorCode.StoreFailed,
        $"The checkpoint of the {store} could not finish within the lock timeout, because somebody is still reading an older state. Close that reader, then try again.");

    // end of Storage

    // Matching
    public static ArgumentOutOfRangeException ThresholdOutOfRange(string parameter) => new(
        parameter, "A threshold is a cosine similarity from -1 to 1. Take one that was calibrated for the model.");

    public static ArgumentException ThresholdUnset(string parameter) => new(
        "A threshold must be chosen: Threshold.At, Threshold.Calibrated or Threshold.RankOnly.", parameter);

    public static ArgumentException ProbeDimensions(string parameter, int dimensions) => new(
        $"The gallery's model has {dimensions} dimensions and the vector has another number of them. Use an embedding of the same model.", parameter);

    public static ArgumentException ProbeNotFinite(string parameter) => new(
        "The vector contains NaN or infinity, or numbers too large to compare. Compute the embedding again.", parameter);

    public static ArgumentException ProbeZero(string parameter) => new(
        "The vector is zero and has no direction to compare. Compute the embedding again.", parameter);

    public static ArgumentException ProbeModelDiffers(string parameter) => new(
        "The probes are of another model than the gallery. Make the batch for this gallery: new ProbeBatch(gallery, capacity).", parameter);

    public static InvalidOperationException InsideAnalysis() => new(
        "This was called from inside an analysis, whose end it would wait for. Return from the function first, then call again.");

    public static InvalidOperationException ProbeBatchFull() => new(
        "The batch holds as many probes as its capacity. Compare and clear it first, or make a larger one.");

    public static ArgumentException MatchBufferTooSmall(string parameter, int probes) => new(
        $"The batch has {probes} probes and the buffer has fewer places. Make a buffer for at least as many probes.", parameter);

    public static ArgumentException EncodedTemplateLength(string parameter) => new(
        "The encoded template does not have the length that the model asks for.", parameter);

    public static InvalidOperationException GalleryWithoutVault() => new(
        "This gallery does not belong to a vault, so there are no names behind its candidates. Open it through the vault.");

    public static VaultException Busy() => new(
        VaultErrorCode.Busy, "As many callers as VaultOptions.MaxWaitingCallers wait already. Try again shortly, or ask for fewer at once.");

    public static VaultException GalleryNotLocked() => new(
        VaultErrorCode.CapacityExceeded,
        "The system does not allow this much memory to be locked. Raise RLIMIT_MEMLOCK (ulimit -l, or LimitMEMLOCK of the service), or let galleries prefer locked memory instead of requiring it.");

    // end of Matching

    // Vault

    public static VaultException VaultNotFound() => new(VaultErrorCode.VaultNotFound,
        "There is no vault in that folder (no vault.json). Make one with init (Vault.InitializeAsync), or name the right folder.");

    public static VaultException VaultTooNew(int found, int known) => new(VaultErrorCode.FormatTooNew, string.Create(CultureInfo.InvariantCulture,
        $"The vault has format {found}, this version of FaceVault knows formats up to {known}. Open it with a newer version; nothing was written."));

    public static VaultException DescriptionDamaged() => new(VaultErrorCode.StoreDamaged,
        "The vault's vault.json cannot be read. Restore it from a copy: it holds the vault's id, its name and where the root key lies, nothing secret.");

    public static VaultException OriginChanged() => new(VaultErrorCode.StoreDamaged,
        "The vault's vault.json gives another name than the one under which the ledger was begun. Nothing was written. Restore vault.json from a copy: every mirror has one.");

    public static VaultException FolderNotWritable(Exception? cause) => new(VaultErrorCode.StoreFailed,
        "The folder of the vault or of a mirror cannot be made or written: it is read-only, the disk is full, or the process has no right to write there. Mend that, or choose another folder, and try again.", cause);

    public static VaultException FolderUnreadable(Exception? cause) => new(VaultErrorCode.StoreFailed,
        "The vault's vault.json is there and cannot be read. Give the process the right to read the folder, check the disk, and try again.", cause);

    public static VaultException NotInspecting() => new(VaultErrorCode.ReadOnlyAccess,
        "The vault was opened for inspection, which takes no template key and writes nothing. Open it with VaultAccess.ReadWrite for this.");

    public static VaultException PurposeRetired() => new(VaultErrorCode.PurposeRetired,
        "The purpose is retired: its consents are destroyed, and its id is not used again. Register a purpose with another id.");

    public static VaultException PurposeUnknown() => new(VaultErrorCode.PurposeUnknown,
        "The vault has no purpose of that name. Register it first (purpose add, Vault.EnsurePurposeAsync), or name one that purpose list shows.");

    public static VaultException PurposeDefinitionChanged(string fields) => new(VaultErrorCode.PurposeDefinitionChanged,
        $"A purpose with this id has another definition: {fields}. Definitions never change; add a version (Vault.AddPurposeVersionAsync), to which people consent anew.");

    public static VaultException NoSuchConsent() => new(VaultErrorCode.ConsentUnknown,
        "The vault knows no such consent, or its evidence has been destroyed. Check the id; record a consent with consent grant first.");

    public static VaultException NoSuchSubject() => new(VaultErrorCode.ConsentUnknown,
        "The vault knows no consent of that subject, or its evidence has been destroyed. Check the id.");

    public static ArgumentException ReferenceMalformed(string parameter) => new(
        "A reference, a reason and a recipient have 1 to 256 UTF-8 bytes and no control characters.", parameter);

    public static VaultException CertificateUnknown() => new(VaultErrorCode.CertificateUnknown,
        "There is no certificate for that consent: its key lives, or its evidence has been destroyed.");

    public static VaultException TemplateDamaged() => new(VaultErrorCode.IntegrityViolated,
        "A stored template is not what was enrolled: its bytes have been changed or damaged. Nothing was matched. Restore the template store from an archive (restore --templates), or replace the consent's templates.");

    public static VaultException TemplatesMissing() => new(VaultErrorCode.IntegrityViolated,
        "Templates that the vault counts are not in the template store. Nothing was matched. Restore the template store from an archive (restore --templates), or replace the consent's templates.");

    public static ArgumentOutOfRangeException NoSuchTemplate(string parameter) => new(
        parameter, "The consent has no template of that number. Take the number that a match or a listing shows; nothing was changed.");

    public static ArgumentException ModelUnknown(string parameter) => new("The purpose admits no model of that name. purpose show lists the models it admits.", parameter);

    // end of Vault
}
