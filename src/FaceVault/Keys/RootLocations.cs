using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>The root locations of one vault taken together: what one read of all of them says, and the verbs applied to every one.</summary>
/// <remarks>Used by the writer thread only, which has the locations work at once. A location that fails is unreachable until it is read again; nothing is concluded from silence.</remarks>
internal sealed class RootLocations(IRootKeyStore store) : IDisposable
{
    // Swapped as a whole: other threads look at it for status.
    private volatile IReadOnlyList<RootPlaceReading> readings = [];
    private volatile RootHead? recorded;
    private volatile IReadOnlySet<string>? listed;
    private volatile VaultException? locked;

    /// <summary>What the last <see cref="ReadAll"/> found, in the configured order.</summary>
    public IReadOnlyList<RootPlaceReading> Readings => readings;

    /// <summary>Every valid record found anywhere, also at places that the crown does not list: what a crown is tried to be opened with.</summary>
    public IEnumerable<RootRecord> AllRecords => readings.SelectMany(r => r.Reading.Records);

    /// <summary>Every valid record of a listed place.</summary>
    public IEnumerable<RootRecord> Records => readings.Where(IsListed).SelectMany(r => r.Reading.Records);

    /// <summary>The listed places that gave a record.</summary>
    public IEnumerable<RootPlaceReading> Reached => readings.Where(r => r.Reading.IsPresent && IsListed(r));

    /// <summary>C: a record of the lowest epoch at any location, or null.</summary>
    public RootRecord? Current => Records.MinBy(r => r.Epoch);

    /// <summary>S: every record of a higher epoch.</summary>
    public IEnumerable<RootRecord> Staged => Records.Where(r => r.Epoch > Current!.Epoch);

    /// <summary>The newest valid head of all locations: commit numbers never go back, not even when a loss is accepted.</summary>
    public RootHead? Head => readings.Select(r => r.Reading.Head).Append(recorded).OfType<RootHead>().OrderByDescending(h => h.Commit).ThenByDescending(h => h.Epoch).FirstOrDefault();

    public int LocationCount => store.Locations.Count;

    /// <summary>The configured location that describes itself so, or null.</summary>
    public IRootLocation? Find(string description) => store.Locations.FirstOrDefault(l => l.Description == description);

    /// <summary>From now on only the places count that a crown lists; null: until a crown has opened, every one. A place that is not listed is left as it is.</summary>
    public void Follow(IEnumerable<Place>? places)
    {
        listed = null;
        HashSet<string>? ids = places is null ? null : [.. places.Where(p => p is { Kind: PlaceKind.Root, State: PlaceState.Listed }).Select(p => Convert.ToHexString(p.Id))];
        if (ids is not null && readings.Any(r => r.Reading.Records.Count > 0 && ids.Contains(Convert.ToHexString(r.PlaceId))))
            listed = ids;
    }

    /// <summary>Takes the process lock on every location that is there.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultInUse"/> with the holder's process id; <see cref="VaultErrorCode.RootPathRefused"/>: none of them can be written.</exception>
    public void Lock(TimeSpan timeout, TimeProvider clock)
    {
        long start = clock.GetTimestamp();
        VaultException? refused = null;
        bool held = false;
        foreach (IRootLocation location in store.Locations)
        {
            try
            {
                while (!location.TryLock())
                {
                    if (clock.GetElapsedTime(start) >= timeout)
                        throw Error.VaultInUse(location.ReadLockHolder());
                    Thread.Sleep(25);
                }

                held = true;
            }
            catch (VaultException away) when (away.Code is not VaultErrorCode.VaultInUse)
            {
                if (away.Code == VaultErrorCode.RootPathRefused)
                    refused = away; // what is merely away, reading says
            }
        }

        if (!held && refused is not null)
            throw refused;
    }

    /// <summary>Takes the lock of locations that were away and have come back. Never waits.</summary>
    public void LockWhatCameBack()
    {
        foreach (IRootLocation location in store.Locations)
            TryLock(location);
    }

    /// <summary>Reads every location anew; the records of the former reading are wiped. One that another passphrase protects counts as one that cannot be read (<see cref="LockedAmong"/>).</summary>
    public void ReadAll()
    {
        var fresh = new RootPlaceReading[store.Locations.Count];
        VaultException? wrong = null;
        try
        {
            AtOnce(fresh.Length, i =>
            {
                try
                {
                    fresh[i] = new RootPlaceReading(store.Locations[i], store.Locations[i].Read());
                }
                catch (VaultException refused) when (refused.Code == VaultErrorCode.RootPassphraseWrong)
                {
                    wrong = refused;
                    fresh[i] = new RootPlaceReading(store.Locations[i], RootReading.Damaged);
                }
            });
        }
        catch
        {
            Forget(fresh.OfType<RootPlaceReading>());
            throw;
        }

        IReadOnlyList<RootPlaceReading> former = readings;
        readings = fresh;
        locked = wrong;
        recorded = null;
        Forget(former);
    }

    /// <summary>Whether every listed place was reached, and none that is not listed.</summary>
    public bool AllReached(IEnumerable<Place> places)
    {
        HashSet<string> wanted = [.. places.Where(p => p is { Kind: PlaceKind.Root, State: PlaceState.Listed }).Select(p => Convert.ToHexString(p.Id))];
        HashSet<string> reached = [.. Reached.Select(r => Convert.ToHexString(r.PlaceId))];
        return wanted.SetEquals(reached);
    }

    /// <summary>Why the passphrase is wrong, where a location that it does not open may be one of these places; null where all of them were read. What a retired location holds is nobody's concern.</summary>
    /// <param name="places">Those that the crown lists; null when no crown was opened.</param>
    public VaultException? LockedAmong(IEnumerable<Place>? places) => places is not null && AllReached(places) ? null : locked;

    /// <summary>Makes every location with its first record and the head of commit 0.</summary>
    public List<byte[]> Create(ulong keyId, ReadOnlySpan<byte> vaultId, SecretKey key)
    {
        var ids = new List<byte[]>();
        foreach (IRootLocation location in store.Locations)
        {
            byte[] id = SecureRandom.Bytes(16);
            using var record = new RootRecord(keyId, 1, vaultId, id, key.DangerousBytes);
            location.Create(record);
            ids.Add(id);
        }

        return ids;
    }

    /// <summary>Writes a fresh key of the next epoch to every reached location and reads it back from each.</summary>
    /// <exception cref="VaultException">A location failed: what was staged so far is to be fenced and discarded.</exception>
    public void Stage(ulong keyId, long epoch, ReadOnlySpan<byte> vaultId, SecretKey key)
    {
        List<IRootLocation> targets = [.. Expected.Select(place => place.Location)];
        var records = new List<(IRootLocation Location, RootRecord Record)>();
        try
        {
            foreach (RootPlaceReading place in Reached)
                if (!place.Reading.Records.Any(r => r.KeyId == keyId))
                    records.Add((place.Location, new RootRecord(keyId, epoch, vaultId, place.PlaceId, key.DangerousBytes)));
            AtOnce(records.Count, i => Change(() => records[i].Location.Stage(records[i].Record)));
        }
        finally
        {
            foreach ((_, RootRecord record) in records)
                record.Dispose();
        }

        ReadAll();
        foreach (RootPlaceReading place in readings.Where(r => targets.Contains(r.Location)))
        {
            if (!place.Reading.Records.Any(r => r.KeyId == keyId && r.Epoch == epoch && CryptographicOperations.FixedTimeEquals(r.DangerousKey, key.DangerousBytes)))
                throw Error.PlaceUnreachable("a root location that did not read back what was staged");
        }
    }

    /// <summary>Destroys every key but this one at every location, and in memory. Each location has read back that it holds no other when its verb returns.</summary>
    public void Promote(ulong keyId)
    {
        IReadOnlyList<RootPlaceReading> former = [.. Expected];
        AtOnce(former.Count, i => Change(() => former[i].Location.Promote(keyId)));
        readings = [.. readings.Select(place => !former.Contains(place) ? place : place with { Reading = place.Reading.Only(keyId) })];
        foreach (RootRecord destroyed in former.SelectMany(place => place.Reading.Records).Where(r => r.KeyId != keyId))
            destroyed.Dispose();
    }

    /// <summary>Makes a configured location that is not listed yet, with one record of a key that never opens anything.</summary>
    /// <exception cref="VaultException">Something else is there, or it cannot be made.</exception>
    public void Add(IRootLocation location, ReadOnlySpan<byte> placeId, ulong keyId, long epoch, ReadOnlySpan<byte> vaultId)
    {
        using (SecretKey nothing = SecretKey.Random())
        using (var record = new RootRecord(keyId, epoch, vaultId, placeId, nothing.DangerousBytes))
            location.Create(record);
        ReadAll();
    }

    /// <summary>Overwrites every key at one location by one that opens nothing, the same way as keys are destroyed, and reads back that no other is left.</summary>
    public void Wipe(RootPlaceReading place, ulong keyId, long epoch, ReadOnlySpan<byte> vaultId)
    {
        using SecretKey nothing = SecretKey.Random();
        using (var record = new RootRecord(keyId, epoch, vaultId, place.PlaceId, nothing.DangerousBytes))
            Change(() => place.Location.Stage(record));
        Change(() => place.Location.Promote(keyId));
        ReadAll();
        if (readings.Any(r => r.Location == place.Location && r.Reading.Records.Any(left => left.KeyId != keyId)))
            throw Error.PlaceUnreachable("a root location whose key could not be overwritten");
    }

    /// <summary>Destroys the staged key at every location and keeps this one.</summary>
    public void Discard(ulong survivingKeyId)
    {
        foreach (RootPlaceReading place in Reached.ToList())
            Change(() => place.Location.Discard(survivingKeyId));
        ReadAll();
    }

    /// <summary>Records the head at every reached location; one is enough. When none takes it, all are looked at once more: one may have come back.</summary>
    public void RecordHead(RootHead head)
    {
        if (!TryRecordHead(head, out _))
        {
            LockWhatCameBack();
            ReadAll();
            if (!TryRecordHead(head, out Exception? failure))
                throw Error.HeadNotRecorded(failure);
        }

        recorded = head;
    }

    public void Dispose()
    {
        IReadOnlyList<RootPlaceReading> former = readings;
        readings = [];
        Forget(former);
        store.Dispose();
    }

    /// <summary>Every place that must take part when keys change: the listed ones, or, before a crown has opened, the configured ones.</summary>
    private IEnumerable<RootPlaceReading> Expected => readings.Where(r => listed is null || IsListed(r));

    private bool IsListed(RootPlaceReading place) => listed is not { } ids || ids.Contains(Convert.ToHexString(place.PlaceId));

    private static void TryLock(IRootLocation location)
    {
        try
        {
            location.TryLock();
        }
        catch (VaultException)
        {
            // away: reading it says so
        }
    }

    private bool TryRecordHead(RootHead head, out Exception? failure)
    {
        RootPlaceReading[] reached = [.. Reached];
        var failures = new Exception?[reached.Length];
        AtOnce(reached.Length, i =>
        {
            try
            {
                reached[i].Location.RecordHead(head);
            }
            catch (Exception e) when (e is IOException or VaultException or InvalidOperationException)
            {
                failures[i] = e;
            }
        });
        failure = Array.Find(failures, f => f is not null);
        return Array.Exists(failures, f => f is null);
    }

    /// <summary>A location whose lock somebody else took while it was away counts as one that cannot be reached.</summary>
    private static void Change(Action verb)
    {
        try
        {
            verb();
        }
        catch (InvalidOperationException)
        {
            throw Error.PlaceUnreachable("a root location that is not ours to change now");
        }
    }

    /// <summary>Locations are media of their own: what is done at each is done at all at once, and has ended at all when this returns.</summary>
    private static void AtOnce(int count, Action<int> act)
    {
        try
        {
            Parallel.For(0, count, act);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private static void Forget(IEnumerable<RootPlaceReading> places)
    {
        foreach (RootPlaceReading place in places)
            place.Reading.Dispose();
    }
}

/// <summary>A location with what it answered.</summary>
internal sealed record RootPlaceReading(IRootLocation Location, RootReading Reading)
{
    /// <summary>The id that stands in the place; empty when it could not be read.</summary>
    public byte[] PlaceId { get; } = Reading.Records is [var first, ..] ? first.PlaceId.ToArray() : [];
}
