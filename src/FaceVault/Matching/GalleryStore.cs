namespace FaceVault.Matching;

/// <summary>The templates of a gallery, open or sealed (<see cref="TemplateBody"/>): blocks in native memory, grown by groups, and the barrier between those who read a block and those who change one.</summary>
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
    private long enrolled;
    private uint earliestUseEnd = uint.MaxValue;
    private uint maskedAt;
    private int growing;
    private bool isLocked = true;
    private long lockedBytes;
    private long unlockedBytes;
    private bool isDamaged;
    private bool disposed;

    public GalleryStore(BlockLayout layout, bool requireLock)
    {
        Layout = layout;
        Body = TemplateBody.Create(layout);
        this.requireLock = requireLock;
    }

    public BlockLayout Layout { get; }

    /// <summary>How the templates stand in the blocks.</summary>
    public TemplateBody Body { get; }

    /// <summary>Templates that can be found.</summary>
    public int Count => Volatile.Read(ref count);

    public bool IsLocked => Volatile.Read(ref isLocked);

    /// <summary>Whether a reader came upon a template that is not what was put there.</summary>
    public bool IsDamaged => Volatile.Read(ref isDamaged);

    /// <summary>Bytes that are locked in memory, and bytes that are not.</summary>
    public (long Locked, long Unlocked) Memory => (Interlocked.Read(ref lockedBytes), Interlocked.Read(ref unlockedBytes));

    /// <summary>The number of the last finished removal.</summary>
    public uint Change => Volatile.Read(ref change);

    /// <summary>How many templates were ever enrolled.</summary>
    public long Added => Volatile.Read(ref enrolled);

    /// <summary>Blocks in use.</summary>
    public int BlockCount => Volatile.Read(ref blockCount);

    /// <summary>Lets the caller read blocks until <see cref="ExitRead"/>; for a block's work at most.</summary>
    public void EnterRead() => barrier.EnterReadLock();

    public void ExitRead() => barrier.ExitReadLock();

    /// <summary>A block as it lies here, without panels: those are to be had from a <see cref="BlockReader"/>. Inside <see cref="EnterRead"/> only.</summary>
    public InterleavedBlock Block(int index)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(Gallery));
        return new InterleavedBlock(Layout, (byte*)Volatile.Read(ref blocks)[index], null);
    }

    /// <summary>What a <see cref="BlockReader"/> opens templates into, counted like the templates' own memory; null where it needs nothing. The reader disposes it.</summary>
    public GalleryMemory? AllocateScratch() => Body.ScratchSize == 0 ? null : Allocate(Body.ScratchSize);

    public void NoteDamage() => Volatile.Write(ref isDamaged, true);

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
        fixed (byte* first = encoded)
            return Add([new LaneName(slot, ordinal, useEnds)], first, encoded.Length);
    }

    /// <summary>Enrols templates. Several threads may do so at once: values are written beside each other, names and factors one after the other.</summary>
    /// <param name="names">Whose templates they are.</param>
    /// <param name="encoded">The first encoded template; zero from its end to that of the panel's last row.</param>
    /// <param name="stride">Bytes from one encoded template to the next.</param>
    /// <returns>False when the gallery is closed.</returns>
    public bool Add(ReadOnlySpan<LaneName> names, byte* encoded, nint stride)
    {
        Span<float> factors = stackalloc float[BlockLayout.MostLanesPerPanel];
        byte* values = encoded + (Layout.EncodedSize - Layout.ValuesSize);
        while (!names.IsEmpty)
        {
            int taken = TakeLanes(names.Length, out int lane);
            if (taken == 0)
                return false;
            for (int i = 0; i < taken; i++)
                factors[i] = Layout.IsInt8 ? IntegerLength.Reciprocal(new ReadOnlySpan<byte>(values + i * stride, Layout.ValuesSize)) : 1f;
            barrier.EnterReadLock(); // closing waits; a removal sees nothing in these lanes yet
            try
            {
                if (disposed)
                    return false;
                Body.Write(Block(lane / Layout.Lanes), lane % Layout.Lanes, names[..taken], values, stride);
            }
            finally
            {
                barrier.ExitReadLock();
            }

            if (!Publish(lane, names[..taken], factors))
                return false;
            names = names[taken..];
            values += taken * stride;
        }

        return true;
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

    /// <summary>Masks the lanes whose use has ended, and those that are filled from now on and have ended by now. Costs two comparisons while none has.</summary>
    public void MaskEnded(uint nowMinutes)
    {
        for (uint before = Volatile.Read(ref maskedAt); before < nowMinutes; before = Volatile.Read(ref maskedAt))
            _ = Interlocked.CompareExchange(ref maskedAt, nowMinutes, before);
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
                Body.Wipe(block, lane);
                block.Forget(lane, number);
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

    /// <summary>Gives the caller lanes of one panel that lie side by side, masked until they are published.</summary>
    /// <returns>How many, at most as wanted; 0 when the gallery is closed.</returns>
    private int TakeLanes(int wanted, out int lane)
    {
        while (true)
        {
            lock (mutation)
            {
                lane = 0;
                if (disposed)
                    return 0;
                if (freeLanes.TryPop(out lane))
                    return 1;
                if (lanes < blocks.Length * Layout.Lanes)
                {
                    int taken = Math.Min(wanted, Layout.LanesPerPanel - lanes % Layout.LanesPerPanel);
                    lane = lanes;
                    lanes += taken;
                    return taken;
                }
            }

            Grow();
        }
    }

    private bool Publish(int lane, ReadOnlySpan<LaneName> names, ReadOnlySpan<float> factors)
    {
        lock (mutation)
        {
            if (disposed)
                return false;
            InterleavedBlock block = Block(lane / Layout.Lanes);
            uint earliest = earliestUseEnd;
            foreach (LaneName name in names)
                earliest = Math.Min(earliest, name.UseEnds);
            Interlocked.Exchange(ref earliestUseEnd, earliest); // before the look: a search that begins now sees the one or is seen by the other
            uint ended = Volatile.Read(ref maskedAt);
            for (int i = 0; i < names.Length; i++)
            {
                bool hasEnded = names[i].UseEnds <= ended;
                block.Publish(lane % Layout.Lanes + i, names[i], hasEnded ? float.NaN : factors[i]);
                count += hasEnded ? 0 : 1;
            }

            Volatile.Write(ref enrolled, enrolled + names.Length);
            Volatile.Write(ref blockCount, Math.Max(blockCount, lane / Layout.Lanes + 1));
            return true;
        }
    }

    private ReadOnlySpan<uint> Slots(int block) => new(Block(block).Slots, Layout.Lanes);

    /// <summary>Adds a group of blocks. Its pages are made outside the lock, since clearing them takes longer than filling them: whoever finds no lane meanwhile makes a smaller group of its own.</summary>
    private void Grow()
    {
        int added;
        lock (mutation)
        {
            long size = Math.Clamp((long)blocks.Length * Layout.BlockBytes, Layout.BlockBytes, Math.Max(LargestGroup, Layout.BlockBytes)) >> growing;
            added = (int)Math.Max(1, size / Layout.BlockBytes);
            growing++;
        }

        GalleryMemory? group = null;
        try
        {
            group = Allocate((long)added * Layout.BlockBytes);
            for (int i = 0; i < added; i++)
            {
                byte* start = group.Start + (long)i * Layout.BlockBytes;
                Body.Initialize(start);
                new InterleavedBlock(Layout, start, null).Initialize();
            }
        }
        finally
        {
            lock (mutation)
            {
                growing--;
                if (disposed)
                    group?.Dispose();
                else if (group is not null)
                    Append(group, added);
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void Append(GalleryMemory group, int added)
    {
        groups.Add(group);
        var grown = new nint[blocks.Length + added];
        blocks.CopyTo(grown, 0);
        for (int i = 0; i < added; i++)
            grown[blocks.Length + i] = (nint)(group.Start + (long)i * Layout.BlockBytes);
        Volatile.Write(ref blocks, grown);
    }

    private GalleryMemory Allocate(long size)
    {
        var memory = new GalleryMemory(size, requireLock);
        if (!memory.IsLocked)
            Volatile.Write(ref isLocked, false);
        Interlocked.Add(ref memory.IsLocked ? ref lockedBytes : ref unlockedBytes, memory.Size);
        return memory;
    }
}
