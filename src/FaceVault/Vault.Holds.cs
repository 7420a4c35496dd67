using FaceVault.Operations;

namespace FaceVault;

/// <content>Legal holds: where deletion must wait, everything but storage stops (PIPL 47(2); GDPR 18).</content>
public sealed partial class Vault
{
    /// <summary>Puts consents under a legal hold: until it is lifted none of their keys is destroyed, neither for their templates nor for their evidence. Their use goes on until they are stopped.</summary>
    /// <remarks>
    /// A withdrawal, an erasure or the end of its time still stops a held consent at once, and answers <see cref="LegalHoldException"/>: it is kept without being used. What was stopped before
    /// and is not destroyed yet is kept too. A consent is under a hold or not: a second one changes nothing, and one lifting ends it. The ledger counts, and names nobody.
    /// </remarks>
    /// <param name="scope">Which consents.</param>
    /// <param name="reference">The order's number or another reference of at most 256 bytes; it stands in the sealed consent records alone.</param>
    /// <param name="cancellationToken">Counts between batches of 4,096.</param>
    /// <returns>How many consents were under no hold before.</returns>
    /// <exception cref="ArgumentException">The reference is empty, longer than 256 bytes or not printable.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>, <see cref="VaultErrorCode.PurposeUnknown"/>: nothing was changed.</exception>
    public async Task<int> SetHoldAsync(HoldScope scope, string? reference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        CheckReference(reference, nameof(reference));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await Holding.SetAsync(open, scope, reference, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lifts the hold on consents. Those that were stopped under it are destroyed before this returns; evidence whose time is over dies at the next sweep.</summary>
    /// <param name="scope">Which consents; those that are under no hold are left as they are.</param>
    /// <param name="reference">A reference of at most 256 bytes; it stands in the sealed consent records alone.</param>
    /// <param name="progress">Told how many consents are done.</param>
    /// <param name="cancellationToken">Counts between batches of 4,096.</param>
    /// <returns>A certificate for each consent that was destroyed.</returns>
    /// <exception cref="ArgumentException">The reference is empty, longer than 256 bytes or not printable.</exception>
    /// <exception cref="ErasureIncompleteException">The hold is lifted and what was stopped stays stopped, but a place could not be reached: call again, or sweep.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ConsentUnknown"/>, <see cref="VaultErrorCode.PurposeUnknown"/>: nothing was changed.</exception>
    public async Task<IReadOnlyList<DeletionCertificate>> LiftHoldAsync(
        HoldScope scope, string? reference = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        CheckReference(reference, nameof(reference));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        Analyzing.ThrowIfInside(open);
        return await Holding.LiftAsync(open, scope, reference, progress, cancellationToken).ConfigureAwait(false);
    }
}
