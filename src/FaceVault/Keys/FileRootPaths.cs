using FaceVault.Interop;

namespace FaceVault.Keys;

/// <summary>Where a root file may lie. Each refusal is <see cref="VaultErrorCode.RootPathRefused"/> with its reason.</summary>
internal static class FileRootPaths
{
    private static readonly Dictionary<long, string> FileSystems = new()
    {
        [0xef53] = "ext2/ext3/ext4",
        [0x58465342] = "XFS",
        [0x9123683e] = "Btrfs",
        [0x2fc12fc1] = "ZFS",
        [0xf2f52010] = "F2FS",
        [0x6969] = "NFS",
        [0xfe534d42] = "SMB",
        [0xff534d42] = "CIFS",
        [0x4d44] = "FAT",
        [0x2011bab0] = "exFAT",
        [0x65735546] = "FUSE",
        [Posix.TmpfsMagic] = "tmpfs",
        [Posix.RamfsMagic] = "ramfs",
        [Posix.OverlayMagic] = "overlay",
    };

    private static readonly HashSet<string> CopyOnWrite = ["Btrfs", "ZFS", "F2FS", "overlay"];

    public static void CheckAbsolute(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            throw Error.RootPathRefused(path, "the path is relative, so that it would mean another file in another folder. Give an absolute path.");
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw Error.RootPathRefused(path, "it is a folder. Give the path of a file.");
    }

    public static void CheckOutside(string path, string vaultDirectory)
    {
        string file = Resolve(path);
        string folder = Path.TrimEndingDirectorySeparator(Resolve(Path.GetFullPath(vaultDirectory)));
        if (file.StartsWith(folder == "/" ? folder : folder + '/', StringComparison.Ordinal))
            throw Error.RootPathRefused(path, "it lies inside the vault's folder or a mirror's, so that a copy of that folder would hold the key too. Choose a path elsewhere.");
    }

    public static void CheckDistinct(IReadOnlyList<string> paths)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            FileIdentity? identity = Posix.TryIdentify(paths[i]);
            for (int j = 0; j < i; j++)
            {
                bool isSame = Resolve(paths[i]) == Resolve(paths[j]) || (identity is { } one && Posix.TryIdentify(paths[j]) is { } other && one.IsSameFile(other));
                if (isSame)
                    throw Error.RootPathRefused(paths[i], "it is the same file as another root location. Give files on different media.");
            }
        }
    }

    /// <summary>Whether a root file can be made here and will last.</summary>
    public static void CheckCreatable(string path, bool allowEphemeral)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(folder))
            throw Error.RootPathRefused(path, "its folder does not exist. Make the folder, readable by the vault's user alone, and try again.");
        if (Posix.TryIdentify(path) is { } there)
        {
            if (!there.IsRegular)
                throw Error.RootFileNotOurs(path);
            if (!Posix.CanWrite(path))
                throw ReadOnly(path);
        }
        else if (new FileInfo(path).LinkTarget is not null)
        {
            throw Error.RootPathRefused(path, "it is a symbolic link to a file that does not exist. Give the path of the file itself.");
        }
        else if (!Posix.CanWrite(folder))
        {
            throw ReadOnly(path);
        }

        long type = Posix.FileSystemType(File.Exists(path) ? path : folder);
        if (!allowEphemeral && type is (Posix.TmpfsMagic or Posix.RamfsMagic or Posix.OverlayMagic))
        {
            throw Error.RootPathRefused(
                path, $"it lies on {FileSystems[type]}, which does not outlive the machine or the container: the vault would be lost. Choose a lasting disk, or allow an ephemeral root for a trial.");
        }
    }

    public static Exception ReadOnly(string path) => Error.RootPathRefused(path, "it cannot be written (read-only medium, or missing permission). The key has to be overwritten when somebody is erased.");

    /// <summary>The medium and the method of destruction, for the certificate: what is known of the file system, no path.</summary>
    public static (string Medium, string Method) Describe(string path)
    {
        string? name = null;
        try
        {
            _ = FileSystems.TryGetValue(Posix.FileSystemType(File.Exists(path) ? path : Path.GetDirectoryName(path) ?? "/"), out name);
        }
        catch (IOException)
        {
            // away: the kind is not known
        }

        return name is null ? ("file", "overwrite in place and flush")
            : ($"file on {name}", CopyOnWrite.Contains(name) ? "overwrite and flush on a copy-on-write file system" : "overwrite in place and flush");
    }

    // Links followed as far as the path exists; the rest as written.
    private static string Resolve(string path)
    {
        string rest = "";
        for (string? existing = Path.GetFullPath(path); existing is not null; existing = Path.GetDirectoryName(existing))
        {
            if (Posix.TryRealPath(existing) is { } real)
                return Path.Combine(real, rest);
            rest = rest.Length == 0 ? Path.GetFileName(existing) : Path.Combine(Path.GetFileName(existing), rest);
        }

        return path;
    }
}
