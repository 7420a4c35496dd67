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
        return await Restricting.RunAsync(open, slot, reason, asked, cancellationToken).ConfigureAwait(false);
    }
}
