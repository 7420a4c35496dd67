using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Commits;

/// <summary>What a destroying commit knew of one destroyed key and the certificate will say: the draft row, written in the same transaction that removes the key.</summary>
/// <remarks>
/// Plaintext: <c>slot u32 · trigger u8 · flags u8 (1: the consent goes on) · minute u32 · created index i64 · epoch from i64 · epoch to i64 · purged lanes u32 · count u32 · SHA-256 of each ciphertext</c>.
/// Sealed under the ledger key; associated data: label ‖ vault id ‖ index of the <c>key removed</c> line i64.
/// </remarks>
internal sealed record DestructionFacts(
    uint Slot, DeletionTrigger Trigger, uint Minute, bool ConsentGoesOn, long CreatedIndex, long EpochFrom, long EpochTo, int Purged, IReadOnlyList<byte[]> Digests)
{
    private const int Fixed = 4 + 1 + 1 + 4 + 8 + 8 + 8 + 4 + 4;

    public byte[] Seal(LedgerKey key, ReadOnlySpan<byte> vaultId, long removedIndex)
    {
        var plain = new byte[Fixed + (32 * Digests.Count)];
        var w = new SpanWriter(plain);
        w.UInt32(Slot);
        w.Byte((byte)Trigger);
        w.Byte((byte)(ConsentGoesOn ? 1 : 0));
        w.UInt32(Minute);
        w.Int64(CreatedIndex);
        w.Int64(EpochFrom);
        w.Int64(EpochTo);
        w.UInt32((uint)Purged);
        w.UInt32((uint)Digests.Count);
        foreach (byte[] digest in Digests)
            w.Bytes(digest);
        var blob = new byte[plain.Length + Aead.Overhead];
        Aead.Seal(key.DangerousBytes, plain, AssociatedData(vaultId, removedIndex, stackalloc byte[40]), blob);
        return blob;
    }

    public static DestructionFacts Open(LedgerKey key, ReadOnlySpan<byte> vaultId, long removedIndex, ReadOnlySpan<byte> blob)
    {
        var plain = new byte[Math.Max(0, blob.Length - Aead.Overhead)];
        if (!Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, removedIndex, stackalloc byte[40]), plain))
            throw Error.StoreDamaged("a draft of a certificate");
        var r = new SpanReader(plain);
        uint slot = r.UInt32();
        var trigger = (DeletionTrigger)r.Byte();
        byte flags = r.Byte();
        uint minute = r.UInt32();
        long created = r.Int64(), from = r.Int64(), to = r.Int64();
        uint purged = r.UInt32(), count = r.UInt32();
        var digests = new byte[Math.Min(count, (uint)r.Remaining / 32)][];
        for (int i = 0; i < digests.Length; i++)
            digests[i] = r.Bytes(32).ToArray();
        return !r.Failed && flags <= 1 && trigger is >= DeletionTrigger.Withdrawn and <= DeletionTrigger.PurposeRetired && purged <= int.MaxValue && digests.Length == count && r.Remaining == 0
            ? new DestructionFacts(slot, trigger, minute, flags == 1, created, from, to, (int)purged, digests)
            : throw Error.StoreDamaged("a draft of a certificate");
    }

    private static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, long removedIndex, Span<byte> destination)
    {
        Labels.Draft.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], removedIndex);
        return destination;
    }
}
