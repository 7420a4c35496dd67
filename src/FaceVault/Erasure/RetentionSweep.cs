using FaceVault.Commits;
using FaceVault.Keys;

namespace FaceVault.Erasure;

/// <summary>Deletes unasked (PIPL 47; GDPR 17): consents whose use has ended, evidence whose time is over, and what was stopped and still owed. Resumable: each batch is a commit of its own.</summary>
internal static class RetentionSweep
{
    public static async Task<SweepResult> RunAsync(VaultEngine engine, Withdrawals withdrawals, CancellationToken cancellationToken)
    {
        List<StopRequest> resumed = [.. engine.Work.Where(w => w.IsStopped).Select(w => new StopRequest(w.Slot, (DeletionTrigger)w.Trigger, null))];
        (List<StopRequest> expired, List<uint> evidence) = Find(engine, resumed, cancellationToken);
        await CompleteAsync(engine).ConfigureAwait(false);
        int destroyed = (await withdrawals.RunAsync([.. resumed, .. expired]).ConfigureAwait(false)).Count(r => r is not null);
        foreach (uint[] batch in evidence.Chunk(Crown.MostWorkItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await engine.Enqueue(new DestroyingItem([.. batch.Select(slot => new EvidenceDeath(slot))])).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is VaultException or IOException)
            {
                throw Error.ErasureIncomplete(failure);
            }
        }

        return new SweepResult(destroyed - Math.Min(destroyed, resumed.Count), evidence.Count, Math.Min(destroyed, resumed.Count));
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

    private static (List<StopRequest> Expired, List<uint> Evidence) Find(VaultEngine engine, List<StopRequest> resumed, CancellationToken cancellationToken)
    {
        var expired = new List<StopRequest>();
        var evidence = new List<uint>();
        uint now = engine.NowMinutes;
        HashSet<uint> known = [.. resumed.Select(r => r.Slot)];
        using ReadScope view = engine.Read();
        view.Tree.Walk(
            (slot, entry) =>
            {
                if (entry.IsLiving && entry.UseEnds <= now && entry.State == SlotState.Active && !known.Contains(slot))
                    expired.Add(new StopRequest(slot, DeletionTrigger.Expired, null));
                else if (!entry.IsLiving && entry.EvidenceEnds <= now && entry.EvidenceEnds != 0 && !view.Crown.Work.ContainsKey(slot))
                    evidence.Add(slot);
            },
            cancellationToken: cancellationToken);
        return (expired, evidence);
    }
}
