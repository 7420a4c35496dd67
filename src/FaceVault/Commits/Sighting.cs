using System.Security.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Everything one look at all places showed, gathered with readers only: what <see cref="Recovery.Decide"/> is asked about, and the crown that opened.</summary>
internal sealed class Sighting : IDisposable
{
    private readonly List<(Mirror Mirror, bool IsCurrent)> current = [];
    private Crown? crown;
    private bool isOfAnotherName;

    private Sighting()
    {
    }

    public Observations Observations { get; private set; }

    /// <summary>The record whose key opened the primary's crown.</summary>
    public RootRecord? OpenedWith { get; private set; }

    public byte[] SealedCrown { get; private set; } = [];

    /// <summary>Key id of the staged record, or 0.</summary>
    public ulong StagedKeyId { get; private set; }

    public Crown? Crown => crown;

    /// <summary>Of the mirrors that hold more than the primary the one that holds most, and whether it reaches the recorded head.</summary>
    public (Mirror Mirror, long Commit, bool ReachesHead)? NewestAhead { get; private set; }

    /// <summary>Looks at roots, primary and mirrors. Writes nothing.</summary>
    /// <exception cref="VaultException">A place is of another vault or of a newer format.</exception>
    public static Sighting Of(EngineOptions options, RootLocations roots, Mirrors mirrors, bool stepFailed = false)
    {
        roots.ReadAll();
        var seen = new Sighting();
        roots.Follow(null);
        if (roots.AllRecords.FirstOrDefault(r => !r.VaultId.Span.SequenceEqual(options.VaultId)) is not null)
            throw Error.RootOfAnotherVault();
        (PrimaryState primary, StoreNumbers numbers) = seen.LookAtPrimary(options, roots);
        if (seen.isOfAnotherName)
        {
            seen.Dispose();
            throw Error.OriginChanged();
        }

        RootHead? head = roots.Head; // of every place: one that is not listed any more has an older one
        IReadOnlyList<Place> places = seen.crown?.Places ?? [];
        roots.Follow(seen.crown?.Places);
        if (roots.LockedAmong(seen.crown?.Places) is { } wrong)
        {
            seen.Dispose();
            throw wrong;
        }

        RootRecord? currentRecord = roots.Current;
        if (primary == PrimaryState.OpensWithCurrent && seen.OpenedWith!.Epoch != currentRecord!.Epoch)
            primary = PrimaryState.OpensWithStaged;
        RootRecord? staged = currentRecord is null ? null : roots.Staged.FirstOrDefault();
        seen.StagedKeyId = staged?.KeyId ?? 0;
        seen.Observations = new Observations
        {
            HasRootRecord = currentRecord is not null,
            HasStaged = staged is not null,
            StagedIsFenced = staged is not null && seen.crown is not null && roots.Staged.All(s => s.KeyId == seen.crown.FencedKeyId),
            AllLocationsReached = seen.crown is null ? roots.Readings.All(r => r.Reading.IsPresent) : roots.AllReached(places),
            Primary = primary,
            ClearCommitIsLower = head is not null && numbers.Commit < head.Commit,
            Head = seen.Compare(head),
            Mirrors = [.. seen.LookAtMirrors(options, mirrors, roots, currentRecord, places)],
            CompletionOwed = seen.crown?.Work.Values.Any(w => w.IsRemoved) ?? false,
            StepFailed = stepFailed,
        };
        return seen;
    }

    /// <summary>Hands the crown over to whoever opens the vault.</summary>
    public Crown TakeCrown()
    {
        Crown taken = crown!;
        crown = null;
        return taken;
    }

    /// <summary>Opens for writing the mirrors whose crown is byte-equal to the primary's.</summary>
    public void OpenCurrentMirrors()
    {
        foreach ((Mirror mirror, bool isCurrent) in current)
        {
            mirror.Trouble = isCurrent ? null : mirror.Trouble ?? "It is behind the vault.";
            if (!isCurrent)
                continue;
            try
            {
                mirror.Store = mirror.Location.Open();
                mirror.Store.Checkpoint();
            }
            catch (VaultException failure)
            {
                mirror.Fail(failure.Message);
            }
        }
    }

    public void Dispose() => crown?.Dispose();

    private (PrimaryState State, StoreNumbers Numbers) LookAtPrimary(EngineOptions options, RootLocations roots)
    {
        if (!options.Store.Exists)
            return (PrimaryState.FileMissing, default);
        try
        {
            using IKeyStoreReader reader = options.Store.OpenWithoutTrace();
            StoreNumbers numbers = reader.ReadNumbers();
            if (reader.Read(KeyTable.Crown, 0) is not { } blob)
                return (PrimaryState.NoCrown, numbers);
            SealedCrown = blob;
            foreach (RootRecord record in roots.AllRecords.OrderBy(r => r.Epoch))
            {
                crown = CrownCodec.TryOpen(blob, new Cryptography.RootKey(record.DangerousKey), options.VaultId);
                if (crown is null)
                    continue;
                OpenedWith = record;
                isOfAnotherName = !LedgerOrigin.Is(options.Origin, reader, crown, roots.Head);
                return (PrimaryState.OpensWithCurrent, numbers);
            }

            return (PrimaryState.OpensWithNeither, numbers);
        }
        catch (VaultException failure) when (failure.Code == VaultErrorCode.StoreDamaged)
        {
            return (PrimaryState.OpensWithNeither, new StoreNumbers(long.MaxValue, long.MaxValue));
        }
        catch (VaultException failure) when (failure.Code == VaultErrorCode.StoreMissing)
        {
            return (PrimaryState.FileMissing, default);
        }
    }

    private HeadState Compare(RootHead? head)
    {
        if (head is null)
            return HeadState.Missing;
        if (head.Commit == 0)
            return HeadState.AllZero;
        if (crown is null)
            return HeadState.Ok;
        if (!head.VaultId.Span.SequenceEqual(crown.VaultId))
            return HeadState.Forked;
        return crown.Commit < head.Commit ? HeadState.StoreOlder
            : Follows(crown, SealedCrown, head) == false ? HeadState.Forked
            : HeadState.Ok;
    }

    /// <summary>Whether a store with this crown went on from the head; null where it cannot tell.</summary>
    private static bool? Follows(Crown crown, ReadOnlySpan<byte> sealedCrown, RootHead head) =>
        crown.Commit == head.Commit ? head.CrownHash.Span.SequenceEqual(SHA256.HashData(sealedCrown)) : crown.Follows(head.Commit, head.CrownHash.Span);

    /// <summary>Where a mirror that opens stands. Beyond what was meant for it, it is no prefix; and when the primary went on meanwhile, they are two branches.</summary>
    private MirrorPosition PositionOf(Mirror mirror, Crown mirrored, byte[] blob, RootHead? head)
    {
        if (blob.AsSpan().SequenceEqual(SealedCrown))
            return MirrorPosition.Equal;
        bool isOffHead = head is { Commit: > 0 } && mirrored.Commit >= head.Commit && Follows(mirrored, blob, head) == false;
        if (crown is null)
            return isOffHead ? MirrorPosition.Branch : MirrorPosition.Ahead;
        long meant = crown.Places.Find(p => p.Id.AsSpan().SequenceEqual(mirror.PlaceId))?.Confirmed ?? 0;
        bool isFencingUs = mirrored.FencedKeyId == OpenedWith!.KeyId;
        if (mirrored.Commit <= meant && mirrored.Commit < crown.Commit && !isFencingUs)
            return MirrorPosition.Behind;
        bool wentOn = meant < crown.Commit && mirrored.Follows(crown.Commit, SHA256.HashData(SealedCrown)) != true;
        return isOffHead || (wentOn && Compare(head) is (HeadState.Ok or HeadState.AllZero)) ? MirrorPosition.Branch : MirrorPosition.Ahead;
    }

    private IEnumerable<MirrorObservation> LookAtMirrors(EngineOptions options, Mirrors mirrors, RootLocations roots, RootRecord? currentRecord, IReadOnlyList<Place> places)
    {
        HashSet<string> listed = [.. places.Where(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed }).Select(p => Convert.ToHexString(p.Id))];
        foreach (Mirror mirror in mirrors.All)
        {
            (MirrorObservation seen, bool isCurrent) = LookAtMirror(options, mirror, roots, currentRecord);
            bool isListed = crown is null || listed.Remove(Convert.ToHexString(mirror.PlaceId));
            if (!isListed && mirror.PlaceId.Length > 0)
                mirror.Trouble = "It is not listed as a mirror of this vault, and nothing is written to it. Add it (mirror add), or take it out of the configuration.";
            mirror.SeenCurrent = isListed && isCurrent;
            mirror.MayFollow = isListed && seen.Opens;
            current.Add((mirror, mirror.SeenCurrent));
            if (isListed)
                yield return seen;
        }

        for (int missing = 0; missing < listed.Count; missing++)
            yield return new MirrorObservation(MirrorState.Unreachable);
    }

    private (MirrorObservation Seen, bool IsCurrent) LookAtMirror(EngineOptions options, Mirror mirror, RootLocations roots, RootRecord? currentRecord)
    {
        mirror.PlaceId = [];
        try
        {
            if (!mirror.Location.Exists || mirror.Location.ReadPlaceId() is not { } id)
                return (new MirrorObservation(MirrorState.Unreachable), false);
            mirror.PlaceId = id;
            if (mirror.IsDistrusted)
                return (new MirrorObservation(MirrorState.Dead), false);
            using IKeyStoreReader reader = mirror.Location.OpenWithoutTrace();
            if (reader.Read(KeyTable.Crown, 0) is not { } blob)
                return (new MirrorObservation(MirrorState.Empty), false);
            foreach (RootRecord record in roots.AllRecords.OrderBy(r => r.Epoch))
            {
                using Crown? opened = CrownCodec.TryOpen(blob, new Cryptography.RootKey(record.DangerousKey), options.VaultId);
                if (opened is null)
                    continue;
                MirrorPosition position = PositionOf(mirror, opened, blob, roots.Head);
                if (position == MirrorPosition.Ahead && opened.Commit > (NewestAhead?.Commit ?? 0))
                    NewestAhead = (mirror, opened.Commit, roots.Head is { } head && opened.Commit >= head.Commit && Follows(opened, blob, head) != false);
                return (new MirrorObservation(record.Epoch == currentRecord!.Epoch ? MirrorState.OpensWithCurrent : MirrorState.OpensWithStaged, position), position == MirrorPosition.Equal);
            }

            return (new MirrorObservation(MirrorState.Dead), false);
        }
        catch (VaultException)
        {
            return (new MirrorObservation(mirror.PlaceId.Length > 0 ? MirrorState.Dead : MirrorState.Unreachable), false);
        }
    }
}
