namespace FaceVault.Samples;

/// <summary>What docs/consents.md quotes.</summary>
public static class ConsentSamples
{
    public static async Task<Renewal> RenewAsync(Vault vault, ConsentId expiring, string form)
    {
        // renew begins
        Renewal renewal = await vault.RenewConsentAsync(expiring, ConsentGrant.FromJson(form)); // the same person and purpose, an id of its own
        ConsentReceipt receipt = renewal.Receipt;                                               // of the new consent, for the person
        DeletionCertificate superseded = renewal.Certificate;                                   // the key of the former one is destroyed
        // renew ends
        return new Renewal(receipt, superseded);
    }

    public static async Task<int> ChangeAsync(Vault vault, string definition)
    {
        // version begins
        int behind = await vault.AddPurposeVersionAsync(Purpose.FromJson(definition)); // so many living consents do not cover it: ask them
        // version ends
        return behind;
    }

    public static async Task<int> HoldAsync(Vault vault, SubjectId subject, ConsentId consent)
    {
        // hold begins
        await vault.SetHoldAsync(HoldScope.OfSubject(subject), reference: "order 7/2026");
        try
        {
            await vault.WithdrawConsentAsync(consent);
        }
        catch (LegalHoldException)
        {
            // Stopped for every use and kept. Tell the person so; nothing is to be called again.
        }

        IReadOnlyList<DeletionCertificate> lifted = await vault.LiftHoldAsync(HoldScope.OfSubject(subject)); // what was stopped meanwhile is destroyed now
        // hold ends
        return lifted.Count;
    }
}
