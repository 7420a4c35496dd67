using FaceVault.Interop;
using FaceVault.Operations;

namespace FaceVault;

/// <content>Putting a vault together again.</content>
public sealed partial class Vault
{
    /// <summary>Restores the key store from a mirror and the templates from an archive. Today's root key store decides: a mirror older than the recorded head is refused.</summary>
    /// <param name="options">The vault's folder (its stores may be missing) and where the root key lies.</param>
    /// <param name="mirrorDirectory">A mirror's folder, or null to keep the key store that is there.</param>
    /// <param name="templatesDirectory">A folder with a <c>templates.db</c> of any age, or null to keep the one that is there. What it lacks, <see cref="AuditAsync"/> counts.</param>
    /// <param name="cancellationToken">Counts until the copying begins.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ArchiveForeign"/>: the templates are another vault's. <see cref="VaultErrorCode.StoreRolledBack"/>: the mirror is older than the last recorded head. Nothing was changed.</exception>
    public static async Task RestoreAsync(VaultOptions options, string? mirrorDirectory, string? templatesDirectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.CopyValid(nameof(options));
        if (mirrorDirectory is null && templatesDirectory is null)
            throw new ArgumentException("Name a mirror, a folder of templates, or both.", nameof(mirrorDirectory));
        Libsodium.EnsureLoaded();
        bool known = File.Exists(Path.Combine(options.Directory, VaultDescription.FileName));
        VaultDescription description = VaultDescription.Read(known || mirrorDirectory is null ? options.Directory : mirrorDirectory);
        options.RootKey!.CheckPlacement(options.Directory, creating: false);
        try
        {
            await Task.Run(() => Restoring.Run(description, options, mirrorDirectory, templatesDirectory), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            options.RootKey.Dispose();
        }
    }
}
