using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>A mirror as the writer knows it.</summary>
internal sealed class Mirror(IKeyStoreLocation location) : IDisposable
{
    public IKeyStoreLocation Location { get; } = location;

    public byte[] PlaceId { get; set; } = [];

    /// <summary>The open store, or null while the mirror is away or behind.</summary>
    public IKeyStore? Store { get; set; }

    /// <summary>Whether it holds the same bytes as the primary, as far as we know.</summary>
    public bool IsCurrent => Store is not null;

    /// <summary>Whether the commit that is made now is meant for it, since it gets a copy next.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether its crown was byte-equal to the primary's when it was last looked at.</summary>
    public bool SeenCurrent { get; set; }

    /// <summary>Whether it is listed and held a prefix of the primary when it was last looked at: only such a one is ever written to unasked.</summary>
    public bool MayFollow { get; set; }

    /// <summary>Whether it gave back other bytes than were written, or holds damaged ones: it counts as dead until it is refilled.</summary>
    public bool IsDistrusted { get; private set; }

    /// <summary>Whether it holds rows whole that are damaged in the primary: it is not overwritten unless somebody asks for it.</summary>
    public bool HoldsOnlyCopies { get; private set; }

    /// <summary>Why it is not current, for <c>status</c>.</summary>
    public string? Trouble { get; set; }

    public void Distrust()
    {
        IsDistrusted = true;
        Fail("It gave back other bytes than were written. Refill it (mirror refill).");
    }

    public void Spare()
    {
        HoldsOnlyCopies = true;
        Fail("It is behind and holds rows whole that are damaged in the key store. Move its folder away and keep it, then refill the mirror (mirror refill).");
    }

    /// <summary>It holds a fresh copy that was walked.</summary>
    public void Trust(IKeyStore store)
    {
        Store = store;
        IsDistrusted = HoldsOnlyCopies = false;
        Trouble = null;
    }

    public void Fail(string trouble)
    {
        Trouble = trouble;
        Store?.Dispose();
        Store = null;
    }

    public void Dispose() => Store?.Dispose();
}

/// <summary>Second key stores that hold byte-identical prefixes of the primary: each applies the same write set after the primary has succeeded.</summary>
internal sealed class Mirrors(IEnumerable<IKeyStoreLocation> locations) : IDisposable
{
    private volatile IReadOnlyList<Mirror> all = [.. locations.Select(l => new Mirror(l))]; // swapped as a whole: other threads look at it for status

    public IReadOnlyList<Mirror> All => all;

    public IEnumerable<Mirror> Current => all.Where(m => m.IsCurrent);

    /// <summary>Whether every listed mirror is configured and current. One that is configured and not listed does not count.</summary>
    public bool AllListedCurrent(IEnumerable<Place> places) => AllListed(places, m => m.IsCurrent);

    /// <summary>Whether every listed mirror was byte-equal when it was last looked at.</summary>
    public bool AllListedSeenCurrent(IEnumerable<Place> places) => AllListed(places, m => m.SeenCurrent);

    public void Add(Mirror mirror)
    {
        if (!all.Contains(mirror))
            all = [.. all, mirror];
    }

    public void Remove(Mirror mirror)
    {
        mirror.Fail("It is no mirror of this vault any more.");
        all = [.. all.Where(m => m != mirror)];
    }

    /// <summary>Writes into a crown that is to be sealed which mirrors will get it.</summary>
    public void NoteMeant(Crown crown)
    {
        for (int i = 0; i < crown.Places.Count; i++)
        {
            Place place = crown.Places[i];
            if (place is { Kind: PlaceKind.Mirror, State: PlaceState.Listed } && all.Any(m => (m.IsCurrent || m.IsAwaited) && m.PlaceId.AsSpan().SequenceEqual(place.Id)))
                crown.Places[i] = place with { Confirmed = crown.Commit };
        }
    }

    /// <summary>Looks whether the current mirrors still hold the primary's crown: one that vanished is better noticed before keys are destroyed than after.</summary>
    public void CheckCurrent(byte[] sealedCrown)
    {
        foreach (Mirror mirror in all)
        {
            try
            {
                if (mirror.Store is { } store && !(store.Read(KeyTable.Crown, 0) is { } crown && crown.AsSpan().SequenceEqual(sealedCrown)))
                    mirror.Fail("It holds another crown than the vault.");
            }
            catch (VaultException failure)
            {
                mirror.Fail(failure.Message);
            }
        }
    }

    /// <summary>Applies a write set that is durable in the primary. A mirror that fails is behind from now on; the commit stands.</summary>
    public void Apply(byte[] expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers, bool checkpoint)
    {
        foreach (Mirror mirror in all)
        {
            if (mirror.Store is not { } store)
                continue;
            try
            {
                if (!store.Commit(expectedCrown, writes, numbers))
                    mirror.Fail("It holds another crown than the vault.");
                else if (checkpoint)
                    store.Checkpoint();
            }
            catch (VaultException failure)
            {
                mirror.Fail(failure.Message);
            }
        }
    }

    /// <summary>Replaces a mirror that lags by a copy of the primary and opens it. The copy is walked before it counts.</summary>
    public static void BringUp(Mirror mirror, IKeyStoreLocation primary, Crown crown, byte[] sealedCrown)
    {
        mirror.Store?.Dispose();
        mirror.Store = null;
        try
        {
            mirror.Location.CopyFrom(primary, mirror.PlaceId);
            IKeyStore store = mirror.Location.Open();
            try
            {
                if (store.Read(KeyTable.Crown, 0) is not { } copied || !copied.AsSpan().SequenceEqual(sealedCrown))
                    throw Error.PlaceUnreachable("a mirror that did not read back what was copied");
                using var cursor = new TreeCursor(store, crown);
                cursor.Walk(static (_, _) => { });
            }
            catch
            {
                store.Dispose();
                throw;
            }

            mirror.Trust(store);
        }
        catch (Exception failure) when (failure is VaultException or IOException or UnauthorizedAccessException)
        {
            mirror.Trouble = failure.Message;
        }
    }

    public void Dispose()
    {
        foreach (Mirror mirror in all)
            mirror.Dispose();
    }

    private bool AllListed(IEnumerable<Place> places, Func<Mirror, bool> holds) =>
        places.Where(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed }).All(p => all.Any(m => m.PlaceId.AsSpan().SequenceEqual(p.Id) && holds(m)));
}
