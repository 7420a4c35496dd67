using System.Security.Cryptography;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Takes slots from stop to completed destruction. A lone call never waits; calls that arrive while a batch runs share the next one.</summary>
/// <remarks>Everything that may wait (drain, purge, digests) happens here, before the batch enters the writer's queue; the writer itself never waits. Thread-safe.</remarks>
internal sealed class Withdrawals(VaultEngine engine)
{
    /// <summary>Slots looked at in one view, so that commits do not wait long.</summary>
    private const int Stretch = 512;

    private readonly Lock gate = new();
    private List<Pending> waiting = [];
    private bool running;

    /// <summary>Stops the slots in memory at once and completes when each is irrevocably destroyed or has failed.</summary>
    /// <returns>For each request, in order, what was completed; null where the slot had no living key.</returns>
    /// <exception cref="ErasureIncompleteException">A slot is stopped and its destruction is not complete; calling again continues it.</exception>
    public async Task<IReadOnlyList<CompletedDestruction?>> RunAsync(IReadOnlyList<StopRequest> requests, IProgress<long>? progress = null)
    {
        var pending = requests.Select(r => new Pending(r)).ToList();
        engine.Leases.Stop(requests.Select(r => r.Slot));
        lock (gate)
        {
            waiting.AddRange(pending);
            if (!running)
            {
                running = true;
                _ = Task.Run(RunBatchesAsync);
            }
        }

        ErasureIncompleteException? first = null;
        var results = new CompletedDestruction?[pending.Count];
        for (int i = 0; i < results.Length; i++)
        {
            try
            {
                results[i] = await pending[i].Done.Task.ConfigureAwait(false);
            }
            catch (ErasureIncompleteException incomplete)
            {
                first ??= incomplete; // thrown when the others are done
            }

            if ((i + 1) % 1000 == 0 || i + 1 == results.Length)
                progress?.Report(i + 1);
        }

        return first is null ? results : throw first;
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

                batch = waiting[..Math.Min(waiting.Count, Crown.MostWorkItems)];
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
        try
        {
            await engine.Enqueue(new StopItem(engine, [.. batch.Select(p => p.Request)])).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not ObjectDisposedException)
        {
            throw Error.StopNotRecorded(failure);
        }

        List<Pending> drained = await DrainAsync(batch).ConfigureAwait(false);
        HashSet<uint> others = OtherStops(batch);
        IReadOnlyDictionary<uint, CompletedDestruction?> completed;
        try
        {
            completed = await DestroyAsync(drained, others).ConfigureAwait(false);
        }
        catch (Exception failure) when (others.Count > 0 && failure is not ObjectDisposedException)
        {
            completed = await DestroyAsync(drained, []).ConfigureAwait(false); // nobody pays for what others have stopped
        }

        foreach (Pending pending in drained)
            pending.Done.TrySetResult(completed.GetValueOrDefault(pending.Request.Slot));
    }

    /// <summary>Slots of the work list that somebody stopped before and nobody uses any more: they share the destroying commit as far as it has room.</summary>
    private HashSet<uint> OtherStops(List<Pending> batch)
    {
        HashSet<uint> own = [.. batch.Select(p => p.Request.Slot)];
        using ReadScope view = engine.Read();
        uint[] stopped = [.. view.Crown.Work.Values.Where(w => w.IsStopped && !own.Contains(w.Slot)).Select(w => w.Slot)];
        engine.Leases.Stop(stopped);
        return [.. stopped.Where(slot => engine.Leases.DrainAsync(slot).IsCompleted).Take(Crown.MostWorkItems - own.Count)];
    }

    private async Task<IReadOnlyDictionary<uint, CompletedDestruction?>> DestroyAsync(List<Pending> drained, HashSet<uint> others)
    {
        List<Shred> removals = Prepare(drained, others, out bool owed);
        if (owed)
            await engine.Enqueue(new CompletingItem()).ConfigureAwait(false);
        if (removals.Count > 0)
            await engine.Enqueue(new DestroyingItem(removals)).ConfigureAwait(false);
        return removals.ToDictionary(r => r.Slot, r => r.Completed);
    }

    /// <summary>Purges open galleries, then takes the digests of the ciphertexts that the entries count. A slot that cannot be read leaves the batch; the others go on.</summary>
    private List<Shred> Prepare(List<Pending> drained, HashSet<uint> others, out bool owed)
    {
        List<uint> slots = [.. drained.Select(p => p.Request.Slot).Union(others).Order()];
        int purged = engine.Options.Purge(slots);
        var removals = new List<Shred>(slots.Count);
        using ITemplateReader templates = engine.Options.Templates.OpenReader();
        owed = false;
        foreach (uint[] stretch in slots.Chunk(Stretch))
        {
            using ReadScope view = engine.Read();
            owed |= stretch.Any(slot => view.Crown.Work.TryGetValue(slot, out WorkItem item) && item.IsRemoved);
            foreach (uint slot in stretch)
            {
                try
                {
                    if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.IsLiving)
                        removals.Add(new Shred(slot, ReadFacts(view, slot, entry)) { Purged = purged, Digests = DigestsOf(templates, slot, entry.FirstOrdinal, entry.NextOrdinal) });
                }
                catch (VaultException failure) when (others.Contains(slot) || failure.Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated)
                {
                    foreach (Pending pending in drained.Where(p => p.Request.Slot == slot))
                        pending.Done.TrySetException(Error.ErasureIncomplete(failure));
                }
            }
        }

        return removals;
    }

    private RecordFacts ReadFacts(ReadScope view, uint slot, KeyEntry entry)
    {
        byte[] record = view.Store.Read(KeyTable.Record, slot) ?? throw Error.StoreDamaged("a consent record that is missing");
        return engine.Options.Evidence.Read(entry.EvidenceKey, slot, record);
    }

    internal static List<byte[]> DigestsOf(ITemplateReader templates, uint slot, ushort first, ushort next)
    {
        var digests = new List<byte[]>();
        templates.Scan(slot, slot, (_, ordinal, blob) =>
        {
            if (ordinal >= first && ordinal < next)
                digests.Add(SHA256.HashData(blob));
            return true;
        });
        return digests;
    }

    /// <summary>Those whose uses have ended, after one wait for all; the others leave the batch.</summary>
    private async Task<List<Pending>> DrainAsync(List<Pending> batch)
    {
        Task[] drains = [.. batch.Select(p => engine.Leases.DrainAsync(p.Request.Slot))];
        try
        {
            await Task.WhenAll(drains).WaitAsync(engine.Options.DrainTimeout, engine.Options.Clock).ConfigureAwait(false);
            return batch;
        }
        catch (TimeoutException)
        {
            foreach ((Pending pending, Task drain) in batch.Zip(drains))
                if (!drain.IsCompleted)
                    pending.Done.TrySetException(Error.NotDrained());
            return [.. batch.Where(p => !p.Done.Task.IsCompleted)];
        }
    }

    private sealed class Pending(StopRequest request)
    {
        public StopRequest Request { get; } = request;

        public TaskCompletionSource<CompletedDestruction?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A destroying commit as an item of the queue.</summary>
internal sealed class DestroyingItem(IReadOnlyList<Removal> removals) : ExclusiveItem
{
    public override void Run(VaultEngine engine) => engine.Destroy(removals);
}

/// <summary>Takes up completions that are owed.</summary>
internal sealed class CompletingItem : ExclusiveItem
{
    public override void Run(VaultEngine engine) => engine.CompleteOwed();
}
