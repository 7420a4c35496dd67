using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>A creation that broke off between its first commit and <c>vault.json</c>: everything is there but its name. Initialising again ends it.</summary>
internal static class InterruptedCreation
{
    /// <summary>Id and origin of a vault whose first and only commit opens with a key of these root locations; null when there is none.</summary>
    public static (byte[] VaultId, string Origin)? Find(IKeyStoreLocation store, IRootKeyStore roots)
    {
        if (!store.Exists)
            return null;
        using IKeyStoreReader reader = store.OpenWithoutTrace();
        if (reader.Read(KeyTable.Crown, 0) is not { } blob)
            return null;
        foreach (IRootLocation location in roots.Locations)
        {
            using RootReading reading = location.Read();
            foreach (RootRecord record in reading.Records)
            {
                byte[] vaultId = record.VaultId.ToArray();
                using Crown? crown = CrownCodec.TryOpen(blob, new RootKey(record.DangerousKey), vaultId);
                if (crown is { Commit: 1 })
                    return (vaultId, OriginOf(reader, crown));
            }
        }

        return null;
    }

    private static string OriginOf(IKeyStoreReader reader, Crown crown)
    {
        (_, ReadOnlyMemory<byte> line) = LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, blob), 0, crown.LedgerSize).First();
        return LedgerEntry.Parse(line.Span).Origin ?? throw Error.StoreDamaged("the ledger, whose first line is another");
    }
}
