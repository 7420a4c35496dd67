namespace FaceVault.Samples;

/// <summary>What docs/deletion.md quotes.</summary>
public static class DeletionSamples
{
    public static async Task<string> WithdrawAsync(Vault vault, ConsentId consent, string file)
    {
        // withdraw begins
        try
        {
            DeletionCertificate certificate = await vault.WithdrawConsentAsync(consent);
            await File.WriteAllBytesAsync(file, certificate.ToJson());     // one line of JSON, for the person; it names nobody
            return "destroyed";
        }
        catch (ErasureIncompleteException)
        {
            return "stopped";                                              // for good; a place is away. The next withdrawal, sweep or opening goes on
        }
        catch (LegalHoldException)
        {
            return "stopped and kept";                                     // until the hold is lifted
        }
        // withdraw ends
    }

    public static async Task<string> CheckAsync(string file, string publishedKey, string receiptFile)
    {
        // check begins
        byte[] certificate = await File.ReadAllBytesAsync(file);
        VerifierKey key = VerifierKey.Parse(publishedKey);                 // as the vault's owner published it; no vault, no network
        ConsentReceipt receipt = ConsentReceipt.Parse(await File.ReadAllBytesAsync(receiptFile));
        CertificateFinding finding = DeletionCertificate.Check(certificate, key, receipt);
        return finding.IsValid ? "it holds" : finding.Explanation;
        // check ends
    }

    public static async Task<int> EraseAsync(Vault vault, SubjectId subject)
    {
        // erase begins
        IReadOnlyList<DeletionCertificate> certificates = await vault.EraseSubjectAsync(subject, orderReference: "request 2026-118");
        // erase ends
        return certificates.Count;
    }

    public static async Task<SweepResult> SweepAsync(Vault vault)
    {
        // sweep begins
        SweepResult swept = await vault.SweepAsync();                      // once an hour is often enough: use has ended already, to the minute
        // sweep ends
        return swept;
    }
}
