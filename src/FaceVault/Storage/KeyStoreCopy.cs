namespace FaceVault.Storage;

/// <summary>Reads all of a key store in one snapshot, in portions.</summary>
internal static class KeyStoreCopy
{
    private const int PortionBytes = 4 << 20;

    /// <summary>Hands every row over in portions of about 4 MiB. An enumeration of the crown stays open meanwhile, which keeps the reader in one read transaction.</summary>
    public static void Read(IKeyStoreReader source, Action<IReadOnlyList<KeyWrite>, StoreNumbers> write)
    {
        using IEnumerator<KeyValuePair<long, byte[]>> hold = source.Scan(KeyTable.Crown).GetEnumerator();
        hold.MoveNext();
        StoreNumbers numbers = source.ReadNumbers();
        var portion = new List<KeyWrite>();
        long bytes = 0;
        for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
        {
            foreach ((long key, byte[] blob) in source.Scan(table))
            {
                portion.Add(new KeyWrite(table, key, blob));
                bytes += blob.Length;
                if (bytes < PortionBytes)
                    continue;
                write(portion, numbers);
                portion = [];
                bytes = 0;
            }
        }
        write(portion, numbers);
    }
}
