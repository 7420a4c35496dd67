using FaceVault.Interop;

namespace FaceVault.Cryptography;

/// <summary>Hands out small pieces of native memory that is outside the garbage collector, left out of core dumps and, where the system allows, locked against swapping.</summary>
/// <remarks>
/// Pieces are powers of two from 32 bytes to 64 KiB, cut from 256 KiB chunks; larger ones get a mapping of their own. The first chunks are mapped together,
/// so that galleries, which are opened later and take what they get, leave keys the room they need (docs/decisions/0029). A piece is wiped when it is given
/// back and zero when it is handed out. One arena serves the process, since RLIMIT_MEMLOCK counts per process. Thread-safe; about 50 ns a piece.
/// </remarks>
internal static unsafe class SecretArena
{
    private const int SmallestShift = 5;
    private const int LargestShift = 16;
    private const int ChunkSize = 256 * 1024;
    private const int FirstChunks = 4;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint>[] Free = CreateFreeLists();
    private static readonly Stack<nint> Unused = new();
    private static readonly HashSet<nint> NotLocked = [];
    private static long locked;
    private static long unlocked;
    private static bool hasBegun;

    /// <summary>Bytes mapped for secrets that the system keeps out of swap.</summary>
    public static long LockedBytes => Interlocked.Read(ref locked);

    /// <summary>Bytes mapped for secrets that the system refused to lock (see RLIMIT_MEMLOCK).</summary>
    public static long UnlockedBytes => Interlocked.Read(ref unlocked);

    /// <summary>Zeroed memory of at least <paramref name="length"/> bytes, to be given back with the same length.</summary>
    public static byte* Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (length > 1 << LargestShift)
            return Map(PageRound(length));
        int shift = Shift(length);
        lock (Gate)
        {
            Stack<nint> list = Free[shift];
            if (list.Count == 0)
            {
                byte* chunk = TakeChunk();
                for (int offset = ChunkSize - (1 << shift); offset >= 0; offset -= 1 << shift)
                    list.Push((nint)(chunk + offset));
            }

            return (byte*)list.Pop();
        }
    }

    /// <summary>Wipes the memory and gives it back. Once: a piece given back twice would be handed to two owners.</summary>
    public static void Return(byte* memory, int length)
    {
        if (length > 1 << LargestShift)
        {
            nuint size = PageRound(length);
            Libsodium.sodium_memzero(memory, size);
            Unmap(memory, size);
            return;
        }

        int shift = Shift(length);
        Libsodium.sodium_memzero(memory, (nuint)1 << shift);
        lock (Gate)
            Free[shift].Push((nint)memory);
    }

    /// <summary>Under the gate.</summary>
    private static byte* TakeChunk()
    {
        while (!hasBegun && Unused.Count < FirstChunks)
            Unused.Push((nint)Map(ChunkSize));
        hasBegun = true;
        return Unused.TryPop(out nint chunk) ? (byte*)chunk : Map(ChunkSize);
    }

    private static int Shift(int length) => Math.Max(SmallestShift, 32 - int.LeadingZeroCount(length - 1));

    private static nuint PageRound(int length) => (nuint)((length + Posix.PageSize - 1L) / Posix.PageSize * Posix.PageSize);

    private static byte* Map(nuint size)
    {
        Libsodium.EnsureLoaded();
        byte* memory = Posix.Map(size);
        try
        {
            Posix.ExcludeFromDumps(memory, size);
        }
        catch
        {
            Posix.Unmap(memory, size);
            throw;
        }

        bool isLocked = Posix.TryLockMemory(memory, size);
        Interlocked.Add(ref isLocked ? ref locked : ref unlocked, (long)size);
        if (!isLocked)
            lock (Gate)
                NotLocked.Add((nint)memory);
        return memory;
    }

    private static void Unmap(byte* memory, nuint size)
    {
        bool wasLocked;
        lock (Gate)
            wasLocked = !NotLocked.Remove((nint)memory);
        Posix.Unmap(memory, size);
        Interlocked.Add(ref wasLocked ? ref locked : ref unlocked, -(long)size);
    }

    private static Stack<nint>[] CreateFreeLists()
    {
        var lists = new Stack<nint>[LargestShift + 1];
        for (int i = 0; i < lists.Length; i++)
            lists[i] = new Stack<nint>();
        return lists;
    }
}
