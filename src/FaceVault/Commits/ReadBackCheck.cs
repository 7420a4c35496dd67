using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Step 3b: whether a store says what it must, over a new read-only connection and after the checkpoint.</summary>
internal static class ReadBackCheck
{
    /// <summary>Whether the stored crown opens with a root key, every row of a write set is there, byte for byte, and no slot of those that are gone has a template key.</summary>
    /// <param name="reader">The new connection.</param>
    /// <param name="key">The root key.</param>
    /// <param name="vaultId">The vault.</param>
    /// <param name="writes">What the commit wrote; empty at a later open, when nobody knows it any more.</param>
    /// <param name="gone">Slots without a template key; their pages must open.</param>
    public static bool Passes(IKeyStoreReader reader, Cryptography.RootKey key, ReadOnlySpan<byte> vaultId, IReadOnlyList<KeyWrite> writes, IReadOnlyCollection<uint> gone)
    {
        if (reader.Read(KeyTable.Crown, 0) is not { } blob || CrownCodec.TryOpen(blob, key, vaultId) is not { } crown)
            return false;
        using (crown)
        {
            foreach (KeyWrite write in writes)
            {
                byte[]? stored = reader.Read(write.Table, write.Key);
                if (write.Blob.IsEmpty ? stored is not null : stored is null || !write.Blob.Span.SequenceEqual(stored))
                    return false;
            }

            using var cursor = new TreeCursor(reader, crown);
            foreach (uint slot in gone.Order())
                if (cursor.TryGet(slot, out KeyEntry entry) && entry.IsLiving)
                    return false;
            return true;
        }
    }
}
