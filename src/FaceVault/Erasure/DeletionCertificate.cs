using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The vault's signed statement that the template key of one consent was destroyed, checkable by anyone who has the vault's verifier key, offline and for ever.</summary>
/// <remarks>
/// <para>A file of one certificate is canonical JSON (RFC 8785) without anything behind it; several are written one a line:
/// <c>{"body":{…},"evidence":{"completed":"…","proofs":{"completed":"…","created":"…","removed":"…"}}}</c>. docs/formats.md describes each byte.</para>
/// <para>What it proves and what it does not stands in <see cref="Limits"/>. What its properties say is to be trusted only after <see cref="Check(VerifierKey)"/>; until then they may say anything, or nothing (empty, 0), and never throw. Immutable and thread-safe.</para>
/// </remarks>
public sealed partial class DeletionCertificate
{
    /// <summary>The longest certificate, in bytes: 8 MiB. Usual are 6 KB.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    private readonly byte[] bodyUtf8;
    private readonly string completedLine;
    private readonly InclusionProof[] proofs;
    private readonly SignedNote[] notes;
    private CertificateBody? body;
    private LedgerEntry? created;
    private LedgerEntry? removed;
    private LedgerEntry? completed;

    // The order of proofs and notes: created, removed, completed.
    private DeletionCertificate(byte[] bodyUtf8, string completedLine, InclusionProof[] proofs, SignedNote[] notes) =>
        (this.bodyUtf8, this.completedLine, this.proofs, this.notes) = (bodyUtf8, completedLine, proofs, notes);

    /// <summary>Origin of the vault: the name its checkpoints are signed with.</summary>
    public string Vault => Body.Vault;

    /// <summary>Why the key was destroyed.</summary>
    public DeletionTrigger Trigger => Body.Trigger;

    /// <summary>The id of the purpose that the consent was given for.</summary>
    public string Purpose => Created.Purpose ?? "";

    /// <summary>The version of the purpose that was consented to, from 1.</summary>
    public int PurposeVersion => Created.Version ?? 0;

    /// <summary>The commitment to the destroyed key, 64 lowercase hexadecimal digits: if the key ever surfaces, it shows that the statement was false.</summary>
    public string KeyCommitment => Created.Key ?? "";

    /// <summary>The commitment to the subject and the consent, 64 lowercase hexadecimal digits. It names nobody; <see cref="CheckReceipt"/> tells whether a receipt opens it.</summary>
    public string ConsentCommitment => Created.Consent ?? "";

    /// <summary>When the key was created, by the vault's clock, in whole seconds.</summary>
    public DateTimeOffset CreatedAt => Created.Time;

    /// <summary>When the key left the store, by the vault's clock, in whole seconds.</summary>
    public DateTimeOffset RemovedAt => Removed.Time;

    /// <summary>The ledger entry that created the key: purpose, key and consent commitment.</summary>
    internal LedgerEntry Created => created ??= LedgerEntry.Parse(Body.Created);

    /// <summary>The ledger entry that removed it.</summary>
    internal LedgerEntry Removed => removed ??= LedgerEntry.Parse(Body.Removed);

    /// <summary>The ledger entry that says that it is gone everywhere, and binds the body.</summary>
    internal LedgerEntry Completed => completed ??= LedgerEntry.Parse(completedLine);

    /// <summary>Index of the entry <c>key-created</c> in the ledger, from 0.</summary>
    public long CreatedIndex => proofs[0].Index;

    /// <summary>Index of the entry <c>key-removed</c> in the ledger, from 0.</summary>
    public long RemovedIndex => proofs[1].Index;

    /// <summary>Index of the entry <c>destruction-completed</c> in the ledger, from 0: the number of the certificate (<see cref="Vault.GetDeletionCertificateAsync"/>).</summary>
    public long CompletedIndex => proofs[2].Index;

    /// <summary>The epoch whose root key could open the key.</summary>
    public long EpochFrom => Body.EpochFrom;

    /// <summary>The epoch whose root key cannot.</summary>
    public long EpochTo => Body.EpochTo;

    /// <summary>The places the destruction had to reach.</summary>
    public IReadOnlyList<CertificateLocation> Locations => Body.Locations;

    /// <summary>What reading the stores back showed.</summary>
    internal IReadOnlyList<CertificateReadBack> ReadBack => Body.ReadBack;

    /// <summary>How many open galleries were gone through; none held the templates afterwards.</summary>
    public int Galleries => Body.Galleries;

    /// <summary>How many templates the key sealed.</summary>
    public int TemplateCount => Body.TemplateCount;

    /// <summary>SHA-256 of each ciphertext in lowercase hex, so that a copy in an archive can be recognised.</summary>
    public IReadOnlyList<string> TemplateDigests
    {
        get
        {
            ReadOnlyMemory<byte> digests = Body.TemplateDigests;
            return [.. Enumerable.Range(0, digests.Length / MerkleHash.Size).Select(i => Convert.ToHexStringLower(digests.Span.Slice(i * MerkleHash.Size, MerkleHash.Size)))];
        }
    }

    /// <summary>Whether the consent was synthetic: of nobody.</summary>
    public bool Synthetic => Body.Synthetic;

    /// <summary>When the destruction was complete, by the vault's clock, in whole seconds.</summary>
    public DateTimeOffset MadeAt => Body.MadeAt;

    /// <summary>What the certificate proves and what it does not.</summary>
    public string Limits => Body.Limits;

    /// <summary>The signed head of the ledger that the proofs lead to.</summary>
    public Checkpoint Checkpoint => new(notes[2]);

    private CertificateBody Body => body ??= CertificateBody.Parse(bodyUtf8);

    /// <summary>Puts a certificate together from what the ledger has. A few microseconds: nothing is parsed until it is asked for.</summary>
    /// <param name="bodyUtf8">What <see cref="CertificateBody.ToUtf8"/> wrote. Kept, not copied.</param>
    /// <param name="completedLine">The <c>destruction-completed</c> entry.</param>
    /// <param name="created">Proof of the <c>key-created</c> entry, in the tree of the checkpoint.</param>
    /// <param name="removed">Proof of the <c>key-removed</c> entry.</param>
    /// <param name="completed">Proof of the <c>destruction-completed</c> entry.</param>
    /// <param name="checkpoint">The signed head.</param>
    internal static DeletionCertificate Create(
        byte[] bodyUtf8, string completedLine, InclusionProof created, InclusionProof removed, InclusionProof completed, SignedNote checkpoint) =>
        new(bodyUtf8, completedLine, [created, removed, completed], [checkpoint, checkpoint, checkpoint]);

    /// <summary>Whether the certificate holds: signature, inclusion of all three entries under one checkpoint, and that body and entries say the same.</summary>
    /// <param name="key">The vault's verifier key, from a source that you trust.</param>
    /// <returns>The first thing that does not hold, or a valid finding. About 0.2 ms.</returns>
    /// <exception cref="ArgumentException">The key is a witness's.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public CertificateFinding Check(VerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.IsWitness)
            throw Error.NotAVaultKey(nameof(key));
        return FindInLedger(key) is var finding and not CertificateFinding.None ? finding : FindInBody(key);
    }

    /// <summary>The same, and whether it is about the consent that the receipt was given for.</summary>
    /// <param name="key">The vault's verifier key, from a source that you trust.</param>
    /// <param name="receipt">The receipt that the subject got.</param>
    /// <returns>As without it, or <see cref="CertificateFinding.ReceiptMismatch"/>.</returns>
    /// <exception cref="ArgumentException">The key is a witness's.</exception>
    public CertificateFinding Check(VerifierKey key, ConsentReceipt receipt)
    {
        CertificateFinding finding = Check(key);
        return !finding.IsValid || CheckReceipt(receipt) ? finding : CertificateFinding.ReceiptMismatch;
    }

    /// <summary>The same, and whether these witnesses cosigned its checkpoint (<see cref="FaceVault.Checkpoint.CosignedAt"/> of <see cref="Checkpoint"/> says when): they vouch that the vault was not put back in time since.</summary>
    /// <param name="key">The vault's verifier key, from a source that you trust.</param>
    /// <param name="witnesses">Keys of witnesses that you trust.</param>
    /// <returns>As without them, or <see cref="CertificateFinding.NotCosigned"/>.</returns>
    /// <exception cref="ArgumentException">A key of the vault's where a witness's belongs, or the other way round.</exception>
    public CertificateFinding Check(VerifierKey key, params IReadOnlyList<VerifierKey> witnesses)
    {
        ArgumentNullException.ThrowIfNull(witnesses);
        CertificateFinding finding = Check(key);
        return !finding.IsValid || witnesses.All(witness => notes[2].CosignedAt(witness) is not null) ? finding : CertificateFinding.NotCosigned;
    }

    /// <summary>Reads and checks a file of one certificate.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="key">The vault's verifier key, from a source that you trust.</param>
    /// <param name="receipt">The subject's receipt, or null.</param>
    /// <returns><see cref="CertificateFinding.Malformed"/> instead of an exception when it is none.</returns>
    /// <exception cref="ArgumentException">The key is a witness's.</exception>
    public static CertificateFinding Check(ReadOnlySpan<byte> utf8, VerifierKey key, ConsentReceipt? receipt = null)
    {
        DeletionCertificate certificate;
        try
        {
            certificate = Parse(utf8);
        }
        catch (FormatException)
        {
            return CertificateFinding.Malformed;
        }
        return receipt is null ? certificate.Check(key) : certificate.Check(key, receipt);
    }

    /// <summary>Whether the certificate is about the consent of the receipt. Says nothing about whether it holds: see <see cref="Check(VerifierKey, ConsentReceipt)"/>.</summary>
    /// <remarks>The receipt's salt, subject and consent give <see cref="ConsentCommitment"/>; nobody without the receipt can compute it.</remarks>
    public bool CheckReceipt(ConsentReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Span<byte> subject = stackalloc byte[256];
        Span<byte> consent = stackalloc byte[256];
        subject = subject[..receipt.Subject.CopyUtf8To(subject)];
        consent = consent[..receipt.Consent.CopyUtf8To(consent)];
        return CheckConsent(receipt.Salt.Span, subject, consent) && Created.Purpose == receipt.Purpose.Value && Created.Version == receipt.Version;
    }

    internal bool CheckConsent(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> consent)
    {
        Span<byte> commitment = stackalloc byte[Commitments.Size];
        Commitments.Consent(salt, subject, consent, default, commitment);
        return Created.Consent == Convert.ToHexStringLower(commitment);
    }
}
