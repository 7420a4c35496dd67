using System.Runtime.InteropServices;

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

    public static async Task<int> CopyAsync(Vault vault, ConsentId consent, Stream form)
    {
        // copy begins
        int copied = await vault.CopyTemplatesAsync(consent, (model, template) =>
            form.Write(MemoryMarshal.AsBytes(template)),                   // float32, as the model made them; model.Name says which
            reference: "request 8/2026", role: RequesterRole.Subject);
        // copy ends
        return copied;
    }

    public static async Task<byte[]> RulesAsync(Vault vault)
    {
        // rules begins
        byte[] rules = await vault.ExportPublicRulesAsync();               // JSON; facevault rules makes a page of it
        // rules ends
        return rules;
    }

    public static async Task<byte[]> StateAsync(Vault vault)
    {
        // statement begins
        byte[] statement = await vault.ExportStatementAsync();             // JSON; facevault statement makes a page of it
        // statement ends
        return statement;
    }
}
