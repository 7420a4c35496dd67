namespace FaceVault.Samples;

/// <summary>What docs/rights.md quotes.</summary>
public static class RightsSamples
{
    public static async Task<bool> RestrictAsync(Vault vault, ConsentId consent)
    {
        // restrict begins
        bool wasInUse = await vault.RestrictConsentAsync(consent, reason: "request 7/2026", role: RequesterRole.Subject);
        // restrict ends
        return wasInUse;
    }
}
