using FaceVault.Operations;

namespace FaceVault;

/// <content>The duty to file with an authority (P11: CAC 15).</content>
public sealed partial class Vault
{
    /// <summary>Where the duties to file stand: one for each threshold that the profiles of the vault's purposes name, by ascending threshold. Looks at every entry, 0.1 s of one processor at 200,000 consents for each threshold; commits go on meanwhile.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Empty when no profile of a purpose asks for filing.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: a commit is being written, and as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait for it already.</exception>
    public async Task<IReadOnlyList<FilingStatus>> GetFilingAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        return await open.RunAsync(() => FilingReport.Read(open), mayBeBusy: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records that all that was due has been filed: a line of the ledger for each threshold, and the reference in a sealed row. Whether it was is yours to know.</summary>
    /// <param name="reference">The authority's reference, at most 256 bytes.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>False when no threshold was crossed that is not filed; nothing was written.</returns>
    /// <exception cref="ArgumentException">The reference is empty, longer than 256 bytes or not printable.</exception>
    public async Task<bool> RecordFilingAsync(string reference, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reference);
        CheckReference(reference, nameof(reference));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        var item = new FilingItem(open, reference) { CancellationToken = cancellationToken };
        await open.Engine.Enqueue(item).ConfigureAwait(false);
        return item.IsChange;
    }
}
