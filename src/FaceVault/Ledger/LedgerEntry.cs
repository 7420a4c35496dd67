namespace FaceVault.Ledger;

/// <summary>One line of the ledger: canonical JSON (<see cref="CanonicalJson"/>) of at most 1 KiB, hashed as it stands.</summary>
/// <remarks>
/// Every entry has <c>kind</c> and <c>time</c> (RFC 3339, UTC, whole seconds, by the vault's own clock); what else it has is listed at <see cref="LedgerEntryKind"/>, and a property
/// that its kind does not have is null. It names no subject and no consent. Immutable and thread-safe. Example:
/// <code>{"cause":"granted","consent":"6ad8…","key":"91f0…","kind":"key-created","purpose":"door","synthetic":false,"time":"2026-11-21T23:59:08Z","version":1}</code>
/// </remarks>
internal sealed partial class LedgerEntry
{
    /// <summary>The longest entry in UTF-8 bytes: 1,024.</summary>
    public const int MaxLength = 1024;

    private LedgerEntry(LedgerEntryKind kind, DateTimeOffset time)
    {
        Kind = kind;
        Time = UtcSeconds.Truncate(time);
    }

    /// <summary>What it records.</summary>
    public LedgerEntryKind Kind { get; }

    /// <summary>When, by the vault's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The entry exactly as it is hashed.</summary>
    public string Line { get; private set; } = "";

    /// <summary>The vault's origin (vault created).</summary>
    public string? Origin { get; private init; }

    /// <summary>The vault's id, 32 lowercase hex digits (vault created).</summary>
    public string? Vault { get; private init; }

    /// <summary>The epoch that was accepted (rolled back).</summary>
    public long? Epoch { get; private init; }

    /// <summary>The commit number that was accepted (rolled back).</summary>
    public long? Commit { get; private init; }

    /// <summary>The purpose's id (purpose and model entries, key created).</summary>
    public string? Purpose { get; private init; }

    /// <summary>The purpose's version, from 1 (purpose registered or version added, key created).</summary>
    public int? Version { get; private init; }

    /// <summary>What the purpose does: <c>verification</c>, <c>identification</c> or <c>analysis</c> (purpose registered or version added).</summary>
    public string? Processing { get; private init; }

    /// <summary>SHA-256 of the canonical JSON of the purpose's definition, in hex (purpose registered or version added).</summary>
    public string? Definition { get; private init; }

    /// <summary>The model's name (model admitted or retired).</summary>
    public string? Model { get; private init; }

    /// <summary>The key commitment in hex (key created, key removed).</summary>
    public string? Key { get; private init; }

    /// <summary>The consent commitment in hex (key created, key removed).</summary>
    public string? Consent { get; private init; }

    /// <summary>Why the key was made (key created).</summary>
    public KeyCause? Cause { get; private init; }

    /// <summary>Whether the consent is a synthetic one, of nobody (key created).</summary>
    public bool? Synthetic { get; private init; }

    /// <summary>Index of the entry that created the key (key removed, evidence destroyed).</summary>
    public long? Created { get; private init; }

    /// <summary>Why the key was destroyed (key removed).</summary>
    public DeletionTrigger? Trigger { get; private init; }

    /// <summary>The epoch whose root key could still open the key (key removed).</summary>
    public long? EpochFrom { get; private init; }

    /// <summary>The epoch whose root key cannot (key removed).</summary>
    public long? EpochTo { get; private init; }

    /// <summary>Index of the entry that removed the key (destruction completed).</summary>
    public long? Removed { get; private init; }

    /// <summary>SHA-256 of the certificate's body in hex (destruction completed).</summary>
    public string? Body { get; private init; }

    /// <summary>How many consents (hold set, hold lifted).</summary>
    public long? Count { get; private init; }

    /// <summary>The place's random id, 32 lowercase hex digits (location added or retired).</summary>
    public string? Place { get; private init; }

    /// <summary>What lies there (location added or retired).</summary>
    public LocationType? Type { get; private init; }

    /// <summary>What the medium is (location added or retired).</summary>
    public string? Medium { get; private init; }

    /// <summary>The verifier key from here on (signing key changed).</summary>
    public string? Verifier { get; private init; }

    /// <summary>The number of persons that was crossed (filing threshold crossed), or that the filing was about (filing recorded).</summary>
    public long? Threshold { get; private init; }

    /// <summary>The entry's hash in the tree.</summary>
    public MerkleHash LeafHash() => MerkleHash.OfEntry(System.Text.Encoding.UTF8.GetBytes(Line));

    /// <summary>The line.</summary>
    public override string ToString() => Line;

    internal static LedgerEntry VaultCreated(DateTimeOffset time, string origin, ReadOnlySpan<byte> vaultId) =>
        new LedgerEntry(LedgerEntryKind.VaultCreated, time) { Origin = origin, Vault = Hex(vaultId, 16) }.Finish();

    internal static LedgerEntry RolledBack(DateTimeOffset time, long epoch, long commit) =>
        new LedgerEntry(LedgerEntryKind.RolledBack, time) { Epoch = epoch, Commit = commit }.Finish();

    internal static LedgerEntry PurposeRegistered(DateTimeOffset time, string purpose, int version, string processing, ReadOnlySpan<byte> definitionHash) =>
        new LedgerEntry(LedgerEntryKind.PurposeRegistered, time) { Purpose = purpose, Version = version, Processing = processing, Definition = Hex(definitionHash, 32) }.Finish();

    internal static LedgerEntry PurposeVersionAdded(DateTimeOffset time, string purpose, int version, string processing, ReadOnlySpan<byte> definitionHash) =>
        new LedgerEntry(LedgerEntryKind.PurposeVersionAdded, time) { Purpose = purpose, Version = version, Processing = processing, Definition = Hex(definitionHash, 32) }.Finish();

    internal static LedgerEntry PurposeRetired(DateTimeOffset time, string purpose) =>
        new LedgerEntry(LedgerEntryKind.PurposeRetired, time) { Purpose = purpose }.Finish();

    internal static LedgerEntry ModelAdmitted(DateTimeOffset time, string purpose, string model) =>
        new LedgerEntry(LedgerEntryKind.ModelAdmitted, time) { Purpose = purpose, Model = model }.Finish();

    internal static LedgerEntry ModelRetired(DateTimeOffset time, string purpose, string model) =>
        new LedgerEntry(LedgerEntryKind.ModelRetired, time) { Purpose = purpose, Model = model }.Finish();

    internal static LedgerEntry EvidenceDestroyed(DateTimeOffset time, long created) =>
        new LedgerEntry(LedgerEntryKind.EvidenceDestroyed, time) { Created = created }.Finish();

    internal static LedgerEntry HoldSet(DateTimeOffset time, long count) =>
        new LedgerEntry(LedgerEntryKind.HoldSet, time) { Count = count }.Finish();

    internal static LedgerEntry HoldLifted(DateTimeOffset time, long count) =>
        new LedgerEntry(LedgerEntryKind.HoldLifted, time) { Count = count }.Finish();

    internal static LedgerEntry LocationAdded(DateTimeOffset time, ReadOnlySpan<byte> placeId, LocationType type, string medium) =>
        new LedgerEntry(LedgerEntryKind.LocationAdded, time) { Place = Hex(placeId, 16), Type = type, Medium = medium }.Finish();

    internal static LedgerEntry LocationRetired(DateTimeOffset time, ReadOnlySpan<byte> placeId, LocationType type, string medium) =>
        new LedgerEntry(LedgerEntryKind.LocationRetired, time) { Place = Hex(placeId, 16), Type = type, Medium = medium }.Finish();

    internal static LedgerEntry SigningKeyChanged(DateTimeOffset time, VerifierKey verifier) =>
        new LedgerEntry(LedgerEntryKind.SigningKeyChanged, time) { Verifier = verifier.ToString() }.Finish();

    internal static LedgerEntry FilingThresholdCrossed(DateTimeOffset time, long threshold) =>
        new LedgerEntry(LedgerEntryKind.FilingThresholdCrossed, time) { Threshold = threshold }.Finish();

    internal static LedgerEntry FilingRecorded(DateTimeOffset time, long threshold) =>
        new LedgerEntry(LedgerEntryKind.FilingRecorded, time) { Threshold = threshold }.Finish();

    internal static LedgerEntry TemplatesCopied(DateTimeOffset time, long count) =>
        new LedgerEntry(LedgerEntryKind.TemplatesCopied, time) { Count = count }.Finish();

    internal static LedgerEntry ClockAccepted(DateTimeOffset time) => new LedgerEntry(LedgerEntryKind.ClockAccepted, time).Finish();

    private static string Hex(ReadOnlySpan<byte> bytes, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, length, nameof(bytes));
        return Convert.ToHexStringLower(bytes);
    }
}
