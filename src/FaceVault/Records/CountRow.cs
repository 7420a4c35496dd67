using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Records;

/// <summary>Rows of counts in the table of purposes, behind all definitions: key 2³² + day · 65,536 + purpose number. Sealed under the ledger key, which lives as long as the vault: a purpose's own secret dies with the purpose, and its records are kept for years more.
/// Associated data: label ‖ vault id ‖ key i64 (little-endian).</summary>
/// <remarks>The row of day 0 and purpose 0 is the mark: from which day on and from which ledger line on everything was counted.</remarks>
internal static class CountRow
{
    public const KeyTable Table = KeyTable.Purpose;

    /// <summary>The key of the mark.</summary>
    public const long MarkKey = 1L << 32;

    private const long End = 1L << 33;

    /// <summary>Whether a row of the table is one of these.</summary>
    public static bool Is(long key) => key is >= MarkKey and < End;

    public static long KeyOf(int day, ushort purpose) => MarkKey | ((long)day << 16) | purpose;

    public static int DayOf(long key) => (int)((key - MarkKey) >> 16);

    public static ushort PurposeOf(long key) => (ushort)(key & ushort.MaxValue);

    public static byte[] Seal(LedgerKey key, ReadOnlySpan<byte> vaultId, long row, ReadOnlySpan<byte> plain)
    {
        var blob = new byte[plain.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, plain, AssociatedData(vaultId, row, stackalloc byte[40]), blob);
        return blob;
    }

    /// <summary>Null when the row is missing or was not sealed as this one.</summary>
    public static byte[]? TryOpen(LedgerKey key, ReadOnlySpan<byte> vaultId, long row, ReadOnlySpan<byte> blob)
    {
        if (blob.Length is < Aead.Overhead or > DayCounts.MaxBytes + Aead.Overhead)
            return null;
        var plain = new byte[blob.Length - Aead.Overhead];
        return Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, row, stackalloc byte[40]), plain) ? plain : null;
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, long row, Span<byte> destination)
    {
        Labels.Counts.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], row);
        return destination;
    }
}
