using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault.Commits;

/// <summary>Takes slots from stop to completed destruction. A lone call never waits; calls that arrive while a batch runs share the next one.</summary>
/// <remarks>
/// Everything that may wait (drain, purge, digests) happens here, before the batch enters the writer's queue; the writer itself never waits. A slot that is still in use
/// leaves its batch and comes back when the use has ended, so that nobody waits for another's. Thread-safe.
/// </remarks>
internal sealed class Withdrawals(VaultEngine engine)
{
    /// <summary>Slots looked at in one view, so that commits do not wait long.</summary>
    private const int Stretch = 512;

    private readonly Lock gate = new();
    private List<Pending> waiting = [];
    private bool running;

    /// <summary>Stops the slots in memory at once and completes when each is irrevocably destroyed or has failed.</summary>
    /// <returns>For each request, in order, what became of it.</returns>
    /// <exception cref="ErasureIncompleteException">A slot is stopped and its destruction is not complete; calling again continues it.</exception>
    public async Task<IReadOnlyList<StopResult>> RunAsync(IReadOnlyList<StopRequest> requests, IProgress<long>? progress = null)
    {
        var pending = requests.Select(r => new Pending(r)).ToList();
        MeasuredTime time = MeasuredTime.Start(Instruments.DeletionDuration, engine.Options.Clock);
        engine.Leases.Stop(requests.Select(r => r.Slot));
        Add(pending);
        ErasureIncompleteException? first = null;
        int owed = 0;
        var results = new StopResult[pending.Count];
        for (int i = 0; i < results.Length; i++)
        {
            try
            {
                results[i] = await pending[i].Done.Task.ConfigureAwait(false);
                if (results[i].Completed is not null)
                    engine.Meter.DeletedAfter(LedgerNames.Of(requests[i].Trigger), time);
            }
            catch (ErasureIncompleteException incomplete)
            {
                first ??= incomplete; // thrown when the others are done
                owed++;
            }

            if ((i + 1) % 1000 == 0 || i + 1 == results.Length)
                progress?.Report(i + 1);
        }

        if (first is null)
            return results;
        engine.Options.Logger.DestructionsOwed(engine.Options.Origin, owed);
        throw first;
    }

    private void Add(IReadOnlyList<Pending> pending)
    {
        lock (gate)
        {
            waiting.AddRange(pending);
            if (running)
                return;
            running = true;
            _ = Task.Run(RunBatchesAsync);
        }
    }

    private async Task RunBatchesAsync()
    {
        while (true)
        {
            List<Pending> batch;
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    running = false;
                    return;
                }

                batch = waiting[..Math.Min(waiting.Count, engine.Options.MostInBatch)];
                waiting = waiting[batch.Count..];
            }

            try
            {
                await RunBatchAsync(batch).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                foreach (Pending pending in batch)
                    pending.Done.TrySetException(failure as ErasureIncompleteException ?? Error.ErasureIncomplete(failure));
            }
        }
    }

    private async Task RunBatchAsync(List<Pending> batch)
    {
        await RecordAsync([.. batch.Where(p => !p.IsRecorded)]).ConfigureAwait(false);
        ILookup<bool, Pending> byUse = batch.ToLookup(p => p.Drain.IsCompleted);
        if (byUse[false].Any())
            _ = WaitForUsesAsync([.. byUse[false]]);
        List<Pending> drained = [.. byUse[true]];
        if (drained.Count == 0)
            return;
        HashSet<uint> others = OtherStops(batch);
        Dictionary<uint, CompletedDestruction?> completed;
        try
        {
            completed = await DestroyAsync(drained, others).ConfigureAwait(false);
        }
        catch (Exception failure) when (others.Count > 0 && failure is not ObjectDisposedException)
        {
            completed = await DestroyAsync(drained, []).ConfigureAwait(false); // nobody pays for what others have stopped
        }

        foreach (Pending pending in drained)
        {
            if (engine.DamageOf(pending.Request.Slot) is { } damage)
                pending.Done.TrySetException(Error.CertificateOwed(damage));
            else if (completed.GetValueOrDefault(pending.Request.Slot) is { } done)
                pending.Done.TrySetResult(new StopResult(done, false));
            else
                Answer(pending);
        }
    }

    /// <summary>For a slot that nothing was destroyed of: it was destroyed before, a hold keeps it, or a hold that kept it a moment ago does not any more.</summary>
    private void Answer(Pending pending)
    {
        using ReadScope view = engine.Read();
        bool living = view.Tree.TryGet(pending.Request.Slot, out KeyEntry entry) && entry.IsLiving;
        if (living && !entry.IsKept)
            pending.Done.TrySetException(Error.HoldLiftedMeanwhile());
        else
            pending.Done.TrySetResult(new StopResult(null, living));
    }

    private async Task RecordAsync(List<Pending> fresh)
    {
        if (fresh.Count == 0)
            return;
        try
        {
            await engine.Enqueue(new StopItem(engine, [.. fresh.Select(p => p.Request)])).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not ObjectDisposedException)
        {
            throw Error.StopNotRecorded(failure);
        }

        foreach (Pending pending in fresh)
        {
            pending.IsRecorded = true;
            pending.Drain = engine.Leases.DrainAsync(pending.Request.Slot);
        }
    }

    /// <summary>Brings each back when its use has ended. One wait for all: whose use has not ended by then is told so.</summary>
    private async Task WaitForUsesAsync(List<Pending> inUse)
    {
        try
        {
            await Task.WhenAll(inUse.Select(async pending =>
            {
                await pending.Drain.ConfigureAwait(false);
                if (!pending.Done.Task.IsCompleted)
                    Add([pending]);
            })).WaitAsync(engine.Options.DrainTimeout, engine.Options.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (Pending pending in inUse.Where(p => !p.Drain.IsCompleted))
                pending.Done.TrySetException(Error.NotDrained());
        }
    }

    /// <summary>Slots of the work list that somebody stopped before and nobody uses any more: they share the destroying commit as far as it has room.</summary>
    private HashSet<uint> OtherStops(List<Pending> batch)
    {
        HashSet<uint> own = [.. batch.Select(p => p.Request.Slot)];
        using ReadScope view = engine.Read();
        uint[] stopped = [.. view.Crown.Work.Values.Where(w => w.IsStopped && !own.Contains(w.Slot)).Select(w => w.Slot)];
        engine.Leases.Stop(stopped);
        return [.. stopped.Where(slot => engine.Leases.DrainAsync(slot).IsCompleted).Take(engine.Options.MostInBatch - own.Count)];
    }

    private async Task<Dictionary<uint, CompletedDestruction?>> DestroyAsync(List<Pending> drained, HashSet<uint> others)
    {
        List<Shred> removals = Prepare(drained, others, out bool owed);
        if (owed)
            await engine.Enqueue(new CompletingItem()).ConfigureAwait(false);
        foreach (Shred second in removals.Where(r => engine.DamageOf(r.Slot) is not null).ToList())
        {
            removals.Remove(second); // a former key of it is not certified yet, and the work list has room for one
            Tell(drained, second.Slot, engine.DamageOf(second.Slot)!);
        }

        if (removals.Count > 0)
            await engine.Enqueue(new DestroyingItem(removals)).ConfigureAwait(false);
        return removals.ToDictionary(r => r.Slot, r => r.Completed);
    }

    /// <summary>Purges open galleries, then takes the digests of the ciphertexts that the entries count. A slot that cannot be read leaves the batch; the others go on.</summary>
    private List<Shred> Prepare(List<Pending> drained, HashSet<uint> others, out bool owed)
    {
        List<uint> slots = [.. drained.Select(p => p.Request.Slot).Union(others).Order()];
        int purged = engine.Options.Purge(slots);
        var removals = new Shred?[slots.Count];
        var lost = new ConcurrentQueue<(int At, string Key, List<byte[]> Digests)>();
        int removed = 0;
        Ranges.Run(slots.Count, (from, to) =>
        {
            using ReaderPool<ITemplateReader>.Rented templates = engine.TemplateReaders.Rent();
            for (int start = from; start < to; start += Stretch)
            {
                using ReadScope view = engine.Read();
                for (int i = start; i < Math.Min(to, start + Stretch); i++)
                {
                    uint slot = slots[i];
                    if (view.Crown.Work.TryGetValue(slot, out WorkItem item) && item.IsRemoved)
                        Volatile.Write(ref removed, 1);
                    try
                    {
                        if (!view.Tree.TryGet(slot, out KeyEntry entry) || !entry.IsLiving || entry.IsHeld)
                            continue;
                        List<byte[]> digests = DigestsOf(templates.Reader, slot, entry.FirstOrdinal, entry.NextOrdinal);
                        if (ReadFacts(view, slot, entry) is { } facts)
                            removals[i] = new Shred(slot, facts) { Purged = purged, Digests = digests };
                        else if (!others.Contains(slot)) // those are looked for when it is their turn
                            lost.Enqueue((i, LostRecords.CommitmentOf(entry.TemplateKey), digests));
                    }
                    catch (VaultException failure) when (others.Contains(slot) || failure.IsDamage)
                    {
                        Tell(drained, slot, failure);
                    }
                }
            }
        });
        Dictionary<string, RecordFacts> found = LostRecords.Find(engine, lost.Select(l => l.Key));
        foreach ((int at, string key, List<byte[]> digests) in lost)
        {
            if (found.TryGetValue(key, out RecordFacts? facts))
                removals[at] = new Shred(slots[at], facts) { Purged = purged, Digests = digests };
            else
                Tell(drained, slots[at], Error.ConsentRecordDamaged());
        }

        owed = removed != 0;
        return [.. removals.OfType<Shred>()];
    }

    /// <summary>Null when the consent record is missing or damaged.</summary>
    private RecordFacts? ReadFacts(ReadScope view, uint slot, KeyEntry entry)
    {
        try
        {
            return view.Store.Read(KeyTable.Record, slot) is { } record ? engine.Options.Evidence.Read(entry, slot, record) : null;
        }
        catch (VaultException damaged) when (damaged.IsDamage)
        {
            return null;
        }
    }

    private static void Tell(List<Pending> drained, uint slot, VaultException failure)
    {
        foreach (Pending pending in drained.Where(p => p.Request.Slot == slot))
            pending.Done.TrySetException(Error.ErasureIncomplete(failure));
    }

    /// <summary>Of every counted ciphertext that is there. Where the template store is damaged, of those before the damage: nobody's destruction waits for ciphertexts.</summary>
    internal static List<byte[]> DigestsOf(ITemplateReader templates, uint slot, ushort first, ushort next)
    {
        var digests = new List<byte[]>();
        try
        {
            templates.Scan(slot, slot, (_, ordinal, blob) =>
            {
                if (ordinal >= first && ordinal < next)
                    digests.Add(SHA256.HashData(blob));
                return true;
            });
        }
        catch (VaultException damaged) when (damaged.Code == VaultErrorCode.StoreDamaged)
        {
            return digests;
        }

        return digests;
    }

    private sealed class Pending(StopRequest request)
    {
        public StopRequest Request { get; } = request;

        public bool IsRecorded { get; set; }

        /// <summary>Completes when nobody uses the slot any more; known when the stop is recorded.</summary>
        public Task Drain { get; set; } = Task.CompletedTask;

        public TaskCompletionSource<StopResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What became of a stopped slot.</summary>
/// <param name="Completed">Its completed destruction; null where it had no living key, or is kept.</param>
/// <param name="IsKept">Whether a legal hold keeps it.</param>
internal readonly record struct StopResult(CompletedDestruction? Completed, bool IsKept);

/// <summary>A destroying commit as an item of the queue.</summary>
internal sealed class DestroyingItem(IReadOnlyList<Removal> removals) : ExclusiveItem
{
    public override void Run(VaultEngine engine)
    {
        try
        {
            engine.Destroy(removals);
        }
        finally
        {
            foreach (Removal removal in removals)
                removal.Ended();
        }
    }
}

/// <summary>Takes up completions that are owed.</summary>
internal sealed class CompletingItem : ExclusiveItem
{
    public override void Run(VaultEngine engine) => engine.CompleteOwed();
}
