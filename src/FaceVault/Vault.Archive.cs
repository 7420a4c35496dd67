using FaceVault.Operations;
using FaceVault.Storage;

namespace FaceVault;

/// <content>Archives of the template store.</content>
public sealed partial class Vault
{
    /// <summary>Copies the ciphertexts of all templates (<c>templates.db</c>) as they stand now into a folder, while the vault is in use, with an <c>archive.json</c> that says of which vault they are and when they were taken.</summary>
    /// <remarks>
    /// Keep archives as long as you like: what is destroyed stays so, because its key is in no archive. The key store is not copied, here or by you: mirrors replicate it. To restore: a mirror and any archive
    /// (<see cref="RestoreAsync"/>); what the archive lacks, <see cref="AuditAsync"/> counts. Works on a vault that only inspects, beside another process that writes.
    /// </remarks>
    /// <param name="directory">A folder without a store in it; made when it is not there.</param>
    /// <param name="progress">Told how many bytes are copied.</param>
    /// <param name="cancellationToken">Ends the copy; nothing is left under the final name.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>: a store or a vault lies in the folder; <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    /// <exception cref="InvalidOperationException">The vault lies in memory.</exception>
    public async Task ArchiveAsync(string directory, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        VaultSession open = await FreshAsync(cancellationToken).ConfigureAwait(false);
        if (open.Engine.Options.Templates is not SqliteTemplateStoreLocation store)
            throw Error.NothingToArchive();
        string folder = Path.GetFullPath(directory);
        await Task.Run(() => Archiving.Run(open, store, folder, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
