using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Records;

/// <summary>Rows of counts in the table of purposes, behind all definitions: key 2³² + day · 65,536 + purpose number. Sealed under the ledger key, which lives as long as the vault: a purpose's own secret dies with the purpose, and its records are kept for years more.
/// Associated data: label ‖ vault id ‖ key i64 (little-endian).</summary>
internal static class CountRow
{
    public const KeyTable Table = KeyTable.Purpose;

    /// <summary>No row has this key or a smaller one.</summary>
    public const long Before = 1L << 32;

    /// <summary>No row has this key or a greater one.</summary>
    public const long End = 1L << 33;

    /// <summary>Whether a row of the table is one of these.</summary>
    public static bool Is(long key) => key is >= Before and < End;

    public static long KeyOf(int day, ushort purpose) => Before | ((long)day << 16) | purpose;

    public static int DayOf(long key) => (int)((key - Before) >> 16);

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

    /// <summary>Puts a row, as it is stored, into the crown's sum, or takes it out: it is the same.</summary>
    public static void Toggle(LedgerKey key, ReadOnlySpan<byte> vaultId, long row, ReadOnlySpan<byte> blob, Span<byte> sum)
    {
        byte[] input = new byte[40 + blob.Length];
        Labels.CountSum.CopyTo(input);
        vaultId.CopyTo(input.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(input.AsSpan(32), row);
        blob.CopyTo(input.AsSpan(40));
        Span<byte> hash = stackalloc byte[32];
        Blake2b.Hash(key.DangerousBytes, input, hash);
        for (int i = 0; i < hash.Length; i++)
            sum[i] ^= hash[i];
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, long row, Span<byte> destination)
    {
        Labels.Counts.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], row);
        return destination;
    }
}
