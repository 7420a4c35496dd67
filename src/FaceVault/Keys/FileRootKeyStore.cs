using FaceVault.Keys;

namespace FaceVault;

/// <summary>A root key in one or more files on local disks, each 73,728 bytes, readable by their owner alone. The default root key store.</summary>
/// <remarks>
/// Give two files on different disks where you can: with one, a single bad block loses the vault. Do not back the files up: a copy of an old root file brings back what was destroyed since.
/// Nothing is created but by the vault's initialisation. Overwriting in place destroys on ext4, XFS and FAT; what an SSD or a copy-on-write file system keeps aside is out of reach, and
/// <see cref="IRootLocation.DestructionMethod"/> says so for the latter. Used by one thread at a time. Byte layout: docs/formats.md.
/// </remarks>
public sealed class FileRootKeyStore : IRootKeyStore, IPassphraseStore
{
    private readonly FileRootSettings settings = new();
    private readonly string[] paths;
    private readonly FileRootLocation[] locations;

    /// <summary>Names the files. No I/O happens here.</summary>
    /// <param name="paths">Absolute paths, at least one, outside the vault's folder, on different disks if possible.</param>
    /// <exception cref="ArgumentException">No path, or an empty one.</exception>
    public FileRootKeyStore(params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Length == 0)
            throw new ArgumentException("Give at least one path.", nameof(paths));
        foreach (string path in paths)
            ArgumentException.ThrowIfNullOrWhiteSpace(path, nameof(paths));
        this.paths = [.. paths];
        locations = [.. paths.Select(p => new FileRootLocation(p, settings))];
    }

    /// <summary>Whether a vault may be created with its root key on tmpfs, ramfs or an overlay, which do not outlive the machine or container: for trials only. Default: false.</summary>
    public bool AllowEphemeral
    {
        get => settings.AllowEphemeral;
        init => settings.AllowEphemeral = value;
    }

    /// <summary>A passphrase (UTF-8, at least one byte) without which the files open nothing; copied into locked memory. Default: none.</summary>
    /// <remarks>Stretched with Argon2id (3 passes over 256 MiB, under a second) once per store. A vault made with a passphrase is opened with it, one made without is opened without; <see cref="Vault.ChangeRootPassphraseAsync(ReadOnlySpan{byte}, CancellationToken)"/> changes that.</remarks>
    /// <exception cref="ArgumentException">It is empty.</exception>
#pragma warning disable CA1044 // a secret is given, never asked back
    public ReadOnlySpan<byte> Passphrase
#pragma warning restore CA1044
    {
        init
        {
            if (value.IsEmpty)
                throw new ArgumentException("A passphrase has at least one byte.", nameof(value));
            settings.Passphrases.Current?.Dispose();
            settings.Passphrases.Current = new RootPassphrase(value);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IRootLocation> Locations => locations;

    RootPassphrases IPassphraseStore.Passphrases => settings.Passphrases;

    /// <summary>For tests: a passphrase that is cheap to stretch.</summary>
    internal RootPassphrase? StretchedPassphrase
    {
        get => settings.Passphrases.Current;
        init => settings.Passphrases.Current = value;
    }

    /// <summary>Hands over the passphrase that stands alone in a file, as the command line reads it: 1 to 1,024 bytes, and one line end behind them that does not count.</summary>
    /// <typeparam name="TResult">What the function gives: mostly a store with this <see cref="Passphrase"/>.</typeparam>
    /// <param name="path">The file, absolute or from the working folder; may be a pipe.</param>
    /// <param name="use">Gets the bytes, which lie on the stack and are wiped when it returns; no string is ever made of them.</param>
    /// <exception cref="ArgumentException">The file cannot be read, or holds no such passphrase.</exception>
    public static TResult ReadPassphraseFile<TResult>(string path, Func<ReadOnlySpan<byte>, TResult> use)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(use);
        return PassphraseFile.Read(path, use, nameof(path));
    }

    /// <inheritdoc/>
    public void CheckPlacement(string vaultDirectory, bool creating)
    {
        ArgumentException.ThrowIfNullOrEmpty(vaultDirectory);
        foreach (string path in paths)
        {
            FileRootPaths.CheckAbsolute(path);
            FileRootPaths.CheckOutside(path, vaultDirectory);
        }

        FileRootPaths.CheckDistinct(paths);
        if (!creating)
            return;
        foreach (string path in paths)
            FileRootPaths.CheckCreatable(path, settings.AllowEphemeral);
    }

    /// <summary>Releases the locks and wipes the passphrase.</summary>
    public void Dispose()
    {
        foreach (FileRootLocation location in locations)
            location.Dispose();
        settings.Passphrases.Dispose();
    }
}
