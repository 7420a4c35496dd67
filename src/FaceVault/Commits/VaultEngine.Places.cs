using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Changes of the crown's list of places. A crash anywhere leaves a place that is not listed and holds no key that opens anything, or one that is listed and whole.
internal sealed partial class VaultEngine
{
    /// <summary>Lists a mirror: a full copy, walked and read back, then one commit. A crash before the commit leaves a copy in a folder that nobody counts on.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>: something is there; <see cref="VaultErrorCode.PlaceUnreachable"/>: it could not be filled.</exception>
    public void AddMirror(IKeyStoreLocation location)
    {
        Mirror mirror = mirrors.All.FirstOrDefault(m => m.Location.Description == location.Description) ?? new Mirror(location);
        if (mirror.Location.ReadPlaceId() is { } there && IsListed(there))
            throw Error.MirrorListed();
        if (mirror.Location.Exists && (!IsFormerCopy(mirror.Location) || HoldsOnlyCopies(mirror)))
            throw Error.MirrorFolderUsed(mirror.Location.Description);
        EnsureRoomForPlace();
        WalkTree();
        mirror.PlaceId = SecureRandom.Bytes(16);
        Mirrors.BringUp(mirror, Options.Store, State.Crown, State.SealedCrown);
        if (!mirror.IsCurrent)
            throw Error.MirrorNotFilled(mirror.Trouble);
        mirrors.Add(mirror);
        try
        {
            ReadBack(mirror.Location, []);
            CommitPlaces(
                draft =>
                {
                    draft.Crown.Places.Add(new Place(mirror.PlaceId, PlaceKind.Mirror, PlaceState.Listed, 0));
                    draft.AppendLine(LedgerEntry.LocationAdded(draft.Time, mirror.PlaceId, LocationType.Mirror, mirror.Location.Medium));
                },
                () => IsListed(mirror.PlaceId));
        }
        catch when (state is null || !IsListed(mirror.PlaceId))
        {
            mirrors.Remove(mirror);
            throw;
        }
    }

    /// <summary>Lists a root location: the root key is replaced, and the new one is written there too.</summary>
    /// <exception cref="VaultException">As of a destroying commit: every listed place must be there.</exception>
    public void AddRoot(IRootLocation location)
    {
        EnsureRoomForPlace();
        RootPlaceReading? known = roots.Readings.FirstOrDefault(r => r.Location == location);
        if (known is { PlaceId.Length: > 0 } && IsListed(known.PlaceId))
            throw Error.RootListed(location.Description);
        Destroy([], new RootAddition(location));
        RecordHead();
    }

    /// <summary>Takes a place off the list. What a root location holds is overwritten before; a place that cannot be reached is remembered as unconfirmed.</summary>
    /// <remarks>A crash between the two leaves a listed location without the key, to which the next opening writes it again (row 9): nothing is ever off the list while it holds a key that opens something.</remarks>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/>: no such listed place, or another place must be brought back first; <see cref="VaultErrorCode.RootPathRefused"/>: the last root location.</exception>
    /// <returns>Whether it was reached, so that nothing of it is left to be feared; false: it is remembered as unconfirmed.</returns>
    public bool Retire(byte[] placeId)
    {
        Place place = State.Crown.Places.Find(p => p.State == PlaceState.Listed && p.Kind != PlaceKind.Store && p.Id.AsSpan().SequenceEqual(placeId)) ?? throw Error.PlaceNotListed();
        bool isReached = place.Kind == PlaceKind.Root ? WipeIfReached(place) : mirrors.All.Any(m => m.PlaceId.AsSpan().SequenceEqual(placeId));
        string medium = MediumOf(place);
        CommitPlaces(
            draft =>
            {
                int at = draft.Crown.Places.FindIndex(p => p.Id.AsSpan().SequenceEqual(placeId));
                if (isReached)
                    draft.Crown.Places.RemoveAt(at);
                else
                    draft.Crown.Places[at] = place with { State = PlaceState.RetiredUnconfirmed, Confirmed = long.MaxValue };
                draft.AppendLine(LedgerEntry.LocationRetired(draft.Time, placeId, TypeOf(place.Kind), medium));
            },
            () => !IsListed(placeId));
        foreach (Mirror mirror in mirrors.All.Where(m => m.PlaceId.AsSpan().SequenceEqual(placeId)).ToList())
            mirrors.Remove(mirror);
        LookAgain(); // what was owed for want of this place can go on
        return isReached;
    }

    /// <summary>The id of the listed mirror at a place; where nothing can be read there, of the only listed mirror that was not found.</summary>
    public byte[] FindMirror(string description)
    {
        Mirror? mirror = mirrors.All.FirstOrDefault(m => m.Location.Description == description);
        if (mirror is { PlaceId.Length: > 0 } && IsListed(mirror.PlaceId))
            return mirror.PlaceId;
        if (mirror is null || mirror.PlaceId.Length > 0)
            throw Error.NotAMirror("directory");
        return OnlyLost(PlaceKind.Mirror, [.. mirrors.All.Select(m => m.PlaceId)]);
    }

    /// <summary>The same for a root location.</summary>
    public byte[] FindRoot(string description)
    {
        RootPlaceReading? found = roots.Readings.FirstOrDefault(r => r.Location.Description == description);
        if (found is { PlaceId.Length: > 0 } && IsListed(found.PlaceId))
            return found.PlaceId;
        if (found is null || found.PlaceId.Length > 0)
            throw Error.NotARootLocation("location");
        return OnlyLost(PlaceKind.Root, [.. roots.Readings.Select(r => r.PlaceId)]);
    }

    private byte[] OnlyLost(PlaceKind kind, byte[][] found) =>
        State.Crown.Places.Where(p => p.State == PlaceState.Listed && p.Kind == kind && !found.Any(id => id.AsSpan().SequenceEqual(p.Id))).Select(p => p.Id).ToList() is [var only]
            ? only : throw Error.PlaceAmbiguous();

    /// <summary>Overwrites the key at a root location that is to be retired. False when it cannot be reached.</summary>
    private bool WipeIfReached(Place place)
    {
        roots.LockWhatCameBack();
        roots.ReadAll();
        if (State.Crown.Places.Count(p => p is { Kind: PlaceKind.Root, State: PlaceState.Listed }) < 2)
            throw Error.LastRootLocation();
        RootPlaceReading? there = roots.Reached.FirstOrDefault(r => r.PlaceId.AsSpan().SequenceEqual(place.Id));
        if (!roots.Reached.Any(r => r != there && r.Reading.Records.Any(record => record.KeyId == rootKeyId)))
            throw Error.LastRootLocation();
        if (there is null)
            return false;
        if (roots.Staged.Any())
            LookAgain(); // what is under way ends first
        if (roots.Staged.Any())
            throw NotWhole();
        there = roots.Reached.First(r => r.PlaceId.AsSpan().SequenceEqual(place.Id));
        try
        {
            roots.Wipe(there, NewKeyId(), State.Crown.Epoch + 1, State.Crown.VaultId);
            return true;
        }
        catch (VaultException failure)
        {
            Fault(failure); // it may hold a key that opens nothing beside ours, or instead of it: looking again mends that
            Recover();
            throw;
        }
    }

    /// <summary>One commit that changes the list and its head. When its answer is lost the vault looks whether it stands.</summary>
    private void CommitPlaces(Action<CommitDraft> change, Func<bool> stands)
    {
        try
        {
            using CommitDraft draft = NewDraft();
            change(draft);
            Commit(draft, rootKey!);
        }
        catch (Exception) when (faulted)
        {
            Recover();
            if (!stands())
                throw;
        }

        roots.Follow(State.Crown.Places);
        RecordHead();
    }

    /// <summary>Whether a store that is not listed holds an earlier state of this vault and nothing else, as an interrupted addition or a mirror that was dropped does: its ledger is the beginning of ours.</summary>
    private bool IsFormerCopy(IKeyStoreLocation location)
    {
        try
        {
            using IKeyStoreReader reader = location.OpenReader();
            bool any = false;
            foreach ((long key, byte[] segment) in reader.Scan(KeyTable.Ledger))
            {
                if (store!.Read(KeyTable.Ledger, key) is not { } own || !own.AsSpan().SequenceEqual(segment))
                    return false;
                any = true;
            }

            return any;
        }
        catch (VaultException)
        {
            return false;
        }
    }

    private void EnsureRoomForPlace()
    {
        if (State.Crown.Places.Count >= Crown.MostPlaces)
            throw Error.CapacityExceeded();
    }

    private bool IsListed(byte[] placeId) => State.Crown.Places.Exists(p => p.State == PlaceState.Listed && p.Id.AsSpan().SequenceEqual(placeId));

    /// <summary>The root key is about to be replaced: what a place that was retired while it was away may hold opens nothing that is created from now on.</summary>
    private static void CloseRetired(CommitDraft draft)
    {
        for (int i = 0; i < draft.Crown.Places.Count; i++)
            if (draft.Crown.Places[i] is { State: PlaceState.RetiredUnconfirmed, Confirmed: long.MaxValue } place)
                draft.Crown.Places[i] = place with { Confirmed = draft.NextLine };
    }
}
