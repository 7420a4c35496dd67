using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>How an injected failure treats the write it meets.</summary>
internal enum RootFault
{
    /// <summary>No failure.</summary>
    None = 0,

    /// <summary>Nothing of it reaches the medium.</summary>
    Refused,

    /// <summary>The first half of it reaches the medium for good. A flush that meets it does nothing.</summary>
    Torn,

    /// <summary>The whole of it reaches the medium, only the answer is an error.</summary>
    AnswerLost,
}

/// <summary>A root location's medium in native memory, for tests: it survives the store objects that use it, as a disk does, and fails on demand. It knows what was flushed and what was only cached.</summary>
internal sealed class InMemoryRootMedium : IRootFile, IDisposable
{
    private readonly List<(long Offset, int Length)> unflushed = [];
    private SecretBuffer? cached;
    private SecretBuffer? durable;
    private RootFault fault;
    private int operationsUntilFault;
    private bool faultLasts;

    /// <summary>Whether anything was ever created here.</summary>
    public bool Exists => durable is not null;

    /// <summary>True: as if unplugged. Every use fails, nothing changes.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>Bytes that cannot be read until they are written again, as a bad block; empty: none.</summary>
    public Range BadBlock { get; set; }

    /// <summary>Writes so far, failed ones included.</summary>
    public int Writes { get; private set; }

    /// <summary>Flushes so far, failed ones included.</summary>
    public int Flushes { get; private set; }

    /// <summary>Writes and flushes so far: what <see cref="FailAt"/> counts.</summary>
    public int Operations => Writes + Flushes;

    /// <summary>Which location object has the lock.</summary>
    internal object? LockHolder { get; set; }

    public long Length
    {
        get
        {
            Reach();
            return cached!.Length;
        }
    }

    /// <summary>Lets the <paramref name="operation"/>-th write or flush from now (1 = the next) fail, and every later one too when <paramref name="lasts"/>.</summary>
    public void FailAt(int operation, RootFault kind, bool lasts = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(operation, 1);
        operationsUntilFault = operation;
        fault = kind;
        faultLasts = lasts;
    }

    /// <summary>The machine starts again: what was not flushed is gone, the lock is free, no failure is pending.</summary>
    public void Restart()
    {
        fault = RootFault.None;
        LockHolder = null;
        unflushed.Clear();
        if (durable is null)
            return;
        durable.DangerousBytes.CopyTo(cached!.DangerousBytes);
    }

    /// <summary>The process dies, the machine does not: what was written stays, the lock is free, no failure is pending.</summary>
    public void KillProcess()
    {
        fault = RootFault.None;
        LockHolder = null;
    }

    /// <summary>A copy of what is durable, as a thief or a backup would have it; null when nothing exists. Can be restored here or elsewhere.</summary>
    public SecretBuffer? Snapshot()
    {
        if (durable is null)
            return null;
        var copy = new SecretBuffer(durable.Length);
        durable.DangerousBytes.CopyTo(copy.DangerousBytes);
        return copy;
    }

    /// <summary>What is durable, as a thief of the medium reads it.</summary>
    public byte[] Durable() => durable!.DangerousBytes.ToArray();

    /// <summary>What a thief reads on the running machine: written bytes that were not flushed too.</summary>
    public byte[] Cached() => cached!.DangerousBytes.ToArray();

    /// <summary>Puts a snapshot back, as an operator who restores an image.</summary>
    public void Restore(SecretBuffer? snapshot)
    {
        Clear();
        if (snapshot is null)
            return;
        Make(snapshot.Length);
        snapshot.DangerousBytes.CopyTo(cached!.DangerousBytes);
        snapshot.DangerousBytes.CopyTo(durable!.DangerousBytes);
    }

    /// <summary>The bytes that are durable, to be looked at or damaged by a test: a change is seen by the next read.</summary>
    public void Tamper(Action<byte[]> change)
    {
        byte[] bytes = durable!.DangerousBytes.ToArray();
        change(bytes);
        bytes.CopyTo(durable.DangerousBytes);
        bytes.CopyTo(cached!.DangerousBytes);
    }

    public void Read(long offset, Span<byte> destination)
    {
        Reach();
        if (offset + destination.Length > cached!.Length)
            throw new EndOfStreamException("The medium is shorter than asked for.");
        if (Meets(offset, destination.Length))
            throw new IOException("A bad block.");
        cached.DangerousBytes.Slice((int)offset, destination.Length).CopyTo(destination);
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Reach();
        Writes++;
        RootFault now = NextFault();
        if (now is not RootFault.Refused)
        {
            int length = now is RootFault.Torn ? source.Length / 2 : source.Length;
            source[..length].CopyTo(cached!.DangerousBytes[(int)offset..]);
            unflushed.Add(((int)offset, length));
            if (Meets(offset, length))
                BadBlock = default;
        }

        if (now is RootFault.None)
            return;
        if (now is RootFault.Torn or RootFault.AnswerLost)
            Persist();
        throw new IOException("Injected failure of a write.");
    }

    public void Flush()
    {
        Reach();
        Flushes++;
        RootFault now = NextFault();
        if (now is RootFault.None or RootFault.AnswerLost)
            Persist();
        if (now is RootFault.None)
            return;
        // As Linux does: after a failed fsync the pages count as clean, and a read past the cache sees the old bytes.
        foreach ((long offset, int length) in unflushed)
            durable!.DangerousBytes.Slice((int)offset, length).CopyTo(cached!.DangerousBytes[(int)offset..]);
        unflushed.Clear();
        throw new IOException("Injected failure of a flush.");
    }

    public void Dispose() => Clear();

    /// <summary>Makes room, all zeros; what a file that was just made is after its first write.</summary>
    internal void Make(int length)
    {
        cached = new SecretBuffer(length);
        durable = new SecretBuffer(length);
    }

    private void Reach()
    {
        if (IsUnreachable || durable is null)
            throw new IOException("The medium cannot be reached.");
    }

    private bool Meets(long offset, int length) => offset < BadBlock.End.Value && BadBlock.Start.Value < offset + length;

    private RootFault NextFault()
    {
        if (fault is RootFault.None || --operationsUntilFault > 0)
            return RootFault.None;
        RootFault now = fault;
        fault = faultLasts ? RootFault.Refused : RootFault.None;
        return now;
    }

    private void Persist()
    {
        foreach ((long offset, int length) in unflushed)
            cached!.DangerousBytes.Slice((int)offset, length).CopyTo(durable!.DangerousBytes[(int)offset..]);
        unflushed.Clear();
    }

    private void Clear()
    {
        unflushed.Clear();
        cached?.Dispose();
        durable?.Dispose();
        cached = durable = null;
    }
}
