namespace FaceVault;

/// <summary>What a <see cref="CertificateFinding"/> means.</summary>
public static class CertificateFindings
{
    extension(CertificateFinding finding)
    {
        /// <summary>Whether the certificate holds: <see cref="CertificateFinding.Valid"/> or <see cref="CertificateFinding.ValidWithUnconfirmedPlaces"/>.</summary>
        public bool IsValid => finding is CertificateFinding.Valid or CertificateFinding.ValidWithUnconfirmedPlaces;

        /// <summary>The finding in a sentence, with what to do.</summary>
        public string Explanation => Error.Explain(finding);
    }
}
