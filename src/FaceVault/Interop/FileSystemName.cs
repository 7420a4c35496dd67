using System.Globalization;

namespace FaceVault.Interop;

/// <summary>The name of the file system a path lies on, as certificates and <c>doctor</c> print it.</summary>
internal static class FileSystemName
{
    /// <summary>The usual name (that of <c>stat -f</c>), for example <c>ext2/ext3/ext4</c>; <c>file system 0x…</c> for one we do not know, <c>unknown file system</c> when it cannot be asked.</summary>
    public static string Of(string path)
    {
        long type;
        try
        {
            type = Posix.FileSystemType(path);
        }
        catch (Exception failure) when (failure is IOException or EntryPointNotFoundException or DllNotFoundException)
        {
            return "unknown file system";
        }
        return type switch
        {
            0xef53 => "ext2/ext3/ext4",
            0x58465342 => "xfs",
            0x9123683e => "btrfs",
            0x2fc12fc1 => "zfs",
            0xf2f52010 => "f2fs",
            0x4d44 => "vfat",
            0x2011bab0 => "exfat",
            0x6969 => "nfs",
            0xff534d42 or 0xfe534d42 => "smb",
            0x65735546 => "fuse",
            0x01021997 => "9p",
            Posix.TmpfsMagic => "tmpfs",
            Posix.RamfsMagic => "ramfs",
            Posix.OverlayMagic => "overlayfs",
            _ => string.Create(CultureInfo.InvariantCulture, $"file system 0x{type:x}"),
        };
    }
}
