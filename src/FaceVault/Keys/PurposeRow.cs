using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>A purpose definition at rest: its canonical JSON sealed under the purpose's secret; associated data: label ‖ vault id ‖ version number u32 (little-endian).</summary>
internal static class PurposeRow
{
    public static byte[] Seal(PurposeKey key, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> json)
    {
        var blob = new byte[json.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, json, AssociatedData(vaultId, version, stackalloc byte[36]), blob);
        return blob;
    }

    public static byte[] Open(PurposeKey key, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> blob)
    {
        var json = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        return Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, version, stackalloc byte[36]), json) ? json : throw Error.StoreDamaged("a purpose definition");
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, uint version, Span<byte> destination)
    {
        Labels.Purpose.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], version);
        return destination;
    }
}
