using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

// Opening and reopening: observe every place for reading only, let Recovery.Decide choose, take its steps.
internal sealed partial class VaultEngine
{
    // Row 11 without a step would write on over damaged rows; the head would go past the mirror that could replace them.
    private bool mustRestore;
    private bool distrustsPrimary;

    /// <summary>The decision under which the vault stands open.</summary>
    public RecoveryDecision Decision { get; private set; }

    /// <summary>Whether a place is missing, so that ordinary commits go on and nothing is destroyed.</summary>
    public bool IsDegraded => Decision.IsDegraded || (state is { } now && !(IsInspecting ? mirrors.AllListedSeenCurrent(now.Crown.Places) : mirrors.AllListedCurrent(now.Crown.Places)));

    /// <summary>Ledger index and slot of every key whose certificate is still owed, and slots that are stopped.</summary>
    public IReadOnlyList<WorkItem> Work => [.. State.Crown.Work.Values];

    public IReadOnlyList<Mirror> MirrorStates => mirrors.All;

    public RootLocations Roots => roots;

    /// <summary>Takes the process lock, opens the vault and starts the writer.</summary>
    /// <exception cref="VaultException">The code of the recovery table's row; nothing was written.</exception>
    public void Start()
    {
        roots.Lock(Options.LockTimeout, Options.Clock);
        Open();
        started = true; // from here on closing records the head: a refused opening writes nothing
        LogOpened(WordOf(taken));
        queue.Start();
    }

    private void Open()
    {
        bool stepFailed = false;
        mustRestore = false;
        taken = RecoverySteps.None;
        workSince = Options.Clock.GetTimestamp();
        while (true)
        {
            CloseStores();
            using Sighting seen = Sighting.Of(Options, roots, mirrors, stepFailed);
            RecoveryDecision decision = Recovery.Decide(seen.Observations);
            if (decision.Action != RecoveryAction.Open)
                throw Error.CannotOpen(decision);
            try
            {
                if (!Adopt(seen))
                    continue; // the store settled on another crown while it was opened for writing: look again
                Decision = decision;
                Take(decision.Steps, seen);
                taken |= decision.Steps;
                if (decision.Steps.HasFlag(RecoverySteps.Discard) && State.Crown.Work.Values.Any(w => w.IsRemoved))
                    continue; // a completion is owed: the places are observed again
                Leases.Stop(State.Crown.Work.Values.Where(w => w.IsStopped).Select(w => w.Slot));
                SettlePassphrase();
                DeleteGarbage();
                Options.Reopened(store!, State.Crown);
                faulted = false;
                if (roots.Head is not { } head || head.Commit < State.Crown.Commit)
                    TryRecordHead(); // before anything is answered: what falls back from here on is known to
                return;
            }
            catch (Exception failure) when (!stepFailed && !mustRestore && failure is VaultException or IOException)
            {
                stepFailed = true; // what a step could not do is owed; the vault opens without it, or the refusal of the second look is thrown
            }
        }
    }

    /// <summary>Opens the primary for writing and moves everything committed to its final place before anything is concluded. False when another crown than the observed one stands there then.</summary>
    private bool Adopt(Sighting seen)
    {
        store = Options.Store.Open();
        _ = Templates; // one that cannot be opened refuses before anything is written
        store.Checkpoint();
        if (store.Read(KeyTable.Crown, 0) is not { } stored || !stored.AsSpan().SequenceEqual(seen.SealedCrown))
            return false;
        rootKey?.Dispose();
        rootKey = SecretKey.From(seen.OpenedWith!.DangerousKey);
        rootKeyId = ChooseKeyId(seen.OpenedWith);
        state?.Dispose();
        state = null; // loading may fail, and what is disposed must not be read
        state = VaultState.Load(store, seen.TakeCrown(), seen.SealedCrown);
        heads.Clear();
        heads.AddRange(State.Crown.Heads);
        NoteHead(); // whoever wrote this crown may have died while it recorded the head
        attemptStands |= attempted is not null && attempted.AsSpan().SequenceEqual(seen.SealedCrown);
        SettleCounts(seen.SealedCrown);
        seen.OpenCurrentMirrors();
        headDueSince = Options.Clock.GetTimestamp();
        return true;
    }

    private void Take(RecoverySteps steps, Sighting seen)
    {
        if (steps.HasFlag(RecoverySteps.Fence))
            Fence(seen.StagedKeyId);
        if (steps.HasFlag(RecoverySteps.StageWhereMissing))
            roots.Stage(rootKeyId, State.Crown.Epoch, State.Crown.VaultId, rootKey!);
        if (steps.HasFlag(RecoverySteps.ReadBack))
            ReadBackPrimary();
        if (steps.HasFlag(RecoverySteps.BringMirrorsUp))
            BringMirrorsUp();
        if ((steps & (RecoverySteps.Discard | RecoverySteps.Promote | RecoverySteps.Complete)) != RecoverySteps.None)
            RequireMirrors();
        if (steps.HasFlag(RecoverySteps.Discard))
            roots.Discard(rootKeyId);
        if (steps.HasFlag(RecoverySteps.Promote))
            roots.Promote(rootKeyId);
        if (steps.HasFlag(RecoverySteps.Complete))
            CompleteRemoved();
    }

    /// <summary>Before a key is destroyed: a mirror that was seen but could not be opened for writing counts as missing, and each one shows step 3b.</summary>
    private void RequireMirrors()
    {
        if (!mirrors.AllListedCurrent(State.Crown.Places))
            throw Error.PlaceUnreachable("a mirror that could not be opened");
        uint[] gone = [.. ShreddedInWork()];
        bool primaryStands = OwedRows.Stand(Options.Store, State, Options);
        foreach (Mirror mirror in mirrors.Current)
        {
            if (Passes(mirror.Location, reader => ReadBackCheck.Passes(reader, rootKey!.AsRootKey(), State.Crown.VaultId, [], gone)) && (!primaryStands || OwedRows.Stand(mirror.Location, State, Options)))
                continue;
            mirror.Distrust();
            throw Error.MirrorReadBackFailed();
        }
    }

    /// <summary>A commit that always writes: after it the staged key can never have opened a later crown, so it may be destroyed.</summary>
    private void Fence(ulong stagedKeyId)
    {
        using CommitDraft draft = NewDraft();
        draft.Crown.FencedKeyId = stagedKeyId;
        Commit(draft, rootKey!, checkpoint: true);
    }

    /// <summary>Brings up every mirror that is behind by a full copy that is walked. One that may hold the only copy of a row is spared.</summary>
    public void BringMirrorsUp()
    {
        foreach (Mirror mirror in mirrors.All.Where(m => !m.IsCurrent && m.MayFollow))
        {
            if (OnlyCopies.AreIn(mirror.Location, store!, State.Crown, Options, isAsked: false))
            {
                mirror.Spare();
                throw Error.MirrorHoldsOnlyCopies();
            }

            BringUp(mirror);
            if (!mirror.IsCurrent)
                throw Error.PlaceUnreachable("a mirror that cannot be brought up");
            ReadBack(mirror.Location, []);
        }
    }

    /// <summary>Copies the primary into a mirror. A commit names it first: a mirror that vanishes with its copy before the next commit is no branch when it comes back.</summary>
    private void BringUp(Mirror mirror)
    {
        Place? place = State.Crown.Places.Find(p => p.Id.AsSpan().SequenceEqual(mirror.PlaceId));
        if (place is not null && place.Confirmed < State.Crown.Commit)
        {
            mirror.IsAwaited = true;
            try
            {
                using CommitDraft draft = NewDraft();
                Commit(draft, rootKey!);
            }
            finally
            {
                mirror.IsAwaited = false;
            }
        }

        Mirrors.BringUp(mirror, Options.Store, State.Crown, State.SealedCrown);
    }

    /// <summary>Fills a mirror anew. A mirror that lost its file gets back the id that the crown lists.</summary>
    public void Refill(Mirror mirror)
    {
        if (mirror.PlaceId.Length == 0)
        {
            HashSet<string> known = [.. mirrors.All.Select(m => Convert.ToHexString(m.PlaceId))];
            Place[] lost = [.. State.Crown.Places.Where(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed } && !known.Contains(Convert.ToHexString(p.Id)))];
            mirror.PlaceId = lost is [var only] ? only.Id : throw Error.PlaceUnreachable("a mirror whose place cannot be told from another missing one");
        }
        else if (!State.Crown.Places.Exists(p => p is { Kind: PlaceKind.Mirror, State: PlaceState.Listed } && p.Id.AsSpan().SequenceEqual(mirror.PlaceId)))
        {
            throw Error.MirrorNotListed();
        }

        WalkTree(); // before the mirror's pages are replaced by these
        if (HoldsOnlyCopies(mirror))
            throw Error.MirrorNotOverwritten();
        BringUp(mirror);
        if (!mirror.IsCurrent)
            throw Error.MirrorNotFilled(mirror.Trouble);
        ReadBack(mirror.Location, []);
        LookAgain(); // what was owed for want of this mirror can go on
    }

    private void WalkTree()
    {
        using var cursor = new TreeCursor(store!, State.Crown);
        cursor.Walk(static (_, _) => { });
    }

    /// <summary>What of a mirror cannot be read is no copy of anything.</summary>
    private bool HoldsOnlyCopies(Mirror mirror)
    {
        try
        {
            return mirror.Location.Exists && OnlyCopies.AreIn(mirror.Location, store!, State.Crown, Options, isAsked: true);
        }
        catch (VaultException)
        {
            return false;
        }
    }

    /// <summary>Where rows of the commit are damaged and a mirror still holds the state before it, nothing is written: the old root key opens that mirror, and nothing is lost by restoring from it.</summary>
    private void ReadBackPrimary()
    {
        ReadBack(Options.Store, [.. ShreddedInWork()]);
        mustRestore = mirrors.All.Any(m => !m.IsCurrent && m.MayFollow) && (distrustsPrimary || !OwedRows.Stand(Options.Store, State, Options));
        if (mustRestore)
            throw Error.ReadBackFailed();
    }

    private void ReadBack(IKeyStoreLocation location, IReadOnlyCollection<uint> gone)
    {
        using IKeyStoreReader reader = location.OpenReader();
        if (!ReadBackCheck.Passes(reader, rootKey!.AsRootKey(), State.Crown.VaultId, [], gone))
            throw Error.ReadBackFailed();
    }

    private IEnumerable<uint> ShreddedInWork()
    {
        using var cursor = new TreeCursor(store!, State.Crown);
        foreach (WorkItem item in State.Crown.Work.Values)
            if (item.IsRemoved && (!cursor.TryGet(item.Slot, out KeyEntry entry) || !entry.IsLiving))
                yield return item.Slot;
    }

    /// <summary>Deletes template rows that nothing counts any more: of dead slots, and of slots never given out.</summary>
    private void DeleteGarbage()
    {
        var dead = new List<uint>();
        uint next = 1;
        using var cursor = new TreeCursor(store!, State.Crown);
        cursor.Walk((slot, entry) =>
        {
            for (; next < slot; next++)
                dead.Add(next);
            if (!entry.IsLiving)
                dead.Add(slot);
            next = slot + 1;
        });
        for (; next < State.Crown.NextSlot; next++)
            dead.Add(next);
        ITemplateStore rows = Templates;
        try
        {
            rows.DeleteFrom(State.Crown.NextSlot);
            if (dead.Count > 0)
                rows.DeleteSlots(dead);
        }
        catch (VaultException)
        {
            DropTemplates(); // only garbage: the next opening deletes it
        }
    }

    /// <summary>Deletes all rows of slots, and those of others below an ordinal. Writer thread only.</summary>
    internal void DeleteRows(IReadOnlyList<uint> dead, IReadOnlyList<(uint Slot, ushort Ordinal)> firsts)
    {
        try
        {
            if (dead.Count > 0)
                Templates.DeleteSlots(dead);
            if (firsts.Count > 0)
                Templates.DeleteBelow(firsts);
        }
        catch (VaultException)
        {
            DropTemplates();
            throw;
        }
    }

    /// <summary>Closes the template store after a failure; the next use opens it again.</summary>
    private void DropTemplates()
    {
        TemplateReaders.Clear();
        templates?.Dispose();
        templates = null;
    }

    private void CloseStores()
    {
        readBackPassed = false;
        readers.Clear();
        store?.Dispose();
        store = null;
        DropTemplates();
        foreach (Mirror mirror in mirrors.All)
        {
            mirror.Store?.Dispose();
            mirror.Store = null;
        }
    }
}
