using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

// The destroying commit, steps 2 to 6, on the writer thread. What a crash leaves at each point stands beside it.
internal sealed partial class VaultEngine
{
    private const int ManyRows = 256;

    /// <summary>Destroys keys in one transaction under a new root key, confirms it everywhere, destroys the old root key everywhere, logs and certifies it.</summary>
    /// <exception cref="VaultException">A place is missing, or a step failed: everything stopped stays stopped, and the destruction is taken up again at the next open or call.</exception>
    /// <param name="removals">What leaves the store.</param>
    /// <param name="change">What the new root key is made for besides; null for nothing.</param>
    public void Destroy(IReadOnlyList<Removal> removals, RootChange? change = null)
    {
        EnsureWhole();
        removals = WithoutHeld(removals);
        if (removals.Count == 0 && change is null)
            return;
        readBackPassed = false;
        completed.Clear();
        bool begun = false;
        Task? deletion = null;
        try
        {
            DestroyMeasured(removals, change, ref begun, ref deletion);
        }
        catch (Exception failure) when (begun)
        {
            Fault(failure); // memory may be a step ahead of the key it seals with
            if (deletion is not null)
                Task.WaitAny(deletion);
            Recover(); // before the transaction: fence and discard. After it: row 11 of the table takes it to its end
            if (!AllRemoved(removals) || change?.Stands(State.Crown, FormerKeyMayStand) == false)
                throw;
        }
        catch (VaultException)
        {
            DropTemplates();
            throw;
        }

        foreach (Removal removal in removals)
            removal.Completed = completed.GetValueOrDefault(removal.RemovedIndex);
        completed.Clear();
        if (deletion is null)
            DeleteDeadRows(removals);
        else
            deletion.GetAwaiter().GetResult();
    }

    /// <summary>Looks at the places again when one was missing. Destruction needs every one of them.</summary>
    private void EnsureWhole()
    {
        if (IsDegraded || OwesCompletion || !roots.AllReached(State.Crown.Places)) // one that was away when heads were recorded may have come back
            LookAgain();
        mirrors.CheckCurrent(State.SealedCrown);
        if (IsDegraded || !mirrors.AllListedCurrent(State.Crown.Places))
            throw NotWhole();
    }

    /// <summary>Step 2 reads the holds again: what was put under one since step 0 leaves the batch.</summary>
    private IReadOnlyList<Removal> WithoutHeld(IReadOnlyList<Removal> removals)
    {
        if (State.Held == 0)
            return removals;
        using var cursor = new TreeCursor(store!, State.Crown);
        return [.. removals.OrderBy(r => r.Slot).Where(r => !(r.YieldsToHold && cursor.TryGet(r.Slot, out KeyEntry entry) && entry.IsHeld))];
    }

    /// <summary>Why nothing is destroyed now.</summary>
    private VaultException NotWhole() => mirrors.All.Any(m => m.IsDistrusted) ? Error.MirrorReadBackFailed()
        : mirrors.All.Any(m => m.HoldsOnlyCopies) ? Error.MirrorHoldsOnlyCopies()
        : Error.PlaceUnreachable("a listed root location or mirror");

    private void DestroyNow(IReadOnlyList<Removal> removals, RootChange? change, ref bool begun, ref Task? deletion)
    {
        using CommitDraft draft = NewDraft();
        draft.Crown.Epoch++;
        foreach (Removal removal in removals.OrderBy(r => r.Slot))
            removal.Apply(draft, Options);
        change?.Apply(draft, Options);
        CloseRetired(draft);

        // Step 2. A crash leaves the store at e with a staged key: fence, then discard.
        var fresh = SecretKey.Random();
        try
        {
            ulong keyId = NewKeyId();
            if (!roots.AllReached(State.Crown.Places) || roots.Staged.Any())
                throw Error.PlaceUnreachable("a listed root location");
            change?.Begin(roots, NewKeyId(), State.Crown);
            begun = true;
            roots.Stage(keyId, draft.Crown.Epoch, draft.Crown.VaultId, fresh);

            // Step 3 and 3b. A crash leaves e, or e+1 with work owed; both keys still stand everywhere.
            uint[] shredded = [.. removals.Where(r => r.EndsSlot).Select(r => r.Slot)];
            Commit(draft, fresh, checkpoint: true, writes => OpenAhead(writes, keyId), writes => ReadBackAll(null, fresh, writes, shredded));
            (fresh, rootKey) = (rootKey!, fresh);
            rootKeyId = keyId;
            if (!mirrors.AllListedCurrent(State.Crown.Places))
                throw Error.PlaceUnreachable("a mirror that failed while keys were destroyed");
            foreach (Mirror mirror in mirrors.Current)
                ReadBackAll(mirror, rootKey, draft.Writes, shredded);
            if (change is not null)
            {
                roots.Follow(State.Crown.Places);
                roots.Stage(keyId, State.Crown.Epoch, State.Crown.VaultId, rootKey); // at a location that the transaction listed
            }

            // Step 4. The crowns of the primary and of every mirror opened with the staged key as every location gave it back.
            roots.Promote(keyId);
        }
        finally
        {
            fresh.Dispose();
        }

        if (removals.Count >= ManyRows)
            deletion = Task.Run(() => DeleteDeadRows(removals)); // the keys are gone everywhere: rows and completion need not wait for each other
        readBackPassed = true;
        CompleteRemoved(removals.OfType<Shred>().ToDictionary(shred => shred.Slot, shred => shred.Record), deletion);
        readBackPassed = false;
    }

    /// <summary>Before the transaction: the new crown must open with the staged key as read back, and every new page from it.</summary>
    private void OpenAhead(IReadOnlyList<KeyWrite> writes, ulong keyId)
    {
        using var ahead = new OverlayReader(store!, writes);
        foreach (RootRecord record in roots.Records.Where(r => r.KeyId == keyId))
        {
            using Crown crown = CrownCodec.TryOpen(ahead.Read(KeyTable.Crown, 0), new RootKey(record.DangerousKey), State.Crown.VaultId) ?? throw Error.ReadBackFailed();
            using var cursor = new TreeCursor(ahead, crown);
            foreach (KeyWrite page in writes)
                if (page is { Table: KeyTable.Leaf, Blob.IsEmpty: false })
                    _ = cursor.TryGet(((uint)page.Key * KeyPage.EntriesPerLeaf) + 1, out _);
        }
    }

    /// <summary>Step 3b over a new read-only connection, to a mirror or (null) the primary. What failed it once is not believed by the recovery that follows, which has no write set to compare with.</summary>
    private void ReadBackAll(Mirror? mirror, SecretKey key, IReadOnlyList<KeyWrite> writes, uint[] shredded)
    {
        if (Passes(mirror?.Location ?? Options.Store, reader => ReadBackCheck.Passes(reader, key.AsRootKey(), State.Crown.VaultId, writes, shredded)))
            return;
        if (mirror is null)
            distrustsPrimary = true;
        mirror?.Distrust();
        throw mirror is null ? Error.ReadBackFailed() : Error.MirrorReadBackFailed();
    }

    private static bool Passes(IKeyStoreLocation location, Func<IKeyStoreReader, bool> check)
    {
        try
        {
            using IKeyStoreReader reader = location.OpenReader();
            return check(reader);
        }
        catch (VaultException damage) when (damage.IsDamage)
        {
            return false;
        }
    }

    private bool AllRemoved(IReadOnlyList<Removal> removals)
    {
        using var cursor = new TreeCursor(store!, State.Crown);
        return removals.All(r => r.RemovedIndex >= 0
            ? (completed.TryGetValue(r.RemovedIndex, out CompletedDestruction? done) && done.Slot == r.Slot)
                || (DamageOf(r.Slot) is not null && State.Crown.Work[r.Slot].RemovedIndex == r.RemovedIndex)
            : !FormerKeyMayStand && r.IsGone(State, cursor));
    }

    /// <summary>Step 6: rows of dead slots are garbage; a crash before it leaves them to the next open. Those of re-keyed slots went before the completion.</summary>
    private void DeleteDeadRows(IReadOnlyList<Removal> removals)
    {
        try
        {
            uint[] dead = [.. removals.Where(r => r.EndsSlot).Select(r => r.Slot)];
            if (dead.Length > 0)
                Templates.DeleteSlots(dead);
        }
        catch (VaultException)
        {
            DropTemplates();
        }
    }

    private static ulong NewKeyId()
    {
        ulong id;
        do
            id = BitConverter.ToUInt64(SecureRandom.Bytes(8));
        while (id == 0);
        return id;
    }
}
