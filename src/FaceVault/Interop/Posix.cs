using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Interop;

/// <summary>The few calls of the operating system that .NET does not offer: flushing files and folders, memory that is neither swapped nor dumped, the type of a file system.</summary>
/// <remarks>
/// Every return code is checked; a failure is an <see cref="IOException"/> whose message has the errno's text and whose HResult is the errno, unless the method
/// says it answers with a bool. Constants are Linux's, and only those that have the same value on x86, ARM and RISC-V (O_DIRECTORY does not).
/// </remarks>
internal static unsafe partial class Posix
{
    private const string C = NativeResolver.C;
    private const int O_RDONLY = 0;
    private const int O_CLOEXEC = 0x80000;
    private const int PROT_READ_WRITE = 3;
    private const int MAP_PRIVATE_ANONYMOUS = 0x22;
    private const int MADV_HUGEPAGE = 14;
    private const int MADV_DONTDUMP = 16;
    private const int MADV_DONTFORK = 10;
    private const int LOCK_EXCLUSIVE_NONBLOCKING = 2 | 4;
    private const int LOCK_UNLOCK = 8;
    private const int EWOULDBLOCK = 11;

    public const long TmpfsMagic = 0x01021994;
    public const long RamfsMagic = 0x858458f6;
    public const long OverlayMagic = 0x794c7630;

    private static long flushes;

    static Posix() => NativeResolver.Install();

    /// <summary>Bytes in a page of memory.</summary>
    public static int PageSize { get; } = Environment.SystemPageSize;

    /// <summary>How often <see cref="Flush"/> was called in this process, for figures that count flushes. SQLite's own are not among them.</summary>
    public static long Flushes => Interlocked.Read(ref flushes);

    /// <summary>fsync of an open file. Never called again after it failed: the caller writes again first.</summary>
    public static void Flush(SafeFileHandle file)
    {
        Interlocked.Increment(ref flushes);
        if (fsync(file) != 0)
            throw Failure("fsync");
    }

    /// <summary>fsync of a folder, so that the files created in it survive a power cut.</summary>
    public static void FlushDirectory(string path)
    {
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            throw Failure("open folder");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Flush(handle);
    }

    /// <summary>Takes the whole-file lock (flock) that ends with the handle, also when the process dies. False when another handle has it, of this process or another.</summary>
    /// <remarks>Every FileStream and File.OpenHandle of .NET takes a shared flock of its own, whatever its FileShare says: open the file without them.</remarks>
    public static bool TryLock(SafeFileHandle file)
    {
        if (flock(file, LOCK_EXCLUSIVE_NONBLOCKING) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == EWOULDBLOCK ? false : throw Failure("flock", error);
    }

    /// <summary>Gives the lock of <see cref="TryLock"/> back, or does nothing. Closing alone does not while a child that the process has just forked still holds a copy of the handle.</summary>
    public static void Unlock(SafeFileHandle file)
    {
        if (flock(file, LOCK_UNLOCK) != 0)
            throw Failure("flock");
    }

    /// <summary>The magic number of the file system a path lies on (statfs f_type).</summary>
    public static long FileSystemType(string path)
    {
        byte* buffer = stackalloc byte[256];
        if (statfs(path, buffer) != 0)
            throw Failure("statfs");
        return *(long*)buffer & 0xffffffff;
    }

    /// <summary>Anonymous zeroed pages; <paramref name="size"/> is rounded up to whole pages by the kernel.</summary>
    public static byte* Map(nuint size)
    {
        nint address = mmap(0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        return address == -1 ? throw Failure("mmap") : (byte*)address;
    }

    public static void Unmap(byte* address, nuint size)
    {
        if (munmap(address, size) != 0)
            throw Failure("munmap");
    }

    /// <summary>Keeps pages out of swap. False when the limit (RLIMIT_MEMLOCK) or a missing right forbids it.</summary>
    public static bool TryLockMemory(byte* address, nuint size) => mlock(address, size) == 0;

    public static void UnlockMemory(byte* address, nuint size)
    {
        if (munlock(address, size) != 0)
            throw Failure("munlock");
    }

    /// <summary>Leaves pages out of the kernel's core dumps and out of forked children. Does not bind .NET's createdump.</summary>
    public static void ExcludeFromDumps(byte* address, nuint size)
    {
        if (madvise(address, size, MADV_DONTDUMP) != 0)
            throw Failure("madvise(DONTDUMP)");
        if (madvise(address, size, MADV_DONTFORK) != 0)
            throw Failure("madvise(DONTFORK)");
    }

    /// <summary>Asks for huge pages. False when the kernel has none: a hint, never a need.</summary>
    public static bool TryUseHugePages(byte* address, nuint size) => madvise(address, size, MADV_HUGEPAGE) == 0;

    private static IOException Failure(string call) => Failure(call, Marshal.GetLastPInvokeError());

    private static IOException Failure(string call, int error) => new($"{call} failed: {new Win32Exception(error).Message}", error);

    [LibraryImport(C, SetLastError = true)]
    private static partial int fsync(SafeFileHandle fd);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, byte* buf);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, nint offset);

    [LibraryImport(C, SetLastError = true)]
    private static partial int munmap(byte* addr, nuint length);

    [LibraryImport(C, SetLastError = true)]
    private static partial int mlock(byte* addr, nuint len);

    [LibraryImport(C, SetLastError = true)]
    private static partial int munlock(byte* addr, nuint len);

    [LibraryImport(C, SetLastError = true)]
    private static partial int madvise(byte* addr, nuint length, int advice);
}
