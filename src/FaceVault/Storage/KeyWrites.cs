namespace FaceVault.Storage;

/// <summary>The argument checks that every key store shares.</summary>
internal static class KeyWrites
{
    public const int PlaceIdSize = 16;

    /// <summary>The crown is the row 0 of its table.</summary>
    public const long CrownKey = 0;

    public static void CheckTable(KeyTable table)
    {
        if (table is < KeyTable.Crown or > KeyTable.Certificate)
            throw new ArgumentOutOfRangeException(nameof(table), table, "Not a table of a key store.");
    }

    public static void CheckPlaceId(ReadOnlySpan<byte> placeId)
    {
        if (placeId.Length != PlaceIdSize)
            throw new ArgumentException("A place id has 16 bytes.", nameof(placeId));
    }

    public static void Check(IReadOnlyList<KeyWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        foreach (KeyWrite write in writes)
        {
            if (write.Table is < KeyTable.Crown or > KeyTable.Certificate)
                throw new ArgumentException("A write names no table.", nameof(writes));
            if (write.Key < 0 || (write.Table == KeyTable.Crown && write.Key != CrownKey))
                throw new ArgumentException("A write's key is out of range: 0 or more, and 0 for the crown.", nameof(writes));
        }
    }
}
