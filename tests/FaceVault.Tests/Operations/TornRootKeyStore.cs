namespace FaceVault.Tests.Operations;

/// <summary>A root key store whose next reads find no record: what a reader sees that read one area before, and the other after a replacement.</summary>
internal sealed class TornRootKeyStore : IRootKeyStore
{
    private readonly IRootKeyStore inner;
    private int reads;

    public TornRootKeyStore(IRootKeyStore inner)
    {
        this.inner = inner;
        Locations = [.. inner.Locations.Select(l => new TornLocation(this, l))];
    }

    /// <summary>How many reads of a location are torn from now on.</summary>
    public int Reads { get => Volatile.Read(ref reads); set => Volatile.Write(ref reads, value); }

    public IReadOnlyList<IRootLocation> Locations { get; }

    public void CheckPlacement(string vaultDirectory, bool creating) => inner.CheckPlacement(vaultDirectory, creating);

    public void Dispose() => inner.Dispose();

    private bool IsTorn()
    {
        if (Interlocked.Decrement(ref reads) >= 0)
            return true;
        Interlocked.Increment(ref reads);
        return false;
    }

    private sealed class TornLocation(TornRootKeyStore store, IRootLocation inner) : IRootLocation
    {
        public string Medium => inner.Medium;

        public string DestructionMethod => inner.DestructionMethod;

        public string Description => inner.Description;

        public bool TryLock() => inner.TryLock();

        public int? ReadLockHolder() => inner.ReadLockHolder();

        public void Create(RootRecord record) => inner.Create(record);

        public RootReading Read() => store.IsTorn() ? RootReading.Damaged : inner.Read();

        public void Stage(RootRecord record) => inner.Stage(record);

        public void Promote(ulong keyId) => inner.Promote(keyId);

        public void Discard(ulong survivingKeyId) => inner.Discard(survivingKeyId);

        public void RecordHead(RootHead head) => inner.RecordHead(head);

        public void Dispose() => inner.Dispose();
    }
}
