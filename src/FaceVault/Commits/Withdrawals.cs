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

        var drained = new List<Pending>(batch.Count);
        foreach (Pending pending in batch)
        {
            if (await IsDrainedAsync(pending.Request.Slot).ConfigureAwait(false))
                drained.Add(pending);
            else
                pending.Done.TrySetException(Error.NotDrained());
        }

        List<Shred> removals = Prepare(drained, out bool owed);
        if (owed)
            await engine.Enqueue(new CompletingItem()).ConfigureAwait(false);
        if (removals.Count > 0)
            await engine.Enqueue(new DestroyingItem(removals)).ConfigureAwait(false);
        Dictionary<uint, CompletedDestruction?> completed = removals.ToDictionary(r => r.Slot, r => r.Completed);
        foreach (Pending pending in drained)
            pending.Done.TrySetResult(completed.GetValueOrDefault(pending.Request.Slot));
    }

    /// <summary>Purges open galleries, then takes the digests of the ciphertexts that the entries count. A slot whose record does not open leaves the batch; the others go on.</summary>
    private List<Shred> Prepare(List<Pending> drained, out bool owed)
    {
        List<uint> slots = [.. drained.Select(p => p.Request.Slot).Distinct().Order()];
        int purged = engine.Options.Purge(slots);
        var removals = new List<Shred>(slots.Count);
        using ITemplateReader templates = engine.Options.Templates.OpenReader();
        owed = false;
        foreach (uint[] stretch in slots.Chunk(Stretch))
        {
            using ReadScope view = engine.Read();
            owed |= stretch.Any(slot => view.Crown.Work.TryGetValue(slot, out WorkItem item) && item.IsRemoved);
            foreach (uint slot in stretch)
                if (view.Tree.TryGet(slot, out KeyEntry entry) && entry.IsLiving && ReadFacts(view, slot, entry, drained) is { } facts)
                    removals.Add(new Shred(slot, facts) { Purged = purged, Digests = DigestsOf(templates, slot, entry.FirstOrdinal, entry.NextOrdinal) });
        }

        return removals;
    }

    /// <summary>Null, and whoever waits for the slot is told, when its record does not open.</summary>
    private RecordFacts? ReadFacts(ReadScope view, uint slot, KeyEntry entry, List<Pending> drained)
    {
        try
        {
            byte[] record = view.Store.Read(KeyTable.Record, slot) ?? throw Error.StoreDamaged("a consent record that is missing");
            return engine.Options.Evidence.Read(entry.EvidenceKey, slot, record);
        }
        catch (VaultException damaged) when (damaged.Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated)
        {
            foreach (Pending pending in drained.Where(p => p.Request.Slot == slot))
                pending.Done.TrySetException(Error.ErasureIncomplete(damaged));
            return null;
        }
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

    private async Task<bool> IsDrainedAsync(uint slot)
    {
        Task drain = engine.Leases.DrainAsync(slot);
        if (drain.IsCompleted)
            return true;
        try
        {
            await drain.WaitAsync(engine.Options.DrainTimeout, engine.Options.Clock).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
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
