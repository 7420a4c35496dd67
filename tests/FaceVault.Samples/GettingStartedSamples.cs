using Microsoft.Extensions.DependencyInjection;

namespace FaceVault.Samples;

/// <summary>What docs/getting-started.md quotes.</summary>
public static class GettingStartedSamples
{
    public static async Task OpenAsync(string folder, string firstRoot, string secondRoot, string definition)
    {
        // open begins
        var options = new VaultOptions { Directory = folder, RootKey = new FileRootKeyStore(firstRoot, secondRoot) };
        await using var vault = new Vault(options);                        // does nothing yet
        await vault.OpenAsync();                                           // InitializeAsync would make it, and only where there is none
        await vault.EnsurePurposeAsync(Purpose.FromJson(definition));      // reviewed JSON; the same definition again is no change
        // open ends
    }

    public static async Task<string> GrantAsync(Vault vault, string form, string receiptFile, TextWriter log)
    {
        // grant begins
        try
        {
            ConsentReceipt receipt = await vault.GrantConsentAsync(ConsentGrant.FromJson(form));
            await File.WriteAllBytesAsync(receiptFile, receipt.ToJson());  // for the person: keep no copy beside the vault
            return "granted";
        }
        catch (RefusedException refused)                                   // nothing was written
        {
            foreach (Violation violation in refused.Violations)            // all of them, and no value of the form is repeated
                await log.WriteLineAsync($"{violation.Code} {violation.Field}: {violation.Reason} {violation.Remedy}");
            return "refused";
        }
        // grant ends
    }

    public static async Task<string> VerifyAsync(Vault vault, ConsentId consent, float[] probe)
    {
        // verify begins
        FaceVerification answer = await vault.VerifyFaceAsync(consent, probe, Threshold.At(0.42f));
        return answer.Outcome switch
        {
            VerificationOutcome.Match => "open",
            VerificationOutcome.NoMatch => "the bell",
            _ => $"refused: {answer.Violations[0].Code}",                  // withdrawn, expired, restricted, of another kind
        };
        // verify ends
    }

    public static void Register(IServiceCollection services, string folder, string firstRoot, string secondRoot)
    {
        // services begins
        services.AddFaceVault(options =>
        {
            options.Directory = folder;
            options.RootKey = new FileRootKeyStore(firstRoot, secondRoot);
        });
        // services ends
    }

    public static async Task<bool> TestAsync(TimeProvider clock)
    {
        // tests begins
        VaultOptions options = VaultOptions.InMemoryForTests(clock);       // a clock that your test can turn
        await using (var vault = new Vault(options))
            await vault.InitializeAsync();

        await using var again = new Vault(options);                        // as after a restart: the same places
        await again.OpenAsync();
        // tests ends
        return (await again.GetStatusAsync()).Consents == 0;
    }
}
