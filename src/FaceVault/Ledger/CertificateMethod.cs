namespace FaceVault.Ledger;

/// <summary>How keys are destroyed, in the words of the certificate. The last three are the fields of a NIST SP 800-88 record that apply to erasing one key; no conformity is claimed.</summary>
internal sealed record CertificateMethod(string Algorithm, string KeyLevel, string Tool, string Version, string Method, string Target, string Verification)
{
    /// <summary>What this version of the library does.</summary>
    public static CertificateMethod Current { get; } = new(
        "XChaCha20-Poly1305-IETF",
        "template key of one consent, 256 bits, sealed in a leaf page, under a branch page, under the crown, under the root key; the root key was replaced",
        "FaceVault",
        typeof(CertificateMethod).Assembly.GetName().Version?.ToString(3) ?? "0",
        "cryptographic erase",
        "the templates of one consent, not a whole medium",
        "crown and rewritten pages opened and compared over a new connection, root key read back from every location");
}
