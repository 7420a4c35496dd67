namespace FaceVault.Matching;

/// <summary>The templates of a gallery: blocks in native memory, grown by groups, and the barrier between those who read a block and those who change one.</summary>
/// <remarks>
/// Readers take the barrier for one block at a time and copy its factors before they read its values. An enrolment therefore need not wait for them: it fills a
/// lane whose factor is still NaN and writes the factor last. A removal waits for at most the block that each reader holds (new readers queue behind it)
/// and then has the memory to itself. Changes exclude each other. A removal gives its lanes the number of the change, which becomes visible as
/// <see cref="Change"/> once all its lanes are wiped: a search that began before drops what it found in such lanes.
/// </remarks>
internal sealed unsafe class GalleryStore : IDisposable
{
    private const long LargestGroup = 32L * 1024 * 1024;

    private readonly ReaderWriterLockSlim barrier = new(LockRecursionPolicy.NoRecursion);
    private readonly Lock mutation = new();
    private readonly List<GalleryMemory> groups = [];
    private readonly Stack<int> freeLanes = new();
    private readonly bool requireLock;
    private nint[] blocks = [];
    private int blockCount;
    private int lanes;
    private int count;
    private uint change;
    private uint earliestUseEnd = uint.MaxValue;
    private bool isLocked = true;
    private long lockedBytes;
    private long unlockedBytes;
    private bool disposed;

    public GalleryStore(BlockLayout layout, bool requireLock)
    {
        Layout = layout;
        this.requireLock = requireLock;
    }

    public BlockLayout Layout { get; }

    /// <summary>Templates that can be found.</summary>
    public int Count => Volatile.Read(ref count);

    public bool IsLocked => Volatile.Read(ref isLocked);

    /// <summary>Bytes that are locked in memory, and bytes that are not.</summary>
    public (long Locked, long Unlocked) Memory => (Interlocked.Read(ref lockedBytes), Interlocked.Read(ref unlockedBytes));

    /// <summary>The number of the last finished removal.</summary>
    public uint Change => Volatile.Read(ref change);

    /// <summary>Blocks in use.</summary>
    public int BlockCount => Volatile.Read(ref blockCount);

    /// <summary>Lets the caller read blocks until <see cref="ExitRead"/>; for a block's work at most.</summary>
    public void EnterRead() => barrier.EnterReadLock();

    public void ExitRead() => barrier.ExitReadLock();

    /// <summary>A block. Inside <see cref="EnterRead"/> only.</summary>
    public InterleavedBlock Block(int index)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(Gallery));
        return new InterleavedBlock(Layout, (byte*)Volatile.Read(ref blocks)[index]);
    }

    /// <summary>Whether a search that began at <paramref name="since"/> may still name what it found in a lane. Inside <see cref="EnterRead"/> only.</summary>
    public bool MayName(int lane, uint slot, uint since)
    {
        InterleavedBlock block = Block(lane / Layout.Lanes);
        int index = lane % Layout.Lanes;
        return block.Slots[index] == slot && block.Purged[index] <= since;
    }

    /// <summary>Enrols a template.</summary>
    /// <returns>False when the gallery is closed.</returns>
    public bool Add(uint slot, ushort ordinal, uint useEnds, ReadOnlySpan<byte> encoded)
    {
        lock (mutation)
        {
            if (disposed)
                return false;
            if (!freeLanes.TryPop(out int lane))
            {
                if (lanes == blocks.Length * Layout.Lanes)
                    Grow();
                lane = lanes++;
            }

            InterleavedBlock block = Block(lane / Layout.Lanes);
            block.Publish(lane % Layout.Lanes, block.Fill(lane % Layout.Lanes, slot, ordinal, useEnds, encoded));
            Volatile.Write(ref blockCount, Math.Max(blockCount, lane / Layout.Lanes + 1));
            count++;
            Volatile.Write(ref earliestUseEnd, Math.Min(earliestUseEnd, useEnds));
            return true;
        }
    }

    /// <summary>Wipes every template of these slots.</summary>
    /// <returns>How many templates were wiped; 0 when the gallery is closed, since that wiped them all.</returns>
    public int Remove(IReadOnlyCollection<uint> slots)
    {
        var wanted = new SlotSet(slots);
        int purged = 0;
        lock (mutation)
        {
            if (disposed)
                return 0;
            uint next = change + 1;
            for (int block = 0; block < blockCount; block++)
                purged += PurgeBlock(block, wanted, next);
            Volatile.Write(ref change, next);
        }

        return purged;
    }

    /// <summary>Sets until when the templates of a slot may be used.</summary>
    public void SetUseEnds(uint slot, uint unixMinutes)
    {
        var wanted = new SlotSet([slot]);
        lock (mutation)
        {
            if (disposed)
                return;
            for (int block = 0; block < blockCount; block++)
            {
                uint* ends = Block(block).UseEnds;
                for (int lane = wanted.Next(Slots(block), 0); lane >= 0; lane = wanted.Next(Slots(block), lane + 1))
                    ends[lane] = unixMinutes;
            }

            Volatile.Write(ref earliestUseEnd, Math.Min(earliestUseEnd, unixMinutes));
        }
    }

    /// <summary>Masks the lanes whose use has ended. Costs one comparison while none has.</summary>
    public void MaskEnded(uint nowMinutes)
    {
        if (nowMinutes < Volatile.Read(ref earliestUseEnd))
            return;
        lock (mutation)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(Gallery));
            uint earliest = uint.MaxValue;
            for (int index = 0; index < blockCount; index++)
            {
                InterleavedBlock block = Block(index);
                for (int lane = 0; lane < Layout.Lanes; lane++)
                {
                    if (block.Slots[lane] == 0 || float.IsNaN(block.Factors[lane]))
                        continue;
                    if (block.UseEnds[lane] > nowMinutes)
                    {
                        earliest = Math.Min(earliest, block.UseEnds[lane]);
                        continue;
                    }

                    Volatile.Write(ref block.Factors[lane], float.NaN);
                    count--;
                }
            }

            Volatile.Write(ref earliestUseEnd, earliest);
        }
    }

    /// <summary>Wipes everything. The owner has seen to it that no search runs.</summary>
    public void Dispose()
    {
        lock (mutation)
        {
            if (disposed)
                return;
            barrier.EnterWriteLock();
            disposed = true;
            foreach (GalleryMemory group in groups)
                group.Dispose();
            blocks = [];
            blockCount = 0;
            count = 0;
            Interlocked.Exchange(ref lockedBytes, 0);
            Interlocked.Exchange(ref unlockedBytes, 0);
            barrier.ExitWriteLock();
        }
    }

    private int PurgeBlock(int index, SlotSet wanted, uint number)
    {
        int lane = wanted.Next(Slots(index), 0);
        if (lane < 0)
            return 0;
        InterleavedBlock block = Block(index);
        int purged = 0;
        barrier.EnterWriteLock();
        try
        {
            for (; lane >= 0; lane = wanted.Next(Slots(index), lane + 1))
            {
                if (!float.IsNaN(block.Factors[lane]))
                    count--;
                block.Purge(lane, number);
                freeLanes.Push(index * Layout.Lanes + lane);
                purged++;
            }
        }
        finally
        {
            barrier.ExitWriteLock();
        }

        return purged;
    }

    private ReadOnlySpan<uint> Slots(int block) => new(Block(block).Slots, Layout.Lanes);

    private void Grow()
    {
        long size = Math.Clamp((long)blocks.Length * Layout.BlockBytes, Layout.BlockBytes, Math.Max(LargestGroup, Layout.BlockBytes));
        int added = (int)(size / Layout.BlockBytes);
        var group = new GalleryMemory((long)added * Layout.BlockBytes, requireLock);
        groups.Add(group);
        var grown = new nint[blocks.Length + added];
        blocks.CopyTo(grown, 0);
        for (int i = 0; i < added; i++)
        {
            byte* start = group.Start + (long)i * Layout.BlockBytes;
            new InterleavedBlock(Layout, start).Initialize();
            grown[blocks.Length + i] = (nint)start;
        }

        isLocked &= group.IsLocked;
        Interlocked.Add(ref group.IsLocked ? ref lockedBytes : ref unlockedBytes, group.Size);
        Volatile.Write(ref blocks, grown);
    }
}
