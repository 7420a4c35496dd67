using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Ledger;

/// <summary>A certificate's body at rest: sealed under the ledger key; associated data: label ‖ vault id ‖ index of its <c>destruction completed</c> line i64 (little-endian).</summary>
internal static class CertificateRow
{
    public static byte[] Seal(LedgerKey key, ReadOnlySpan<byte> vaultId, long index, ReadOnlySpan<byte> body)
    {
        var blob = new byte[body.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, body, AssociatedData(vaultId, index, stackalloc byte[40]), blob);
        return blob;
    }

    public static byte[] Open(LedgerKey key, ReadOnlySpan<byte> vaultId, long index, ReadOnlySpan<byte> blob)
    {
        var body = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        return Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, index, stackalloc byte[40]), body) ? body : throw Error.StoreDamaged("a certificate");
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, long index, Span<byte> destination)
    {
        Labels.Certificate.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], index);
        return destination;
    }
}
