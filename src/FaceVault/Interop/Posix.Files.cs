using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Interop;

/// <summary>Which file a path or handle means, and whether it is an ordinary one.</summary>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode, bool IsRegular, bool IsDirectory)
{
    public bool IsSameFile(in FileIdentity other) => Inode == other.Inode && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;
}

// Opening without .NET's own flock (which would hinder a reader beside the lock's holder), creating with mode 0600 from the first moment on, telling files apart.
internal static unsafe partial class Posix
{
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;
    private const int O_NONBLOCK = 0x800;
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const int S_IFMT = 0xf000;
    private const int S_IFREG = 0x8000;
    private const int S_IFDIR = 0x4000;
    private const int W_OK = 2;
    private const int POSIX_FADV_DONTNEED = 4;
    private const int PathMax = 4096;

    public const int ENOENT = 2;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EROFS = 30;

    /// <summary>Opens an existing file without following .NET's sharing rules: no lock is taken. The errno is the exception's HResult.</summary>
    public static SafeFileHandle OpenFile(string path, bool write) => OpenFile(path, (write ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);

    /// <summary>Makes a new file that only its owner may read and write, and opens it. Fails with <see cref="EEXIST"/> when something is there.</summary>
    public static SafeFileHandle CreateFile(string path) => OpenFile(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC);

    /// <summary>Which file an open handle means.</summary>
    public static FileIdentity Identify(SafeFileHandle file)
    {
        byte* buffer = stackalloc byte[256];
        if (statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, buffer) != 0)
            throw Failure("statx");
        return ReadIdentity(buffer);
    }

    /// <summary>Which file a path means, links followed; null when nothing can be seen there.</summary>
    public static FileIdentity? TryIdentify(string path)
    {
        byte* buffer = stackalloc byte[256];
        return statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, buffer) == 0 ? ReadIdentity(buffer) : null;
    }

    /// <summary>Whether the process may write a file, or make files in a folder: permissions and read-only mounts.</summary>
    public static bool CanWrite(string path) => access(path, W_OK) == 0;

    /// <summary>The path without links and dots; null when it does not exist.</summary>
    public static string? TryRealPath(string path)
    {
        byte* buffer = stackalloc byte[PathMax];
        return realpath(path, buffer) == null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
    }

    /// <summary>Asks the kernel to forget what it cached of a range that was flushed, so that the next read goes to the medium. False when it declines: a hint.</summary>
    public static bool TryForgetCached(SafeFileHandle file, long offset, long length) => posix_fadvise(file, offset, length, POSIX_FADV_DONTNEED) == 0;

    private static SafeFileHandle OpenFile(string path, int flags)
    {
        int descriptor = open(path, flags, 0x180 /* 0600 */);
        return descriptor < 0 ? throw Failure("open") : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    // struct statx: the same layout on every architecture
    private static FileIdentity ReadIdentity(byte* statx)
    {
        int type = *(ushort*)(statx + 28) & S_IFMT;
        return new FileIdentity(*(uint*)(statx + 136), *(uint*)(statx + 140), *(ulong*)(statx + 32), type == S_IFREG, type == S_IFDIR);
    }

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, int mode);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle dirfd, string pathname, int flags, uint mask, byte* statxbuf);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string pathname, int flags, uint mask, byte* statxbuf);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string pathname, int mode);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* realpath(string path, byte* resolved_path);

    [LibraryImport(C)]
    private static partial int posix_fadvise(SafeFileHandle fd, long offset, long len, int advice);
}
