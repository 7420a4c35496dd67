using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Commits;

/// <summary>A root location that is to be listed, by a transaction that seals the crown under a fresh root key. The location holds a key that never opens anything until that transaction stands, and is given the new one then:
/// also one that failed may have been copied by somebody, and nobody looks at a location that is not listed.</summary>
/// <param name="location">One of the configured locations, unused.</param>
internal sealed class RootAddition(IRootLocation location) : RootChange
{
    private readonly byte[] placeId = SecureRandom.Bytes(16);

    public override void Apply(CommitDraft draft, EngineOptions options)
    {
        draft.Crown.Places.Add(new Place(placeId, PlaceKind.Root, PlaceState.Listed, 0));
        draft.AppendLine(LedgerEntry.LocationAdded(draft.Time, placeId, LocationType.Root, location.Medium));
    }

    public override void Begin(RootLocations roots, ulong unused, Crown crown) => roots.Add(location, placeId, unused, crown.Epoch, crown.VaultId);

    public override bool Stands(Crown crown, bool formerKeyMayStand) => crown.Places.Exists(p => p.State == PlaceState.Listed && p.Id.AsSpan().SequenceEqual(placeId));
}
