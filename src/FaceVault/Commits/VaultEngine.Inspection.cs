using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Reading beside a running writer: no lock, no template key, nothing written; the crown is looked at anew for each call.
internal sealed partial class VaultEngine
{
    private static readonly TimeSpan InspectionPatience = TimeSpan.FromSeconds(2);
    private const int FewestLooks = 5;

    /// <summary>Slots read in one transaction: 64 leaves, about 1 ms. A read transaction keeps the writer from its checkpoint.</summary>
    private const uint InspectedSlots = KeyPage.EntriesPerLeaf * 64;

    /// <summary>Ledger lines read in one transaction: 32 segments, about 3 ms.</summary>
    private const int InspectedLines = LedgerSegment.MostLines * 32;

    private volatile Counted? counted;

    public bool IsInspecting { get; private set; }

    /// <summary>The newest head that stood in a root location at the last look.</summary>
    public RootHead? Head => roots.Head;

    /// <summary>Opens for inspection: the same observations and the same decision as an opening, without its steps.</summary>
    public void StartInspecting()
    {
        IsInspecting = true;
        Refresh();
        LogOpened("inspects");
    }

    /// <summary>What the entries say, counted. Beside a writer they are counted in stretches, each as it stands when it is read; what was counted stays good until the crown changes.</summary>
    public EntryCounts CountEntries()
    {
        var living = new Dictionary<uint, int>();
        int held = 0, kept = 0;
        byte[]? first = null;
        for (uint from = 1; from != 0;)
        {
            using ReadScope view = Read();
            if (!IsInspecting)
                return new EntryCounts(new Dictionary<uint, int>(view.State.Living), view.State.Held, view.State.Kept);
            first ??= view.State.SealedCrown;
            if (from == 1 && counted is { } known && known.Crown == first)
                return known.Entries;
            uint end = Math.Min(from + InspectedSlots, view.Crown.NextSlot);
            view.Tree.Walk(
                (_, entry) =>
                {
                    living[entry.PurposeVersion] = living.GetValueOrDefault(entry.PurposeVersion) + (entry.IsLiving ? 1 : 0);
                    held += entry.IsHeld ? 1 : 0;
                    kept += entry.IsKept || entry.IsSetAside ? 1 : 0;
                },
                from,
                end);
            from = end < view.Crown.NextSlot ? end : 0;
            if (from == 0 && first == view.State.SealedCrown)
                counted = new Counted(first, new EntryCounts(living, held, kept));
        }

        return new EntryCounts(living, held, kept);
    }

    /// <summary>Visits every entry, each stretch of slots in a view of its own, so that commits go on meanwhile.</summary>
    public void VisitEntries(ViewedEntryVisitor visit, CancellationToken cancellationToken = default)
    {
        const uint stretch = KeyPage.EntriesPerLeaf * 256;
        for (uint from = 1; from != 0;)
        {
            using ReadScope view = Read();
            uint end = Math.Min(from + stretch, view.Crown.NextSlot);
            view.Tree.Walk((slot, entry) => visit(view, slot, entry), from, end, cancellationToken);
            from = end < view.Crown.NextSlot ? end : 0;
        }
    }

    /// <summary>Whether <see cref="ReadLogAhead"/> would find nothing to do.</summary>
    public bool IsLogRead => state is { IsLogRead: true };

    /// <summary>Reads the hashes of the ledger in views of a few thousand lines, so that a proof does not keep the store from its checkpoint, nor commits waiting.</summary>
    public void ReadLogAhead()
    {
        while (true)
        {
            using ReadScope view = Read();
            if (view.State.ReadLog(view.Store, InspectedLines))
                return;
        }
    }

    /// <summary>Looks again. A writer may be between two steps: what does not open is tried again for two seconds before its code is believed.</summary>
    public void Refresh()
    {
        long start = Options.Clock.GetTimestamp();
        for (int looks = 1; ; looks++)
        {
            try
            {
                Look();
                return;
            }
            catch (VaultException failure) when (MayPass(failure.Code) && (Options.Clock.GetElapsedTime(start) < InspectionPatience || looks < FewestLooks))
            {
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>What a look between two steps of a writer may show; everything else is final at once. A root file whose areas were read one before and one after a replacement shows no record.</summary>
    private bool MayPass(VaultErrorCode code) =>
        code is VaultErrorCode.StoreDamaged or VaultErrorCode.StoreRolledBack or VaultErrorCode.StoreForked or VaultErrorCode.HeadMissing or VaultErrorCode.StoreFailed
        || (code == VaultErrorCode.RootKeyMissing && roots.Readings.Any(r => r.Reading.IsDamaged));

    private void Look()
    {
        gate.EnterWriteLock();
        try
        {
            using (Sighting seen = Sighting.Of(Options, roots, mirrors))
            {
                RecoveryDecision decision = Recovery.Decide(seen.Observations);
                if (decision.Action != RecoveryAction.Open)
                    throw Error.CannotOpen(decision);
                Decision = decision;
            }

            using var snapshot = new StoreSnapshot(Options.Store);
            Follow(snapshot);
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    /// <summary>A view of the store as it stands now, for one operation. What memory does not know yet is read before, a stretch in a transaction of its own.</summary>
    private ReadScope ReadBesideWriter()
    {
        long start = Options.Clock.GetTimestamp();
        int looks = 0;
        gate.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            while (true)
            {
                var snapshot = new StoreSnapshot(Options.Store);
                try
                {
                    if (CatchesUp(snapshot))
                        return new ReadScope(gate, State, snapshot);
                    snapshot.Dispose();
                    start = Options.Clock.GetTimestamp();
                    looks = 0;
                }
                catch (VaultException) when (Options.Clock.GetElapsedTime(start) < InspectionPatience || looks < FewestLooks)
                {
                    looks++; // on a machine so busy that one look takes all of the patience there are others all the same
                    snapshot.Dispose(); // a root key was replaced between two looks
                    Thread.Sleep(50);
                    roots.ReadAll();
                }
                catch
                {
                    snapshot.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            gate.ExitWriteLock();
            throw;
        }
    }

    /// <summary>Makes memory agree with a snapshot, as far as one transaction may go; true when nothing is left to read.</summary>
    private bool CatchesUp(StoreSnapshot snapshot)
    {
        Follow(snapshot);
        if (State.IndexedTo >= State.Crown.NextSlot)
            return true;
        using var tree = new TreeCursor(snapshot.Reader, State.Crown);
        return State.Index(tree, InspectedSlots);
    }

    /// <summary>Opens the snapshot's crown with a root key that is there now, unless it is the one that memory knows.</summary>
    private void Follow(StoreSnapshot snapshot)
    {
        if (state is not null && state.SealedCrown.AsSpan().SequenceEqual(snapshot.SealedCrown))
            return;
        foreach (RootRecord record in roots.AllRecords.OrderBy(r => r.Epoch))
        {
            if (CrownCodec.TryOpen(snapshot.SealedCrown, new RootKey(record.DangerousKey), Options.VaultId) is not { } crown)
                continue;
            bool isLater = state is not null && crown.Commit > state.Crown.Commit;
            try
            {
                if (!isLater || !SamePurposes(crown, State.Crown))
                {
                    if (!LedgerOrigin.Is(Options.Origin, snapshot.Reader, crown, roots.Head))
                        throw Error.OriginChanged();
                    Options.Reopened(snapshot.Reader, crown);
                }
            }
            catch
            {
                crown.Dispose();
                throw;
            }

            if (isLater)
            {
                State.Follow(crown, snapshot.SealedCrown);
                return;
            }

            state?.Dispose(); // a store that was put back: nothing is concluded from what was seen before
            state = VaultState.Beside(crown, snapshot.SealedCrown);
            return;
        }

        throw Error.StoreDamaged("the crown, which no root key opens,");
    }

    /// <summary>A purpose gets a new secret when its models change, another number of versions, or leaves.</summary>
    private static bool SamePurposes(Crown one, Crown other) => one.Purposes.Count == other.Purposes.Count && one.Purposes.Zip(other.Purposes)
        .All(p => p.First.Number == p.Second.Number && p.First.Version == p.Second.Version && p.First.DangerousBytes.SequenceEqual(p.Second.DangerousBytes));

    private sealed record Counted(byte[] Crown, EntryCounts Entries);
}

/// <summary>Receives every entry that is not empty, with the view that it is read in; both are valid only during the call.</summary>
internal delegate void ViewedEntryVisitor(ReadScope view, uint slot, KeyEntry entry);

/// <summary>What the entries of the key tree say, counted.</summary>
/// <param name="Living">Consents with a living template key, by purpose version.</param>
/// <param name="Held">Slots under a legal hold.</param>
/// <param name="Kept">Of these, the slots that are stopped.</param>
internal sealed record EntryCounts(IReadOnlyDictionary<uint, int> Living, int Held, int Kept);
