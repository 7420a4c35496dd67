namespace FaceVault.Samples;

/// <summary>An attack on the public surface, quoted word for word by docs/review.md: a thief's backup beside today's root key.</summary>
public static class OwnAttack
{
    public static async Task<string> RunAsync(Func<string, Vault> open, string folder, string stolen, ConsentId consent)
    {
        // review begins
        Directory.CreateDirectory(stolen);                 // T: a backup from before the withdrawal
        foreach (string file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(stolen, Path.GetFileName(file)));

        await using (Vault vault = open(folder))           // open: new Vault(new VaultOptions { Directory = folder, RootKey = … })
            await vault.WithdrawConsentAsync(consent);

        await using Vault copy = open(stolen);             // R: the backup, and the root key store as it is now
        try
        {
            await copy.OpenAsync();
            return "the claim is broken: the backup opens";
        }
        catch (VaultException refused)
        {
            return $"refused: {refused.Code}";             // StoreRolledBack; no byte of the backup was changed
        }
        // review ends
    }
}
