namespace FaceVault;

/// <summary>Consents are stopped for every use and kept, because they are under a legal hold. Nothing is destroyed of them, and no certificate says so, until <see cref="Vault.LiftHoldAsync"/>.</summary>
/// <remarks>Its own type because a caller reacts differently: whoever withdrew is told that their data are blocked and not destroyed (PIPL 47(2), GDPR 18), and nothing is to be tried again.</remarks>
public sealed class LegalHoldException : VaultException
{
    internal LegalHoldException(string message, IReadOnlyList<DeletionCertificate> certificates)
        : base(VaultErrorCode.LegalHold, message) => Certificates = certificates;

    /// <summary>The certificates of the other consents of the call: those are destroyed.</summary>
    public IReadOnlyList<DeletionCertificate> Certificates { get; }
}
