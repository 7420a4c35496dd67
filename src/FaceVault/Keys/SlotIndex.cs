using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceVault.Keys;

/// <summary>From tags to slots, in native memory: open addressing, 8 bytes a place, about 10 bytes a row. Answers candidates; the caller compares the whole tag in the page.</summary>
/// <remarks>A place is <c>fingerprint u32 ‖ slot u32</c>; the fingerprint (from the keyed tag) also chooses the place. Not thread-safe: written under the vault's write lock, read under its read lock.</remarks>
internal sealed unsafe class SlotIndex : IDisposable
{
    private const uint Removed = uint.MaxValue;

    private ulong* places;
    private long capacity;
    private long used;

    public SlotIndex(long expected = 0)
    {
        capacity = Math.Max(1024, expected + (expected / 4));
        places = Allocate(capacity);
    }

    ~SlotIndex() => NativeMemory.Free(places);

    /// <summary>Rows in the index.</summary>
    public long Count { get; private set; }

    /// <summary>Native memory taken, in bytes.</summary>
    public long Bytes => capacity * sizeof(ulong);

    public void Add(ReadOnlySpan<byte> tag, uint slot)
    {
        if ((used + 1) * 10 > capacity * 9)
            Rebuild(Count + (Count / 2) + 1024);
        Put(places, capacity, Fingerprint(tag), slot);
        used++;
        Count++;
    }

    public bool Remove(ReadOnlySpan<byte> tag, uint slot)
    {
        uint fingerprint = Fingerprint(tag);
        for (long i = Home(fingerprint, capacity); places[i] != 0; i = i + 1 == capacity ? 0 : i + 1)
        {
            if (places[i] != Place(fingerprint, slot))
                continue;
            places[i] = Place(fingerprint, Removed);
            Count--;
            return true;
        }

        return false;
    }

    /// <summary>Slots whose tag may be this one, in no order; usually none or the right ones.</summary>
    public List<uint> Find(ReadOnlySpan<byte> tag)
    {
        var found = new List<uint>(0);
        uint fingerprint = Fingerprint(tag);
        for (long i = Home(fingerprint, capacity); places[i] != 0; i = i + 1 == capacity ? 0 : i + 1)
        {
            if ((uint)(places[i] >> 32) == fingerprint && SlotOf(places[i]) != Removed)
                found.Add(SlotOf(places[i]));
        }

        return found;
    }

    public void Dispose()
    {
        NativeMemory.Free(places);
        places = null;
        GC.SuppressFinalize(this);
    }

    private static uint Fingerprint(ReadOnlySpan<byte> tag) => BinaryPrimitives.ReadUInt32LittleEndian(tag);

    private static uint SlotOf(ulong place) => (uint)(place & uint.MaxValue);

    private static ulong Place(uint fingerprint, uint slot) => ((ulong)fingerprint << 32) | slot;

    private static long Home(uint fingerprint, long capacity) => (long)(((ulong)fingerprint * (ulong)capacity) >> 32);

    private static void Put(ulong* places, long capacity, uint fingerprint, uint slot)
    {
        long i = Home(fingerprint, capacity);
        while (places[i] != 0)
            i = i + 1 == capacity ? 0 : i + 1;
        places[i] = Place(fingerprint, slot);
    }

    private static ulong* Allocate(long capacity) => (ulong*)NativeMemory.AllocZeroed((nuint)capacity, sizeof(ulong));

    private void Rebuild(long rows)
    {
        long newCapacity = Math.Max(1024, rows + (rows / 4));
        ulong* larger = Allocate(newCapacity);
        for (long i = 0; i < capacity; i++)
        {
            if (SlotOf(places[i]) is not 0 and not Removed)
                Put(larger, newCapacity, (uint)(places[i] >> 32), SlotOf(places[i]));
        }

        NativeMemory.Free(places);
        places = larger;
        capacity = newCapacity;
        used = Count;
    }
}
