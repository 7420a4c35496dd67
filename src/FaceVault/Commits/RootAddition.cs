using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;

namespace FaceVault.Commits;

/// <summary>A root location that is to be listed. It gets a fresh root key and is listed by the transaction that seals the crown under that key: before it the location holds a key that opens nothing, after it it is whole.</summary>
/// <param name="location">One of the configured locations, unused.</param>
internal sealed class RootAddition(IRootLocation location)
{
    public IRootLocation Location { get; } = location;

    /// <summary>The id it will be known by.</summary>
    public byte[] PlaceId { get; } = SecureRandom.Bytes(16);

    public void Apply(CommitDraft draft, EngineOptions options)
    {
        draft.Crown.Places.Add(new Place(PlaceId, PlaceKind.Root, PlaceState.Listed, 0));
        draft.AppendLine(LedgerEntry.LocationAdded(options.Clock.GetUtcNow(), PlaceId, LocationType.Root, Location.Medium));
    }
}
