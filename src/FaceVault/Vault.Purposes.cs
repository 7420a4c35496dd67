using System.Runtime.CompilerServices;
using FaceVault.Operations;

namespace FaceVault;

/// <content>What becomes of purposes and their models.</content>
public sealed partial class Vault
{
    /// <summary>Admits a model to a purpose's newest version: a ledger entry, not a version, so that consents stay what they are. A model that was retired may come back.</summary>
    /// <param name="purpose">The purpose.</param>
    /// <param name="model">The model.</param>
    /// <param name="makeCurrent">Whether it becomes the current one, which is meant where no model is named.</param>
    /// <param name="cancellationToken">Counts until the commit.</param>
    /// <returns>False when it stood so already.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ModelNotAdmitted"/>: the purpose knows a model of that name with other dimensions or another encoding.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task<bool> AdmitModelAsync(PurposeId purpose, TemplateModel model, bool makeCurrent = true, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(model);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        var item = new AdmitModelItem(open, purpose, model, makeCurrent) { CancellationToken = cancellationToken };
        await open.CountedAsync(purpose, () => open.Engine.Enqueue(item)).ConfigureAwait(false);
        return item.IsChange;
    }

    /// <summary>Retires a model of a purpose's newest version: nothing is enrolled or compared under it any more, its galleries are closed. Its templates are kept until they are replaced or destroyed.</summary>
    /// <param name="purpose">The purpose.</param>
    /// <param name="model">The model's name. If it was the current one, the next that is admitted becomes it.</param>
    /// <param name="leaveTemplates">Whether it may be retired although templates of consents in force are of this model and cannot be used any more; <see cref="ListConsentsAsync(PurposeId, string, CancellationToken)"/> names those to enroll anew first.</param>
    /// <param name="cancellationToken">Counts until the commit.</param>
    /// <returns>How many such templates there were a moment before.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ModelInUse"/>, or the purpose admits no other model (<see cref="ViolationCode.ModelNotAdmitted"/>).</exception>
    /// <exception cref="ArgumentException">The purpose knows no such model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task<long> RetireModelAsync(PurposeId purpose, string model, bool leaveTemplates = false, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(model);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(purpose, async () =>
        {
            PurposeEntry entry = open.Purposes.Get(purpose);
            long left = 0;
            if (entry.Newest.Admitted.FirstOrDefault(m => m.Name == model) is { } admitted)
                left = await Task.Run(() => ModelTemplates.Count(open, entry, admitted, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (left > 0 && !leaveTemplates && entry.Newest.Admitted.Count > 1)
                throw new RefusedException([Error.ModelInUse(left)]);
            await open.Engine.Enqueue(new RetireModelItem(open, purpose, model) { CancellationToken = cancellationToken }).ConfigureAwait(false);
            return left;
        }).ConfigureAwait(false);
    }

    /// <summary>The consents in force to a purpose's newest version that have no template of a model: those to enroll before another model is retired. Read in pages, so that commits go on meanwhile.</summary>
    /// <param name="purpose">The purpose.</param>
    /// <param name="withoutModel">The model's name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>In the order of their slots, each as it stood when its page was read.</returns>
    /// <exception cref="ArgumentException">The purpose knows no such model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ReadOnlyAccess"/>: templates are looked at, which an inspection never does; <see cref="VaultErrorCode.PurposeUnknown"/>.</exception>
    public async IAsyncEnumerable<ConsentInfo> ListConsentsAsync(PurposeId purpose, string withoutModel, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(withoutModel);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        PurposeEntry entry = open.Purposes.Get(purpose);
        TemplateModel model = entry.Newest.Known.FirstOrDefault(m => m.Name == withoutModel) ?? throw Error.ModelUnknown(nameof(withoutModel));
        uint next = 1;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            uint from = next;
            (List<ConsentInfo> page, next) = await open.AskAsync(() => Reading.ListWithout(open, entry, model, from, Page), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
            foreach (ConsentInfo consent in page)
                yield return consent;
        }
        while (next != 0);
    }

    /// <summary>Retires a purpose: the keys of all its consents are destroyed (trigger <c>purposeRetired</c>), then the purpose's secret, so that its definitions cannot be read any more. Its id is not used again.</summary>
    /// <remarks>What was interrupted is taken up by calling again: consents that were destroyed stay so. Evidence lives on for its time. A purpose that is retired already is no change.</remarks>
    /// <param name="purpose">The purpose.</param>
    /// <param name="progress">Told how many consents are done.</param>
    /// <param name="cancellationToken">Counts until the first stop.</param>
    /// <returns>A certificate for each consent whose key was destroyed by this call.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.LegalHold"/>: consents to it are under a legal hold; nothing was stopped.</exception>
    /// <exception cref="ErasureIncompleteException">A place could not be reached: consents are stopped, and the purpose is not retired yet. Call again.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>.</exception>
    public async Task<IReadOnlyList<DeletionCertificate>> RetirePurposeAsync(PurposeId purpose, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        return await open.CountedAsync(purpose, () => PurposeRetirement.RunAsync(open, purpose, progress, cancellationToken)).ConfigureAwait(false);
    }
}
