using FaceVault.Interop;

namespace FaceVault.Matching;

/// <summary>One native mapping for decrypted templates or probes: zero at first, aligned to 64 bytes (2 MiB where it is large), left out of core dumps, locked against swapping where the system allows it, wiped on dispose and on finalisation.</summary>
/// <remarks>Not thread-safe: the owner orders uses and disposal.</remarks>
internal sealed unsafe class GalleryMemory : IDisposable
{
    private const long HugePage = 2L * 1024 * 1024;
    private readonly byte* mapping;
    private readonly nuint mappedSize;
    private byte* memory;

    /// <summary>Maps <paramref name="size"/> bytes.</summary>
    /// <param name="size">1 or more; rounded up to whole pages.</param>
    /// <param name="requireLock">Whether memory that cannot be locked is refused.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.CapacityExceeded"/>: locking was required and refused.</exception>
    public GalleryMemory(long size, bool requireLock = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Libsodium.EnsureLoaded();
        bool large = size >= HugePage;
        Size = (size + Posix.PageSize - 1) / Posix.PageSize * Posix.PageSize;
        mappedSize = (nuint)(Size + (large ? HugePage : 0));
        mapping = Posix.Map(mappedSize);
        byte* start = large ? (byte*)(((nuint)mapping + HugePage - 1) / HugePage * HugePage) : mapping;
        try
        {
            Posix.ExcludeFromDumps(mapping, mappedSize);
            if (large && AsksForHugePages)
                _ = Posix.TryUseHugePages(start, (nuint)Size);
            IsLocked = Posix.TryLockMemory(start, (nuint)Size);
            if (requireLock && !IsLocked)
                throw Error.GalleryNotLocked();
        }
        catch
        {
            GC.SuppressFinalize(this);
            Posix.Unmap(mapping, mappedSize);
            throw;
        }

        memory = start;
    }

    ~GalleryMemory() => Release();

    /// <summary>Whether large mappings ask for huge pages: always, but where the benchmarks measure what that brings.</summary>
    internal static bool AsksForHugePages { get; set; } = true;

    public long Size { get; }

    /// <summary>Whether the system keeps these pages out of swap.</summary>
    public bool IsLocked { get; }

    /// <summary>The first byte. Valid until dispose.</summary>
    /// <exception cref="ObjectDisposedException">The memory was wiped.</exception>
    public byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory == null, this);
            return memory;
        }
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (memory == null)
            return;
        Libsodium.sodium_memzero(memory, (nuint)Size);
        memory = null;
        Posix.Unmap(mapping, mappedSize);
    }
}
