using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Cryptography;
using FaceVault.Erasure;
using FaceVault.Keys;
using FaceVault.Operations;
using FaceVault.Templates;

namespace FaceVault;

/// <content>Deletion: withdrawal, erasure, re-keying, retention.</content>
public sealed partial class Vault
{
    /// <summary>Withdraws one consent. When it returns, the key of its templates is destroyed in every place the vault knows, no open gallery holds them, and the certificate says so.</summary>
    /// <param name="consent">The consent. Withdrawing again returns the same certificate body.</param>
    /// <param name="role">Who asked; recorded in the sealed consent record alone, and decides nothing.</param>
    /// <param name="cancellationToken">Counts until the stop is recorded; afterwards the destruction runs to its end.</param>
    /// <returns>The certificate; 6 KB as JSON.</returns>
    /// <exception cref="ErasureIncompleteException">The consent is stopped for good, but a place could not be reached: call again.</exception>
    /// <exception cref="LegalHoldException">The consent is stopped for good and kept under a legal hold: it is destroyed when the hold is lifted.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>.</exception>
    public async Task<DeletionCertificate> WithdrawConsentAsync(ConsentId consent, RequesterRole role = RequesterRole.None, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        return (await WithdrawConsentsAsync([consent], null, role, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Withdraws many consents in batches of up to 10,000 a destroying commit.</summary>
    /// <param name="consents">Any number; all are looked up before the first is stopped.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="role">Who asked; recorded in the sealed consent records alone, and decides nothing.</param>
    /// <param name="cancellationToken">Counts until the first stop.</param>
    /// <returns>One certificate for each, in their order.</returns>
    /// <exception cref="ErasureIncompleteException">Some are stopped for good, and a place could not be reached: call again with the same list.</exception>
    /// <exception cref="LegalHoldException">All are stopped, and some are kept under a legal hold; it carries the certificates of the others.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>: one of them is not known; nothing was stopped.</exception>
    public async Task<IReadOnlyList<DeletionCertificate>> WithdrawConsentsAsync(
        IReadOnlyList<ConsentId> consents, IProgress<long>? progress = null, RequesterRole role = RequesterRole.None, CancellationToken cancellationToken = default)
    {
        string? asked = RequesterRoles.NameOf(role, nameof(role));
        ArgumentNullException.ThrowIfNull(consents);
        foreach (ConsentId consent in consents)
            ConsentId.Check(consent, nameof(consents));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        List<uint> slots = await open.AskAsync(() => Withdrawing.SlotsOf(open, consents), mayBeBusy: false, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return await Withdrawing.RunAsync(open, [.. slots.Select(s => new StopRequest(s, DeletionTrigger.Withdrawn, null, asked))], progress).ConfigureAwait(false);
    }

    /// <summary>Erases everything of one subject, or what is kept for some purposes, as asked for or ordered.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="orderReference">The order's number or another reference of at most 256 bytes; it stands in the sealed consent records alone.</param>
    /// <param name="purposes">The purposes that an order is limited to, at least one; null for all.</param>
    /// <param name="role">Who asked: the person, a relative of one who has died (PIPL 49), a court …; recorded in the same place. Who is entitled is yours to decide.</param>
    /// <param name="cancellationToken">Counts until the first stop.</param>
    /// <returns>One certificate for each of those consents of the subject whose key lived; none when all of them are destroyed already.</returns>
    /// <exception cref="ErasureIncompleteException">They are stopped for good, and a place could not be reached: call again.</exception>
    /// <exception cref="LegalHoldException">All are stopped, and some are kept under a legal hold; it carries the certificates of the others.</exception>
    /// <exception cref="ArgumentException">The reference is empty, longer than 256 bytes or not printable, or the list of purposes is empty.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>: the vault knows no consent of this subject.</exception>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ScopeUnknown"/>: the vault does not know one of the purposes, or no consent of the subject to any of them; nothing was stopped (rule D1).</exception>
    public async Task<IReadOnlyList<DeletionCertificate>> EraseSubjectAsync(
        SubjectId subject, string? orderReference = null, IReadOnlyList<PurposeId>? purposes = null, RequesterRole role = RequesterRole.None, CancellationToken cancellationToken = default)
    {
        string? asked = RequesterRoles.NameOf(role, nameof(role));
        SubjectId.Check(subject, nameof(subject));
        CheckReference(orderReference, nameof(orderReference));
        if (purposes is not null)
            ArgumentOutOfRangeException.ThrowIfZero(purposes.Count, nameof(purposes));
        foreach (PurposeId purpose in purposes ?? [])
            PurposeId.Check(purpose, nameof(purposes));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        List<uint> slots = await open.CountedAsync(default(PurposeId), () => open.AskAsync(() => Withdrawing.SlotsOf(open, subject, purposes), mayBeBusy: false, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return await Withdrawing.RunAsync(open, [.. slots.Select(s => new StopRequest(s, DeletionTrigger.Erased, orderReference, asked))], null).ConfigureAwait(false);
    }

    private static void CheckReference(string? reference, string parameter)
    {
        if (reference is not null && (reference.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(reference) > 256 || reference.Any(char.IsControl)))
            throw Error.ReferenceMalformed(parameter);
    }

    /// <summary>Replaces all templates of a consent: the slot gets a new key and the old one is destroyed.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="embeddings">At least one template.</param>
    /// <param name="cancellationToken">Counts until the destroying commit begins.</param>
    /// <returns>The certificate of the destroyed key.</returns>
    /// <exception cref="RefusedException">The consent may not be used, a template is malformed, or a legal hold keeps its templates (<see cref="ViolationCode.LegalHold"/>).</exception>
    /// <exception cref="ArgumentException">No template, or the purpose admits no such model.</exception>
    /// <exception cref="ErasureIncompleteException">The new templates are in use, but the former key is not destroyed everywhere: do not repeat the change; the next withdrawal, sweep or opening goes on.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/>: a listed place is missing; <see cref="VaultErrorCode.VaultFaulted"/>: uses of the consent did not end within
    /// <see cref="VaultOptions.DrainTimeout"/>. Nothing was changed then.</exception>
    public Task<DeletionCertificate> ReplaceTemplatesAsync(
        ConsentId consent, string? model, IReadOnlyList<ReadOnlyMemory<float>> embeddings, CancellationToken cancellationToken = default) =>
        ReplaceTemplatesAsync(consent, model, embeddings, null, cancellationToken);

    /// <summary>Replaces all templates by ones whose time of capture is known, as <see cref="ReplaceTemplatesAsync(ConsentId, string?, IReadOnlyList{ReadOnlyMemory{float}}, CancellationToken)"/>: notice, then consent, then capture
    /// (C7: SPC 2(2); PIPL 17).</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="embeddings">At least one template.</param>
    /// <param name="capturedAt">When the first of the faces was captured: not before <see cref="ConsentGrant.GivenAt"/>, and at most five minutes ahead of the vault's clock. It is not stored.</param>
    /// <param name="cancellationToken">Counts until the destroying commit begins.</param>
    /// <returns>The certificate of the destroyed key.</returns>
    /// <exception cref="RefusedException">As the other one; <see cref="ViolationCode.CaptureBeforeConsent"/>: a face was captured before the consent was given. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">No template, or the purpose admits no such model.</exception>
    /// <exception cref="ErasureIncompleteException">As the other one.</exception>
    /// <exception cref="VaultException">As the other one.</exception>
    public Task<DeletionCertificate> ReplaceTemplatesAsync(
        ConsentId consent, string? model, IReadOnlyList<ReadOnlyMemory<float>> embeddings, DateTimeOffset capturedAt, CancellationToken cancellationToken = default) =>
        ReplaceTemplatesAsync(consent, model, embeddings, (DateTimeOffset?)capturedAt, cancellationToken);

    private async Task<DeletionCertificate> ReplaceTemplatesAsync(
        ConsentId consent, string? model, IReadOnlyList<ReadOnlyMemory<float>> embeddings, DateTimeOffset? capturedAt, CancellationToken cancellationToken)
    {
        ConsentId.Check(consent, nameof(consent));
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentOutOfRangeException.ThrowIfZero(embeddings.Count, nameof(embeddings));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        return await open.CountedAsync(consent, async () =>
        {
            (TemplateModel chosen, Rotation? rotation) = await open.AskAsync(() => ModelOf(open, consent, model, embeddings, destroys: true, capturedAt), mayBeBusy: false, cancellationToken).ConfigureAwait(false);
            using SecretBuffer encoded = Enrolling.Encode(chosen, rotation, embeddings);
            uint slot = await open.AskAsync(() => Withdrawing.SlotsOf(open, [consent])[0], mayBeBusy: false, cancellationToken).ConfigureAwait(false);
            return await Withdrawing.RekeyAsync(open, slot, DeletionTrigger.Replaced, new Rekey(open, slot, DeletionTrigger.Replaced, static _ => false, chosen, encoded), cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Removes one template of a consent; the others go on under a new key and the old key is destroyed.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="ordinal">The template's number, as a <see cref="Candidate"/> names it.</param>
    /// <param name="cancellationToken">Counts until the destroying commit begins.</param>
    /// <returns>The certificate of the destroyed key.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The consent has no template of that number.</exception>
    /// <exception cref="RefusedException">The consent may not be used, or a legal hold keeps its templates.</exception>
    /// <exception cref="ErasureIncompleteException">The template is gone from use, but the former key is not destroyed everywhere: do not repeat the change; the next withdrawal, sweep or opening goes on.</exception>
    /// <exception cref="VaultException">As for <see cref="ReplaceTemplatesAsync(ConsentId, string?, IReadOnlyList{ReadOnlyMemory{float}}, CancellationToken)"/>: nothing was changed.</exception>
    public async Task<DeletionCertificate> RemoveTemplateAsync(ConsentId consent, int ordinal, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        return await open.CountedAsync(consent, async () =>
        {
            (TemplateModel chosen, _) = await open.AskAsync(() => ModelOf(open, consent, null, [], destroys: true), mayBeBusy: false, cancellationToken).ConfigureAwait(false);
            uint slot = await open.AskAsync(() => Withdrawing.SlotOf(open, consent, ordinal), mayBeBusy: false, cancellationToken).ConfigureAwait(false);
            return await Withdrawing.RekeyAsync(open, slot, DeletionTrigger.Removed, new Rekey(open, slot, DeletionTrigger.Removed, o => o != ordinal, chosen, null), cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Moves a consent's templates under a renewed consent and destroys the old key (trigger <c>superseded</c>).</summary>
    /// <param name="consent">The consent to be renewed: not stopped; its time may be over.</param>
    /// <param name="renewed">The new consent of the same subject and purpose, with an id of its own.</param>
    /// <param name="cancellationToken">Counts until the destroying commit begins.</param>
    /// <returns>The new consent's receipt and the old key's certificate.</returns>
    /// <exception cref="RefusedException">The new grant breaks a rule or is of another subject or purpose, or the old consent is stopped or under a legal hold.</exception>
    /// <exception cref="ErasureIncompleteException">The new consent stands, but the former key is not destroyed everywhere: do not repeat the change; the next withdrawal, sweep or opening goes on, and
    /// <see cref="GetReceiptAsync"/> gives the receipt.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>; otherwise as for <see cref="ReplaceTemplatesAsync(ConsentId, string?, IReadOnlyList{ReadOnlyMemory{float}}, CancellationToken)"/>: nothing was changed.</exception>
    public async Task<Renewal> RenewConsentAsync(ConsentId consent, ConsentGrant renewed, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        ArgumentNullException.ThrowIfNull(renewed);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        uint slot = await open.AskAsync(() => Withdrawing.SlotsOf(open, [consent])[0], mayBeBusy: false, cancellationToken).ConfigureAwait(false);
        await open.PrepareInteractionsAsync([renewed], cancellationToken).ConfigureAwait(false);
        var removal = new Renew(open, slot, renewed);
        DeletionCertificate certificate = await open.CountedAsync(consent, () => Withdrawing.RekeyAsync(open, slot, DeletionTrigger.Superseded, removal, cancellationToken)).ConfigureAwait(false);
        open.Meter.Granted(renewed.Purpose.Value, 1);
        return new Renewal(removal.Receipt!, certificate);
    }

    /// <summary>What a sweep would do now; nothing is written. For a question before something that cannot be undone. Looks at every consent: about 0.2 s per million.</summary>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>The counts of that sweep.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<SweepResult> PreviewSweepAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => RetentionSweep.Preview(open.Engine, open.DueAt, cancellationToken), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends what has run out: consents whose use has ended, or whose purpose a rule in force forbids, are destroyed (stopped and kept under a legal hold), evidence whose time is over dies, and whatever was owed is taken up again.</summary>
    /// <remarks>Call it once an hour or a day; FaceVault.Hosting does. What has ended is refused at use whether a sweep ran or not. What was interrupted is taken up by the next.</remarks>
    /// <param name="cancellationToken">Counts between batches.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ErasureIncompleteException">A place could not be reached; what is stopped stays stopped.</exception>
    public async Task<SweepResult> SweepAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        return await open.TraceAsync("facevault.sweep", 0, () => RetentionSweep.RunAsync(open.Engine, open.DueAt, open.Withdrawals, cancellationToken)).ConfigureAwait(false);
    }
}
