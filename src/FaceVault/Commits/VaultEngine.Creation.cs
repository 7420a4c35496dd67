using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

// A new vault: roots (head: commit 0), mirrors, then the primary's crown as commit 1. A crash before that leaves something that may be started again.
internal sealed partial class VaultEngine
{
    /// <summary>Makes the vault's places and its first commit, and starts the writer.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/>: a place holds a crown already.</exception>
    public void Create()
    {
        if (roots.LocationCount + mirrors.All.Count + 1 > Crown.MostPlaces)
            throw Error.CapacityExceeded();
        foreach (IKeyStoreLocation location in Options.Mirrors.Prepend(Options.Store))
            if (HoldsCrown(location))
                throw Error.StoreWithoutRoot(location.Description);
        using SecretKey first = SecretKey.Random();
        rootKeyId = NewKeyId();
        rootKey = SecretKey.From(first.DangerousBytes);
        List<byte[]> rootIds = roots.Create(rootKeyId, Options.VaultId, rootKey);
        roots.ReadAll();

        var crown = new Crown { VaultId = Options.VaultId };
        SecureRandom.Fill(crown.DangerousSigningSeed);
        SecureRandom.Fill(crown.DangerousLedgerKey);
        SecureRandom.Fill(crown.DangerousTagKey);
        foreach (byte[] id in rootIds)
            crown.Places.Add(new Place(id, PlaceKind.Root, PlaceState.Listed, 0));
        foreach (Mirror mirror in mirrors.All)
        {
            (mirror.Store, mirror.PlaceId) = MakeStore(mirror.Location);
            crown.Places.Add(new Place(mirror.PlaceId, PlaceKind.Mirror, PlaceState.Listed, 0));
        }

        (store, byte[] storeId) = MakeStore(Options.Store);
        crown.Places.Add(new Place(storeId, PlaceKind.Store, PlaceState.Listed, 0));
        if (!Options.Templates.Exists)
            templates = Options.Templates.Create();
        state = VaultState.Load(store, crown, []);
        using (CommitDraft draft = NewDraft())
        {
            DateTimeOffset now = draft.Time;
            draft.AppendLine(LedgerEntry.VaultCreated(now, Options.Origin, Options.VaultId));
            foreach (Place place in crown.Places)
                draft.AppendLine(LedgerEntry.LocationAdded(now, place.Id, TypeOf(place.Kind), MediumOf(place)));
            Commit(draft, rootKey, checkpoint: true);
        }

        if (!mirrors.AllListedCurrent(State.Crown.Places))
            throw Error.PlaceUnreachable("a mirror that could not be written");
        RecordHead();
        Decision = new RecoveryDecision(5, RecoveryAction.Open, VaultErrorCode.None, RecoverySteps.None, false, RecoveryRemedy.None);
        started = true;
        LogOpened("created");
        queue.Start();
    }

    /// <summary>Ends a creation that broke off after its first commit and was started since: fills the mirrors that had not got it.</summary>
    public void EndCreation()
    {
        foreach (Mirror mirror in mirrors.All.Where(m => !m.IsCurrent).ToList())
            Enqueue(new RefillItem(mirror.Location.Description)).GetAwaiter().GetResult();
        if (IsDegraded)
            throw Error.PlaceUnreachable("a root location or mirror with which the creation began");
    }

    internal static LocationType TypeOf(PlaceKind kind) => kind switch
    {
        PlaceKind.Root => LocationType.Root,
        PlaceKind.Store => LocationType.Store,
        PlaceKind.Mirror => LocationType.Mirror,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>What a listed place is made of, as far as it is reached now.</summary>
    internal string MediumOf(Place place) => place.Kind switch
    {
        PlaceKind.Store => Options.Store.Medium,
        PlaceKind.Mirror => mirrors.All.FirstOrDefault(m => m.PlaceId.AsSpan().SequenceEqual(place.Id))?.Location.Medium ?? "not reached",
        _ => roots.Readings.FirstOrDefault(r => r.PlaceId.AsSpan().SequenceEqual(place.Id))?.Location.Medium ?? "not reached",
    };

    private static bool HoldsCrown(IKeyStoreLocation location)
    {
        if (!location.Exists)
            return false;
        using IKeyStoreReader reader = location.OpenWithoutTrace();
        return reader.Read(KeyTable.Crown, 0) is not null;
    }

    private static (IKeyStore Store, byte[] PlaceId) MakeStore(IKeyStoreLocation location)
    {
        if (location.Exists && location.ReadPlaceId() is { } known)
            return (location.Open(), known);
        byte[] id = SecureRandom.Bytes(16);
        return (location.Create(id), id);
    }
}
