using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Storage;

namespace FaceVault.Ledger;

/// <summary>Up to 64 neighbouring ledger lines as one sealed row, keyed by the index of the first. A row holds the lines of one commit only.</summary>
/// <remarks>Plaintext: each line followed by LF. Sealed under the ledger key; associated data: label ‖ vault id ‖ first index i64 (little-endian).</remarks>
internal static class LedgerSegment
{
    public const int MostLines = 64;

    public static byte[] Seal(LedgerKey key, ReadOnlySpan<byte> vaultId, long first, ReadOnlySpan<byte> lines)
    {
        var blob = new byte[lines.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, lines, AssociatedData(vaultId, first, stackalloc byte[40]), blob);
        return blob;
    }

    /// <summary>The lines with their LFs.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>.</exception>
    public static byte[] Open(LedgerKey key, ReadOnlySpan<byte> vaultId, long first, ReadOnlySpan<byte> blob)
    {
        var lines = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        Open(key, vaultId, first, blob, lines);
        return lines;
    }

    /// <summary>The same into a buffer of the caller's, exactly as long as the lines.</summary>
    public static void Open(LedgerKey key, ReadOnlySpan<byte> vaultId, long first, ReadOnlySpan<byte> blob, Span<byte> lines)
    {
        if (!Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, first, stackalloc byte[40]), lines) || lines is not [.., (byte)'\n'])
            throw Error.StoreDamaged("a row of the ledger");
    }

    /// <summary>Every line from <paramref name="from"/> up to the size, in order.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/>, also when one is missing.</exception>
    public static IEnumerable<(long Index, ReadOnlyMemory<byte> Line)> Read(IKeyStoreReader reader, Func<long, byte[], ReadOnlyMemory<byte>> open, long from, long size)
    {
        long expected = from;
        long start = from < size ? reader.ReadAtOrBelow(KeyTable.Ledger, from)?.Key ?? from : size;
        foreach ((long first, byte[] blob) in reader.Scan(KeyTable.Ledger, start, size - 1))
        {
            ReadOnlyMemory<byte> rest = open(first, blob);
            for (long index = first; rest.Length > 0 && index < size; index++)
            {
                int end = rest.Span.IndexOf((byte)'\n');
                if (index >= from)
                {
                    if (index != expected++)
                        throw Error.StoreDamaged("the ledger, which lacks a line");
                    yield return (index, rest[..end]);
                }

                rest = rest[(end + 1)..];
            }
        }

        if (expected < size)
            throw Error.StoreDamaged("the ledger, which lacks its last lines");
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, long first, Span<byte> destination)
    {
        Labels.LedgerLines.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], first);
        return destination;
    }
}
