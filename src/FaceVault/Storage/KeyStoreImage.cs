namespace FaceVault.Storage;

/// <summary>Everything an in-memory key store holds at one moment: what a copy of the disk would show. Immutable.</summary>
internal sealed class KeyStoreImage
{
    private const int TableCount = (int)KeyTable.Certificate + 1;

    private readonly RowTable[] tables;
    private readonly byte[] placeId;

    public KeyStoreImage(ReadOnlySpan<byte> placeId)
        : this(Enumerable.Repeat(RowTable.Empty, TableCount).ToArray(), default, placeId.ToArray()) { }

    private KeyStoreImage(RowTable[] tables, StoreNumbers numbers, byte[] placeId)
    {
        this.tables = tables;
        this.placeId = placeId;
        Numbers = numbers;
    }

    public StoreNumbers Numbers { get; }

    public ReadOnlySpan<byte> PlaceId => placeId;

    public RowTable this[KeyTable table]
    {
        get
        {
            KeyWrites.CheckTable(table);
            return tables[(int)table];
        }
    }

    /// <summary>Every sealed blob of this copy, with its place.</summary>
    public IEnumerable<(KeyTable Table, long Key, byte[] Blob)> Blobs()
    {
        for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
        {
            foreach ((long key, byte[] blob) in tables[(int)table].Range(0, long.MaxValue))
                yield return (table, key, blob);
        }
    }

    public bool CrownIs(ReadOnlySpan<byte> expected) => expected.SequenceEqual(tables[(int)KeyTable.Crown].Find(KeyWrites.CrownKey));

    public KeyStoreImage With(IReadOnlyList<KeyWrite> writes, StoreNumbers numbers)
    {
        var builders = new RowTable.Builder?[TableCount];
        foreach (KeyWrite write in writes)
        {
            RowTable.Builder builder = builders[(int)write.Table] ??= tables[(int)write.Table].Change();
            if (write.Blob.IsEmpty)
                builder.Remove(write.Key);
            else
                builder.Set(write.Key, write.Blob.ToArray());
        }
        return new([.. tables.Select((table, i) => builders[i]?.ToTable() ?? table)], numbers, placeId);
    }

    public KeyStoreImage At(ReadOnlySpan<byte> place) => new(tables, Numbers, place.ToArray());
}
