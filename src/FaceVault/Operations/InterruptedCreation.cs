using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>A creation that broke off between its first commit and <c>vault.json</c>: everything is there but its name. Initialising again ends it.</summary>
internal static class InterruptedCreation
{
    /// <summary>Id and origin of a vault whose first and only commit opens with a key of these root locations; null when the places are free.</summary>
    /// <remarks>A store without a crown may hold a failed commit that would come to light later, when the key it was sealed under is overwritten: its log is settled first, so that what it shows is final.</remarks>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>: a place holds a crown that is not such a commit. Nothing was changed.</exception>
    public static (byte[] VaultId, string Origin)? Find(VaultPlaces places, IRootKeyStore roots)
    {
        IKeyStoreLocation[] all = [places.Store, .. places.Mirrors];
        foreach (IKeyStoreLocation place in all)
            if (place.Exists && CrownOf(place) is null)
                Settle(place);
        if (places.Store.Exists && CrownOf(places.Store) is { } blob)
            return FindRoot(places.Store, blob, roots) ?? throw Error.StoreWithoutRoot(places.Store.Description);
        foreach (IKeyStoreLocation place in all)
            if (place.Exists && CrownOf(place) is not null)
                throw Error.StoreWithoutRoot(place.Description);
        return null;
    }

    private static (byte[] VaultId, string Origin)? FindRoot(IKeyStoreLocation store, byte[] blob, IRootKeyStore roots)
    {
        foreach (IRootLocation location in roots.Locations)
        {
            using RootReading reading = location.Read();
            foreach (RootRecord record in reading.Records)
            {
                byte[] vaultId = record.VaultId.ToArray();
                using Crown? crown = CrownCodec.TryOpen(blob, new RootKey(record.DangerousKey), vaultId);
                if (crown is null)
                    continue;
                if (crown.Commit != 1)
                    throw Error.DescriptionLost();
                using IKeyStoreReader reader = store.OpenReader();
                return (vaultId, OriginOf(reader, crown));
            }
        }

        return null;
    }

    private static byte[]? CrownOf(IKeyStoreLocation place)
    {
        using IKeyStoreReader reader = place.OpenReader();
        return reader.Read(KeyTable.Crown, 0);
    }

    private static void Settle(IKeyStoreLocation place)
    {
        using IKeyStore store = place.Open();
        store.Checkpoint();
    }

    private static string OriginOf(IKeyStoreReader reader, Crown crown)
    {
        (_, ReadOnlyMemory<byte> line) = LedgerSegment.Read(reader, (first, blob) => LedgerSegment.Open(crown.LedgerKey, crown.VaultId, first, blob), 0, crown.LedgerSize).First();
        return LedgerEntry.Parse(line.Span).Origin ?? throw Error.StoreDamaged("the ledger, whose first line is another");
    }
}
