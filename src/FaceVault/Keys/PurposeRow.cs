using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>A purpose definition at rest: its canonical JSON, with the models that it admits now where they have changed, sealed under the purpose's secret; associated data: label ‖ vault id ‖ version number u32 (little-endian).</summary>
/// <remarks>What stays of a retired purpose, whose secret is destroyed, stands in its place of version 0: <c>{"id":…,"retired":time}</c>, sealed under the ledger key with a label of its own.</remarks>
internal static class PurposeRow
{
    public static byte[] Seal(PurposeKey key, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> json) => Seal(key.DangerousBytes, Labels.Purpose, vaultId, version, json);

    public static byte[] Open(PurposeKey key, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> blob) => Open(key.DangerousBytes, Labels.Purpose, vaultId, version, blob);

    /// <summary>The key of a retired purpose's row.</summary>
    public static uint RetiredKey(ushort number) => (uint)number << 16;

    /// <summary>Whether a row is what stays of a retired purpose.</summary>
    public static bool IsRetired(long key) => (key & ushort.MaxValue) == 0;

    public static byte[] SealRetired(LedgerKey key, ReadOnlySpan<byte> vaultId, uint retiredKey, ReadOnlySpan<byte> json) =>
        Seal(key.DangerousBytes, Labels.RetiredPurpose, vaultId, retiredKey, json);

    public static byte[] OpenRetired(LedgerKey key, ReadOnlySpan<byte> vaultId, uint retiredKey, ReadOnlySpan<byte> blob) =>
        Open(key.DangerousBytes, Labels.RetiredPurpose, vaultId, retiredKey, blob);

    private static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> json)
    {
        var blob = new byte[json.Length + Aead.Overhead];
        Aead.Seal(key, json, AssociatedData(label, vaultId, version, stackalloc byte[36]), blob);
        return blob;
    }

    private static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> vaultId, uint version, ReadOnlySpan<byte> blob)
    {
        var json = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        return Aead.TryOpen(key, blob, AssociatedData(label, vaultId, version, stackalloc byte[36]), json) ? json : throw Error.StoreDamaged("a purpose definition");
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> label, ReadOnlySpan<byte> vaultId, uint version, Span<byte> destination)
    {
        label.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], version);
        return destination;
    }
}
