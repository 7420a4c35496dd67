using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Operations;
using FaceVault.Storage;

namespace FaceVault;

/// <content>Mirrors and root locations.</content>
/// <remarks>The vault's own list says which places count, by the random id that stands in each; settings and <c>vault.json</c> say where to look for them. A place that is listed and not found
/// keeps everything from being destroyed until it is back or retired; one that is found and not listed is left as it is. These calls change the list and <c>vault.json</c> together.</remarks>
public sealed partial class Vault
{
    private readonly SemaphoreSlim changingPlaces = new(1, 1); // vault.json is read, changed and written

    /// <summary>Adds a mirror: a full copy of the key store, walked before it is listed, that every later commit reaches. Commits wait while it is copied.</summary>
    /// <param name="directory">A folder without a key store, best on another device; made if needed. A list of <see cref="VaultOptions.Mirrors"/> given at later openings must name it too.</param>
    /// <param name="cancellationToken">Counts until the copy begins.</param>
    /// <exception cref="ArgumentException">It is the vault's own folder.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>: there is a key store in the folder; <see cref="VaultErrorCode.RootPathRefused"/>: a root location lies in it;
    /// <see cref="VaultErrorCode.PlaceUnreachable"/>: the copy failed.</exception>
    public async Task AddMirrorAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        string folder = VaultDescription.FolderOf(directory), file = MirrorFile(directory);
        if (options.Places is null)
        {
            if (folder == VaultDescription.FolderOf(options.Directory))
                throw new ArgumentException(Error.OptionMirrors, nameof(directory));
            options.RootKey!.CheckPlacement(folder, creating: false);
            VaultDescription.MakeFolder(folder);
        }

        IKeyStoreLocation location = open.Engine.MirrorStates.FirstOrDefault(m => m.Location.Description == file)?.Location ?? new SqliteKeyStoreLocation(file, options.LockTimeout);
        await AddAsync(
            open,
            d => d with { Mirrors = [.. d.Mirrors.Where(m => m != folder), folder] },
            engine => engine.AddMirror(location),
            engine => engine.MirrorStates.Any(m => m.Location == location && m.IsCurrent),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a mirror off the vault's list. Its files stay as they are and are worth nothing once the root key has been replaced.</summary>
    /// <remarks>One that cannot be reached may be dropped too: that is recorded, and every certificate of a key that it could open names it as not confirmed.</remarks>
    /// <param name="directory">The mirror's folder.</param>
    /// <param name="cancellationToken">Counts until the change begins.</param>
    /// <returns>True when it was reached; false when it is remembered as not confirmed.</returns>
    /// <exception cref="ArgumentException">The folder is no mirror of this vault.</exception>
    public async Task<bool> DropMirrorAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        string folder = VaultDescription.FolderOf(directory), file = MirrorFile(directory);
        return await RetireAsync(engine => engine.FindMirror(file), d => d with { Mirrors = [.. d.Mirrors.Where(m => m != folder)] }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds a root location: the root key is replaced, and the new one is written there too. Every listed place must be there.</summary>
    /// <remarks>When the process dies on the way, name the location at the next opening too: it may be listed already.</remarks>
    /// <param name="location">The <see cref="IRootLocation.Description"/> of an unused location of <see cref="VaultOptions.RootKey"/> (of a file its path). Name it at later openings too.</param>
    /// <param name="cancellationToken">Counts until the change begins.</param>
    /// <exception cref="ArgumentException">The vault was opened without that location.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPathRefused"/> or <see cref="VaultErrorCode.VaultExists"/>: it cannot be used; <see cref="VaultErrorCode.PlaceUnreachable"/>: a listed place is missing.</exception>
    public async Task AddRootLocationAsync(string location, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        IRootLocation added = open.Engine.Roots.Find(location) ?? throw Error.NotARootLocation(nameof(location));
        options.RootKey!.CheckPlacement(options.Directory, creating: false);
        if (options.Places is null)
            foreach (Mirror mirror in open.Engine.MirrorStates)
                options.RootKey.CheckPlacement(Path.GetDirectoryName(mirror.Location.Description)!, creating: false);
        await AddAsync(
            open,
            d => d with { Roots = [.. d.Roots.Where(r => r != location), location] },
            engine => engine.AddRoot(added),
            engine => engine.Roots.Reached.Any(r => r.Location == added),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a root location off the vault's list, after every key that it holds has been overwritten. The last one stays.</summary>
    /// <remarks>One that cannot be reached may be retired too: that is recorded, and every certificate of a key that it could open names it as not confirmed. Destroy its medium.</remarks>
    /// <param name="location">The <see cref="IRootLocation.Description"/> of a location of <see cref="VaultOptions.RootKey"/> (of a file its path). Leave it out at later openings.</param>
    /// <param name="cancellationToken">Counts until the change begins.</param>
    /// <returns>True when it was reached and its keys were overwritten; false when it is remembered as not confirmed.</returns>
    /// <exception cref="ArgumentException">The vault was opened without that location.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPathRefused"/>: it is the last one.</exception>
    public async Task<bool> RetireRootLocationAsync(string location, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        return await RetireAsync(engine => engine.FindRoot(location), d => d with { Roots = [.. d.Roots.Where(r => r != location)] }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a mirror or root location off the vault's list by its id, as <see cref="PlaceStatus.Id"/> shows it: also one of which nobody knows any more where it lay.</summary>
    /// <param name="placeId">32 lowercase hexadecimal digits.</param>
    /// <param name="cancellationToken">Counts until the change begins.</param>
    /// <returns>True when it was reached; false when it is remembered as not confirmed.</returns>
    /// <exception cref="ArgumentException">Not 32 lowercase hexadecimal digits.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/>: no such place is listed; <see cref="VaultErrorCode.RootPathRefused"/>: it is the last root location.</exception>
    public async Task<bool> RetirePlaceAsync(string placeId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(placeId);
        if (placeId.Length != 32 || !placeId.All(char.IsAsciiHexDigitLower))
            throw Error.PlaceIdMalformed(nameof(placeId));
        byte[] id = Convert.FromHexString(placeId);
        string? root = null, mirror = null;
        return await RetireAsync(
            engine =>
            {
                root = engine.Roots.Readings.FirstOrDefault(r => r.PlaceId.AsSpan().SequenceEqual(id))?.Location.Description;
                mirror = Path.GetDirectoryName(engine.MirrorStates.FirstOrDefault(m => m.PlaceId.AsSpan().SequenceEqual(id))?.Location.Description);
                return id;
            },
            d => d with { Roots = [.. d.Roots.Where(r => r != root)], Mirrors = [.. d.Mirrors.Where(m => m != mirror)] },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Protects the root key by another passphrase, or by none. The root key is replaced: the former passphrase opens nothing of the vault as it is from then on.</summary>
    /// <remarks>
    /// Keep both passphrases until this has returned. A crash on the way leaves a vault that opens with one of the two, and says so when the other one is given; change the passphrase again then, since only a change that
    /// was answered has replaced the root key. Every listed place must be there.
    /// </remarks>
    /// <param name="passphrase">The new passphrase (UTF-8), copied into locked memory before this returns; empty for none.</param>
    /// <param name="cancellationToken">Counts until the change begins.</param>
    /// <exception cref="NotSupportedException">The root key store has no passphrase.</exception>
    /// <exception cref="ErasureIncompleteException">The new passphrase holds, but the root key could not be replaced: call again, with the same one or another.</exception>
    /// <exception cref="VaultException">
    /// <see cref="VaultErrorCode.VaultFaulted"/>: it broke off, and which of the two opens the vault is decided when every place is there again; any other code: the former one holds
    /// (<see cref="VaultErrorCode.PlaceUnreachable"/>: a listed place is missing).
    /// </exception>
    public Task ChangeRootPassphraseAsync(ReadOnlySpan<byte> passphrase, CancellationToken cancellationToken = default) =>
        ChangeRootPassphraseAsync(passphrase.IsEmpty ? null : new RootPassphrase(passphrase), cancellationToken);

    /// <summary>The same with a passphrase that tests make cheap to stretch; it belongs to the vault from now on.</summary>
    internal async Task ChangeRootPassphraseAsync(RootPassphrase? passphrase, CancellationToken cancellationToken = default)
    {
        bool isTaken = false;
        try
        {
            VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
            RootPassphrases passphrases = (options.RootKey as IPassphraseStore)?.Passphrases ?? throw Error.NoPassphrase();
            void Change(VaultEngine engine)
            {
                isTaken = true;
                engine.ChangePassphrase(passphrases, passphrase);
            }

            await open.Engine.Enqueue(new PlaceItem(Change) { CancellationToken = cancellationToken }).ConfigureAwait(false);
        }
        finally
        {
            if (!isTaken)
                passphrase?.Dispose();
        }
    }

    private static string MirrorFile(string directory) => Path.Combine(Path.GetFullPath(directory), "keys.db");

    /// <summary>Names a place in <c>vault.json</c>, then lists it: what the crown lists must be found. A name that stands for nothing is taken back.</summary>
    private async Task AddAsync(VaultSession open, Func<VaultDescription, VaultDescription> name, Action<VaultEngine> add, Func<VaultEngine, bool> isListed, CancellationToken cancellationToken)
    {
        await changingPlaces.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            VaultDescription? before = Describe(name);
            try
            {
                await open.Engine.Enqueue(new PlaceItem(add) { CancellationToken = cancellationToken }).ConfigureAwait(false);
            }
            catch when (!isListed(open.Engine))
            {
                Describe(d => before ?? d);
                throw;
            }

            Describe(d => d); // a new mirror's folder has a copy
        }
        finally
        {
            changingPlaces.Release();
        }
    }

    /// <summary>Takes a place off the list, then out of <c>vault.json</c>.</summary>
    private async Task<bool> RetireAsync(Func<VaultEngine, byte[]> find, Func<VaultDescription, VaultDescription> forget, CancellationToken cancellationToken)
    {
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await changingPlaces.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool confirmed = false;
            await open.Engine.Enqueue(new PlaceItem(engine => confirmed = engine.Retire(find(engine))) { CancellationToken = cancellationToken }).ConfigureAwait(false);
            Describe(forget);
            return confirmed;
        }
        finally
        {
            changingPlaces.Release();
        }
    }

    /// <summary>Writes <c>vault.json</c> anew, here and in the folder of every mirror that was named before and still is; answers what it said before. What a folder holds that is only to become a mirror is not known yet.</summary>
    private VaultDescription? Describe(Func<VaultDescription, VaultDescription> change)
    {
        if (options.Places is not null)
            return null;
        VaultDescription before = VaultDescription.Read(options.Directory), after = change(before);
        foreach (string mirror in after.Mirrors.Intersect(before.Mirrors).Where(Directory.Exists))
        {
            try
            {
                after.Write(mirror);
            }
            catch (VaultException)
            {
                // away: it is written when the mirror is refilled, or with the next change
            }
        }

        after.Write(options.Directory);
        return before;
    }
}
