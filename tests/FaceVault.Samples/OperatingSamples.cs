namespace FaceVault.Samples;

/// <summary>What docs/operating.md quotes.</summary>
public static class OperatingSamples
{
    public static async Task<string[]> WatchAsync(string folder)
    {
        // watch begins
        await using var watcher = new Vault(new VaultOptions
        {
            Directory = folder,
            RootKey = new FileRootKeyStore(Vault.ReadRootPaths(folder)),
            Access = VaultAccess.Inspect,                                  // beside the process that writes; changes no byte
        });
        VaultStatus status = await watcher.GetStatusAsync();
        bool isUrgent = status.IsDegraded || status.Owed > 0;              // a place is away, or a destruction is not complete
        // watch ends
        return isUrgent ? ["urgent", .. status.Warnings] : [.. status.Warnings];
    }

    public static FileRootKeyStore WithPassphrase(string passphraseFile, string firstRoot, string secondRoot)
    {
        // passphrase begins
        FileRootKeyStore rootKey = FileRootKeyStore.ReadPassphraseFile(
            passphraseFile, passphrase => new FileRootKeyStore(firstRoot, secondRoot) { Passphrase = passphrase }); // never a string
        // passphrase ends
        return rootKey;
    }

    public static async Task ArchiveAsync(Vault vault, string folder)
    {
        // archive begins
        await vault.ArchiveAsync(folder);                                  // templates.db alone, while the vault is in use
        // archive ends
    }
}
