using FaceVault.Interop;
using FaceVault.Operations;

namespace FaceVault;

/// <content>Putting a vault together again.</content>
public sealed partial class Vault
{
    /// <summary>Restores the key store from a mirror and the templates from an archive. Today's root key store decides: a mirror older than the recorded head is refused.</summary>
    /// <param name="options">The vault's folder (its stores may be missing) and where the root key lies.</param>
    /// <param name="mirrorDirectory">A mirror's folder, or null to keep the key store that is there.</param>
    /// <param name="templatesDirectory">A folder with a <c>templates.db</c> of any age, or null to keep the one that is there; where none is, an empty one is made, so that the vault opens with its ledger, its
    /// certificates and its consents, and faces are enrolled again. What it lacks, <see cref="AuditAsync"/> counts.</param>
    /// <param name="cancellationToken">Counts until the copying begins.</param>
    /// <exception cref="ArgumentException">Neither is named, and the templates are there: there is nothing to restore.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.ArchiveForeign"/>: the templates are another vault's. <see cref="VaultErrorCode.StoreRolledBack"/>: the mirror is older than the last recorded head. Nothing was changed.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public static async Task RestoreAsync(VaultOptions options, string? mirrorDirectory, string? templatesDirectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.CopyValid(nameof(options));
        if (mirrorDirectory is null && templatesDirectory is null && Restoring.HasTemplates(options.Directory))
            throw Error.NothingToRestore(nameof(mirrorDirectory));
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

    /// <summary>Accepts a key store that is older than the last recorded head, or whose heads cannot be read: what was answered since is lost, and the vault opens again with what it has. The last resort, when no mirror and no newer copy is left.</summary>
    /// <remarks>
    /// What was destroyed stays destroyed: a store from before a destroying commit opens with no root key that is left, and cannot be accepted. Withdrawals and holds among the lost commits are undone: do them again.
    /// No slot that may have been given out, and no ledger size that may have been signed, is used again: slots go on a million later, and the vault signs with a new key under a
    /// longer name; the ledger says both (<c>rolled-back</c>, <c>signing-key-changed</c>). Certificates that were handed out before are still checked with the former key.
    /// </remarks>
    /// <param name="options">The vault's folder and where the root key lies.</param>
    /// <param name="cancellationToken">Counts until the look at the places begins.</param>
    /// <returns>What was lost, as far as it can be told.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.NothingLost"/>; or why it is refused, with what helps instead: a place is away, a mirror has what seems lost (<see cref="RestoreAsync"/>), nothing opens. Nothing was changed then.</exception>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public static async Task<AcceptedLoss> AcceptLossAsync(VaultOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var vault = new Vault(options);
        await using (vault.ConfigureAwait(false))
            return await Task.Run(vault.AcceptLoss, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the clock for right although it stands before a time that the vault has recorded: the way out after a clock that ran ahead, and wrote something, has been set right (S2).</summary>
    /// <remarks>
    /// Set the clock right first. Use goes on at once, and what would have ended by the time that was recorded has not ended: whoever calls this with a clock that is set back wrongly brings expired faces back until a sweep has destroyed them.
    /// So the ledger tells everybody (<c>clock-accepted</c>, of the clock's time, after an entry of a later one). What was destroyed while the clock was ahead stays destroyed.
    /// </remarks>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>By how much the recorded time was ahead; zero when the clock stands at most five minutes before it, and nothing was written.</returns>
    /// <exception cref="VaultException">The line could not be written; the vault goes by the recorded time as before.</exception>
    public async Task<TimeSpan> AcceptClockAsync(CancellationToken cancellationToken = default)
    {
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        var item = new ClockItem(open) { CancellationToken = cancellationToken };
        await open.Engine.Enqueue(item).ConfigureAwait(false);
        return item.Ahead;
    }

    private AcceptedLoss AcceptLoss()
    {
        Libsodium.EnsureLoaded();
        VaultDescription description = options.Places is { } places ? places.Description ?? throw Error.VaultNotFound() : VaultDescription.Read(options.Directory);
        options.RootKey!.CheckPlacement(options.Directory, creating: false);
        using VaultSession built = Build(description);
        VaultDescription renamed = description;
        AcceptedLoss loss = built.Engine.AcceptLoss(origin =>
        {
            renamed = description with { Origin = origin };
            if (options.Places is { } inMemory)
                inMemory.Description = renamed;
            else
                renamed.Write(options.Directory);
        });
        if (options.Places is null)
            WriteDescription(renamed); // the mirrors' copies last: until the commit they hold the name that the newest store goes with
        return loss;
    }
}
