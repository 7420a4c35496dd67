using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Commits;

/// <summary>A root location that is to be listed. It gets a fresh root key and is listed by the transaction that seals the crown under that key: before it the location holds a key that opens nothing, after it it is whole.</summary>
/// <param name="location">One of the configured locations, unused.</param>
internal sealed class RootAddition(IRootLocation location) : RootChange
{
    private readonly byte[] placeId = SecureRandom.Bytes(16);

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        draft.Crown.Places.Add(new Place(placeId, PlaceKind.Root, PlaceState.Listed, 0));
        draft.AppendLine(LedgerEntry.LocationAdded(options.Clock.GetUtcNow(), placeId, LocationType.Root, location.Medium));
    }

    public override void Begin(RootLocations roots, ulong keyId, long epoch, ReadOnlySpan<byte> vaultId, SecretKey key) => roots.Add(location, placeId, keyId, epoch, vaultId, key);

    public override bool Stands(Crown crown) => crown.Places.Exists(p => p.State == PlaceState.Listed && p.Id.AsSpan().SequenceEqual(placeId));
}
