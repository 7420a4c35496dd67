using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>One thread's consistent view of memory and store. While it lives no commit becomes visible; keep it short, and dispose it on the same thread.</summary>
internal sealed class ReadScope : IDisposable
{
    private readonly ReaderWriterLockSlim gate;
    private readonly ReaderPool<IKeyStoreReader>.Rented rented;
    private readonly StoreSnapshot? snapshot;
    private TreeCursor? cursor;

    /// <summary>A view beside another process's writer: the snapshot keeps the store as the crown knows it. Takes over the snapshot and the write lock that the caller has entered.</summary>
    public ReadScope(ReaderWriterLockSlim gate, VaultState state, StoreSnapshot snapshot)
    {
        this.gate = gate;
        this.snapshot = snapshot;
        State = state;
        Store = snapshot.Reader;
    }

    /// <summary>Takes over the read lock that the caller has entered.</summary>
    public ReadScope(ReaderWriterLockSlim gate, ReaderPool<IKeyStoreReader> pool, VaultState state)
    {
        this.gate = gate;
        State = state;
        rented = pool.Rent();
        Store = rented.Reader;
    }

    public VaultState State { get; }

    public Crown Crown => State.Crown;

    public IKeyStoreReader Store { get; }

    public TreeCursor Tree => cursor ??= new TreeCursor(Store, Crown);

    /// <summary>The slot of a consent, or 0.</summary>
    public uint FindConsent(ReadOnlySpan<byte> identifier)
    {
        Span<byte> tag = stackalloc byte[Tags.Size];
        Tags.Consent(Crown.TagKey, identifier, tag);
        foreach (uint slot in State.Consents.Find(tag))
            if (Tree.TryGet(slot, out KeyEntry entry) && entry.ConsentTag.SequenceEqual(tag))
                return slot;
        return 0;
    }

    /// <summary>The slots of a subject, ascending.</summary>
    public List<uint> FindSubject(ReadOnlySpan<byte> identifier)
    {
        Span<byte> tag = stackalloc byte[Tags.Size];
        Tags.Subject(Crown.TagKey, identifier, tag);
        var found = new List<uint>();
        foreach (uint slot in State.Subjects.Find(tag).Order())
            if (Tree.TryGet(slot, out KeyEntry entry) && entry.SubjectTag.SequenceEqual(tag))
                found.Add(slot);
        return found;
    }

    public void Dispose()
    {
        cursor?.Dispose();
        if (snapshot is not null)
        {
            snapshot.Dispose();
            gate.ExitWriteLock();
            return;
        }

        rented.Dispose();
        gate.ExitReadLock();
    }
}

/// <summary>A reader with a read transaction open, so that all it reads is of the crown it begins with. Keep it short: it blocks the writer's checkpoint.</summary>
internal sealed class StoreSnapshot : IDisposable
{
    private readonly IEnumerator<KeyValuePair<long, byte[]>> crown;

    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreMissing"/>, also when there is no crown.</exception>
    public StoreSnapshot(IKeyStoreLocation location)
    {
        Reader = location.OpenReader();
        crown = Reader.Scan(KeyTable.Crown, 0, 0).GetEnumerator();
        try
        {
            SealedCrown = crown.MoveNext() ? crown.Current.Value : throw Error.StoreMissing(StoreNoun.KeyStore);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IKeyStoreReader Reader { get; }

    public byte[] SealedCrown { get; }

    public void Dispose()
    {
        crown.Dispose();
        Reader.Dispose();
    }
}
