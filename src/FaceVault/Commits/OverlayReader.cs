using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>A store as it would be after a write set: lets the pages of a commit be opened before it happens.</summary>
internal sealed class OverlayReader : IKeyStoreReader
{
    private readonly IKeyStoreReader below;
    private readonly Dictionary<(KeyTable Table, long Key), ReadOnlyMemory<byte>> above = [];

    public OverlayReader(IKeyStoreReader below, IEnumerable<KeyWrite> writes)
    {
        this.below = below;
        foreach (KeyWrite write in writes)
            above[(write.Table, write.Key)] = write.Blob;
    }

    public byte[]? Read(KeyTable table, long key) =>
        above.TryGetValue((table, key), out ReadOnlyMemory<byte> blob) ? (blob.IsEmpty ? null : blob.ToArray()) : below.Read(table, key);

    public IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue) => throw new NotSupportedException();

    public KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key) => throw new NotSupportedException();

    public StoreNumbers ReadNumbers() => below.ReadNumbers();

    public void Dispose()
    {
    }
}
