using FaceVault.Storage;

namespace FaceVault.Tests.Storage;

internal static class StoreAssert
{
    public static VaultException Fails(VaultErrorCode code, Action act)
    {
        var failure = Assert.Throws<VaultException>(act);
        Assert.Equal(code, failure.Code);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    public static byte[] Blob(int seed, int length = 600)
    {
        var blob = new byte[length];
        new Random(seed).NextBytes(blob);
        return blob;
    }

    public static KeyWrite Crown(byte[] blob) => new(KeyTable.Crown, 0, blob);

    public static IEnumerable<(KeyTable, long, string)> Rows(IKeyStoreReader reader)
    {
        for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
        {
            foreach ((long key, byte[] blob) in reader.Scan(table))
                yield return (table, key, Convert.ToHexString(blob));
        }
    }

    public static List<(uint Slot, ushort Ordinal, string Blob)> Rows(ITemplateReader reader, uint from = 0, uint to = uint.MaxValue)
    {
        var rows = new List<(uint, ushort, string)>();
        reader.Scan(from, to, (slot, ordinal, blob) =>
        {
            rows.Add((slot, ordinal, Convert.ToHexString(blob)));
            return true;
        });
        return rows;
    }
}
