using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault.Erasure;

/// <summary>Deletes unasked (PIPL 47; GDPR 17): consents whose use has ended, evidence whose time is over, what was stopped and still owed, and template rows that an archive brought back. Resumable: each batch is a commit of its own.</summary>
/// <remarks>What has run out under a legal hold is stopped and kept; evidence under one does not die (D4: PIPL 47(2); GDPR 18).</remarks>
internal static class RetentionSweep
{
    /// <summary>Records read in one view, so that commits do not wait long.</summary>
    private const int Stretch = 512;

    public static async Task<SweepResult> RunAsync(VaultEngine engine, UseEnd useEnds, Withdrawals withdrawals, CancellationToken cancellationToken)
    {
        List<StopRequest> resumed = [.. engine.Work.Where(w => w.IsStopped).Select(w => new StopRequest(w.Slot, (DeletionTrigger)w.Trigger, null))];
        (List<StopRequest> expired, List<uint> evidence, _) = Find(engine, useEnds, resumed, cancellationToken);
        await CompleteAsync(engine).ConfigureAwait(false);
        int destroyed = 0, kept = 0;
        ErasureIncompleteException? incomplete = null;
        try
        {
            IReadOnlyList<StopResult> results = await withdrawals.RunAsync([.. resumed, .. expired]).ConfigureAwait(false);
            destroyed = results.Count(r => r.Completed is not null);
            kept = results.Count(r => r.IsKept);
        }
        catch (ErasureIncompleteException owed)
        {
            incomplete = owed; // thrown when the evidence is gone
        }

        (List<EvidenceDeath> deaths, VaultException? unreadable) = ReadEvidence(engine, evidence);
        foreach (EvidenceDeath[] batch in deaths.Chunk(engine.Options.MostInBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await engine.Enqueue(new DestroyingItem(batch)).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is VaultException or IOException)
            {
                throw Error.ErasureIncomplete(failure);
            }
        }

        await FormerRowsItem.RunAsync(engine, cancellationToken).ConfigureAwait(false);
        if (unreadable is not null)
            incomplete ??= Error.EvidenceUnreadable(unreadable);
        if (incomplete is not null)
            throw incomplete;
        var swept = new SweepResult(destroyed - Math.Min(destroyed, resumed.Count), deaths.Count, Math.Min(destroyed, resumed.Count), kept);
        engine.Options.Logger.VaultSwept(engine.Options.Origin, swept.Expired, swept.EvidenceDestroyed, swept.Resumed, swept.Restricted);
        return swept;
    }

    /// <summary>What a sweep would find now.</summary>
    public static SweepResult Preview(VaultEngine engine, UseEnd useEnds, CancellationToken cancellationToken)
    {
        List<StopRequest> resumed;
        using (ReadScope view = engine.Read())
            resumed = [.. view.Crown.Work.Values.Where(w => w.IsStopped).Select(w => new StopRequest(w.Slot, (DeletionTrigger)w.Trigger, null))];
        (List<StopRequest> expired, List<uint> evidence, int held) = Find(engine, useEnds, resumed, cancellationToken);
        return new SweepResult(expired.Count - held, evidence.Count, resumed.Count, held);
    }

    /// <summary>What the ledger needs of each record; one that does not open is left out and told at the end.</summary>
    private static (List<EvidenceDeath> Deaths, VaultException? Unreadable) ReadEvidence(VaultEngine engine, List<uint> slots)
    {
        var deaths = new List<EvidenceDeath>(slots.Count);
        VaultException? unreadable = null;
        foreach (uint[] stretch in slots.Chunk(Stretch))
        {
            using ReadScope view = engine.Read();
            foreach (uint slot in stretch)
            {
                try
                {
                    if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.HasEvidence)
                        deaths.Add(new EvidenceDeath(slot, engine.Options.Evidence.Read(entry, slot, view.Store.Read(KeyTable.Record, slot) ?? throw Error.ConsentRecordDamaged())));
                }
                catch (VaultException damaged) when (damaged.IsDamage)
                {
                    unreadable = damaged;
                }
            }
        }

        return (deaths, unreadable);
    }

    private static async Task CompleteAsync(VaultEngine engine)
    {
        try
        {
            await engine.Enqueue(new CompletingItem()).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is VaultException or IOException)
        {
            throw Error.ErasureIncomplete(failure);
        }
    }

    private static (List<StopRequest> Expired, List<uint> Evidence, int Held) Find(VaultEngine engine, UseEnd useEnds, List<StopRequest> resumed, CancellationToken cancellationToken)
    {
        var expired = new List<StopRequest>();
        var evidence = new List<uint>();
        int held = 0;
        uint now = engine.NowMinutes;
        HashSet<uint> known = [.. resumed.Select(r => r.Slot)];
        engine.VisitEntries(
            (view, slot, entry) =>
            {
                if (entry.IsLiving && useEnds(entry) <= now && (entry.State == SlotState.Active || entry.IsSetAside) && !known.Contains(slot))
                {
                    expired.Add(new StopRequest(slot, DeletionTrigger.Expired, null));
                    held += entry.IsHeld ? 1 : 0;
                }
                else if (!entry.IsLiving && !entry.IsHeld && entry.EvidenceEnds <= now && entry.EvidenceEnds != 0 && !view.Crown.Work.ContainsKey(slot))
                {
                    evidence.Add(slot);
                }
            },
            cancellationToken);
        return (expired, evidence, held);
    }
}

/// <summary>The Unix minute at which an entry's use ends: its own, or before by a rule that became stricter (S2).</summary>
internal delegate uint UseEnd(KeyEntry entry);
