namespace FaceVault.Samples;

/// <summary>What docs/models.md quotes.</summary>
public static class ModelSamples
{
    public static async Task<long> MoveAsync(Vault vault, Func<SubjectId, Task<float[]>> capture)
    {
        // move begins
        var door = new PurposeId("door");
        var newer = new TemplateModel("mobilefacenet-2", 512, TemplateEncoding.Int8);
        await vault.AdmitModelAsync(door, newer);                          // from here it is meant where no model is named

        await foreach (ConsentInfo consent in vault.ListConsentsAsync(door, withoutModel: newer.Name))
            await vault.EnrollAsync(consent.Consent, newer.Name, await capture(consent.Subject));

        long left = await vault.RetireModelAsync(door, "mobilefacenet-512", leaveTemplates: true); // sealed for good, unusable
        // move ends
        return left;
    }

    public static async Task<DeletionCertificate> ReplaceAsync(Vault vault, ConsentId id, float[] first, float[] second)
    {
        // replace begins
        DeletionCertificate replaced = await vault.ReplaceTemplatesAsync(id, "mobilefacenet-2", [first, second]);
        // replace ends
        return replaced;
    }
}
