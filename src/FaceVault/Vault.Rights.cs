using FaceVault.Consents;
using FaceVault.Operations;

namespace FaceVault;

/// <content>The rights of subjects besides deletion.</content>
public sealed partial class Vault
{
    /// <summary>Restricts a consent (PIPL 47(2); GDPR 18): from now on its templates are kept and not used, whatever they were enrolled for. There is no way back to use but a new consent.</summary>
    /// <remarks>
    /// When it returns, every use is refused with <see cref="ViolationCode.Restricted"/>, no open gallery holds the templates, and the uses that began before have ended. The keys live on: withdrawing, erasing,
    /// retiring the purpose and the sweep after the end of use destroy them as before, and a legal hold keeps them (<see cref="SetHoldAsync"/>). The consent's own record says when, why and who asked; the ledger says nothing,
    /// since nothing was destroyed. One commit.
    /// </remarks>
    /// <param name="consent">The consent.</param>
    /// <param name="reason">The request's reference or reason, at most 256 bytes; it stands in the sealed consent record alone.</param>
    /// <param name="role">Who asked; recorded in the same place.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>True when it could be used before; false when it was restricted already, or stopped under a legal hold.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ConsentWithdrawn"/>: it is stopped or destroyed.</exception>
    /// <exception cref="ArgumentException">The reason is empty, longer than 256 bytes or not printable, or the role is none.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>; <see cref="VaultErrorCode.VaultFaulted"/>: it is restricted, but a use that began before did not end within
    /// <see cref="VaultOptions.DrainTimeout"/>: call again to wait for it.</exception>
    public async Task<bool> RestrictConsentAsync(ConsentId consent, string? reason = null, RequesterRole role = RequesterRole.None, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        CheckReference(reason, nameof(reason));
        string? asked = RequesterRoles.NameOf(role, nameof(role));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        uint slot = await open.AskAsync(() => Withdrawing.SlotsOf(open, [consent])[0], mayBeBusy: false, cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(consent, () => Restricting.RunAsync(open, slot, reason, asked, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Hands all templates of a consent out, for the person (PIPL 45; GDPR 15, 20) or for a recipient that the consent names (PIPL 23; BIPA 15(d)): each as the vector of its model.</summary>
    /// <remarks>
    /// The disclosure is durable before the first template is handed over: an event in the sealed consent record, which the subject's report shows, and a line of the ledger that counts templates and names nobody. Any kind of
    /// purpose can be copied. A restricted consent can be copied for its person and for nobody else; a stopped or expired one cannot. The vault keeps its recipients (<see cref="ConsentInfo.RecipientsToNotify"/>): tell them when
    /// the consent ends. Inside the function a withdrawal, replacement, renewal or sweep of this vault throws <see cref="InvalidOperationException"/>. One commit.
    /// </remarks>
    /// <param name="consent">The consent.</param>
    /// <param name="receive">Called once for each template in the order of their numbers: the model, and as many numbers as it has dimensions, of length 1, in locked memory that is wiped when the call has
    /// returned. What it copies out is the caller's to protect.</param>
    /// <param name="recipient">A recipient as the consent names it; null for the person.</param>
    /// <param name="reference">The request's reference, at most 256 bytes; it stands in the sealed consent record alone.</param>
    /// <param name="role">Who asked; recorded in the same place. Who is entitled is yours to decide.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>How many templates were handed out, at least one.</returns>
    /// <exception cref="RefusedException">The consent is unknown, stopped or expired, names no such recipient (<see cref="ViolationCode.RecipientNotConsented"/>), is restricted (for a recipient), is of a
    /// category whose data do not leave (<see cref="ViolationCode.DisclosureForbidden"/>), has no template, or more would be
    /// handed out today than <see cref="VaultOptions.MaxTemplateCopiesPerDay"/> (<see cref="ViolationCode.RateLimited"/>). Nothing was handed out.</exception>
    /// <exception cref="ArgumentException">The recipient or the reference is empty, longer than 256 bytes or not printable, or the role is none.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: a stored template or the record was changed or damaged.</exception>
    public async Task<int> CopyTemplatesAsync(
        ConsentId consent, Action<TemplateModel, ReadOnlySpan<float>> receive, string? recipient = null, string? reference = null, RequesterRole role = RequesterRole.None, CancellationToken cancellationToken = default)
    {
        ConsentId.Check(consent, nameof(consent));
        ArgumentNullException.ThrowIfNull(receive);
        CheckReference(recipient, nameof(recipient));
        CheckReference(reference, nameof(reference));
        var request = new CopyRequest(recipient, reference, RequesterRoles.NameOf(role, nameof(role)));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(consent, () => Copying.RunAsync(open, consent, request, receive, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The rules of processing for the public (SPC 2(2); PIPL 17): every purpose with what is done and why, how long, what else people are offered, who gets templates, and the rules of law that hold for it now.</summary>
    /// <remarks>Made from the definitions of purposes alone: nothing in it is about a person. The command <c>facevault rules</c> makes a page of it.</remarks>
    /// <param name="cancellationToken">Gives up waiting for a commit that is being written.</param>
    /// <returns>JSON in UTF-8, one line without a line end: <c>{"v":1,"format":"facevault-public-rules/v1","vault":…,"made":…,"verifierKey":…,"rights":[…],"purposes":[{…}]}</c>, the members as docs/rights.md lists them.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<byte[]> ExportPublicRulesAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => PublicRules.Export(open), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What this vault can show for itself, for its keeper to publish: the claims of the library and how they are tested, media of its places, a signed checkpoint, counts of the ledger, where filing stands, every purpose with its rules, retention,
    /// alternatives and measured error rates.</summary>
    /// <remarks>Nothing in it is about a person, and no path. Reads the whole ledger, in stretches, so that commits go on meanwhile: about 3 µs a line; and every entry where a profile asks for filing (<see cref="GetFilingAsync"/>). The command <c>facevault statement</c> makes a page of it.</remarks>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>JSON in UTF-8, one line without a line end: <c>{"v":1,"format":"facevault-statement/v1",…}</c>, the members as docs/rights.md lists them.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already;
    /// <see cref="VaultErrorCode.StoreDamaged"/>: the ledger cannot be read.</exception>
    public async Task<byte[]> ExportStatementAsync(CancellationToken cancellationToken = default)
    {
        Checkpoint checkpoint = await GetCheckpointAsync(cancellationToken).ConfigureAwait(false);
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<FilingStatus> filing = await GetFilingAsync(cancellationToken).ConfigureAwait(false);
        LedgerCounts counts = await Task.Run(() => Statement.Count(open, cancellationToken), cancellationToken).ConfigureAwait(false);
        return await open.AskAsync(() => Statement.Export(open, checkpoint, counts, filing), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }
}
