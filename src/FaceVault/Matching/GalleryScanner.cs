using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Matching;

/// <summary>Runs passes of at most 264 probes over a gallery's blocks with its own bounded workers: the calling thread and up to <c>threads - 1</c> more, started when first needed.</summary>
/// <remarks>One pass at a time: the owner sees to that. Threads come out of a budget that other galleries share: who helps leaves, and who leads stands aside, when somebody waits for one. Workers take the next block from a shared counter; each holds the store's barrier only while it works on a block (<see cref="BlockReader"/>). Nothing is allocated once the lists have grown to the pass.</remarks>
internal sealed unsafe class GalleryScanner : IDisposable
{
    /// <summary>Panel bytes × probes below which waking another thread costs more than it brings.</summary>
    private const long WorthAThread = 4L * 1024 * 1024;

    /// <summary>Panel bytes × probes, about a millisecond, after which a thread looks whether another search waits for it.</summary>
    private const long Slice = 16L * 1024 * 1024;

    private readonly GalleryStore store;
    private readonly ThreadBudget budget;
    private readonly BlockLayout layout;
    private readonly FloatKernel floatKernel;
    private readonly ByteKernel byteKernel;
    private readonly Worker[] workers;
    private readonly ExactScores exact;
    private readonly object gate = new();
    private int round;
    private int wanted;
    private int running;
    private bool ended;

    private ProbeBatch probes = null!;
    private int firstTile;
    private int probeCount;
    private int blocks;
    private int nextBlock;
    private bool stop;
    private Exception? failure;
    private CancellationToken cancellation;
    private SearchProgress? progress;

    public GalleryScanner(GalleryStore store, int threads, ThreadBudget budget, FloatKernel floatKernel, ByteKernel byteKernel)
    {
        this.store = store;
        this.budget = budget;
        layout = store.Layout;
        this.floatKernel = floatKernel;
        this.byteKernel = byteKernel;
        exact = new ExactScores(layout);
        workers = new Worker[threads];
        try
        {
            for (int i = 0; i < threads; i++)
                workers[i] = new Worker(store);
        }
        catch
        {
            foreach (Worker? worker in workers)
                worker?.Dispose(); // scratch that could not be locked
            throw;
        }
    }

    /// <summary>What the last pass found.</summary>
    public TopCandidates Found => workers[0].Top;

    /// <summary>The probes that a pass may begin with: a multiple of this.</summary>
    public int ProbesPerTile => layout.IsInt8 ? DotKernels.ByteTile : DotKernels.FloatTile;

    /// <summary>Makes a running pass end at the next block.</summary>
    public void Stop() => Volatile.Write(ref stop, true);

    /// <summary>Finds the best of every template for each probe.</summary>
    /// <param name="pass">The probes.</param>
    /// <param name="top">How many candidates each probe of the pass asks for.</param>
    /// <param name="thresholds">The lowest score each asks for.</param>
    /// <param name="perTemplate">Whether a slot may be found by several of its templates.</param>
    public void Run(in SearchPass pass, ReadOnlySpan<int> top, ReadOnlySpan<float> thresholds, bool perTemplate = false)
    {
        int blockCount = store.BlockCount, most = WorkersFor(blockCount, pass.Count);
        ExactScores? again = ExactFor(pass);
        foreach (Worker worker in workers.AsSpan(0, most))
        {
            worker.Top.Prepare(top, thresholds, perTemplate, again);
            worker.Sink = worker.Top;
        }

        Go(pass, blockCount, most);
        foreach (Worker worker in workers.AsSpan(1, most - 1))
            Found.Merge(worker.Top, pass.Count);
        Found.Settle(pass.Count);
    }

    /// <summary>Adds every template that reaches the floor of a buffer to it.</summary>
    public void Collect(in SearchPass pass, HitBuffer destination)
    {
        int blockCount = store.BlockCount, most = WorkersFor(blockCount, pass.Count);
        ExactScores? again = ExactFor(pass);
        foreach (Worker worker in workers.AsSpan(0, most))
        {
            worker.Hits.Prepare(destination, pass.First, pass.Count, layout.Lanes, again);
            worker.Sink = worker.Hits;
        }

        Go(pass, blockCount, most);
    }

    /// <summary>Hands the scores of the first blocks' templates to a sink that is safe for all workers.</summary>
    public void Fill(in SearchPass pass, int blockCount, ScoreSink destination)
    {
        int most = WorkersFor(blockCount, pass.Count);
        foreach (Worker worker in workers.AsSpan(0, most))
            worker.Sink = destination;
        try
        {
            Go(pass, blockCount, most);
        }
        finally
        {
            foreach (Worker worker in workers.AsSpan(0, most))
                worker.Sink = worker.Top;
        }
    }

    /// <summary>Ends the threads. No pass may be running.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            Monitor.PulseAll(gate);
        }

        foreach (Worker worker in workers)
        {
            worker.Thread?.Join();
            worker.Dispose();
        }
    }

    /// <summary>Compares probes with every template of the first blocks and offers the scores to the workers' sinks.</summary>
    private void Go(in SearchPass pass, int blockCount, int mostWorkers)
    {
        probes = pass.Probes;
        firstTile = pass.First / ProbesPerTile;
        probeCount = pass.Count;
        progress = pass.Progress;
        cancellation = pass.Cancellation;
        blocks = blockCount;
        nextBlock = 0;
        failure = null;
        int taken = budget.Take(mostWorkers);
        bool started = false;
        try
        {
            Start(taken - 1);
            started = true;
            Work(workers[0], leads: true);
        }
        finally
        {
            budget.Give(started ? 1 : taken); // who helps gives back its own
        }

        Wait();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref stop), typeof(Gallery));
    }

    private ExactScores? ExactFor(in SearchPass pass)
    {
        if (!pass.Rescore || !layout.IsInt8)
            return null;
        exact.Prepare(pass.Probes, pass.First, pass.Count);
        return exact;
    }

    private int WorkersFor(int blockCount, int count)
    {
        long work = blockCount * WorkPerBlock(count);
        return (int)Math.Clamp(Math.Min(work / WorthAThread, blockCount), 1, workers.Length);
    }

    private long WorkPerBlock(int count) => (long)layout.PanelsSize * (count + store.Body.ProbesPerReading);

    private void Start(int helpers)
    {
        if (helpers == 0)
            return;
        for (int i = 1; i <= helpers; i++)
        {
            if (workers[i].Thread is null)
                StartThread(i);
        }

        lock (gate)
        {
            wanted = helpers;
            running = helpers;
            round++;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Apart from its caller, which would otherwise make room for what the thread is given with every pass.</summary>
    private void StartThread(int index)
    {
        workers[index].Thread = new Thread(() => Help(index)) { IsBackground = true, Name = "FaceVault search" };
        workers[index].Thread!.UnsafeStart(); // without the caller's context
    }

    private void Wait()
    {
        lock (gate)
            while (running > 0)
                Monitor.Wait(gate);
    }

    private void Help(int index)
    {
        int seen = 0;
        while (true)
        {
            lock (gate)
            {
                while (round == seen || index > wanted)
                {
                    if (ended)
                        return;
                    seen = round;
                    Monitor.Wait(gate);
                }

                seen = round; // one that was begun is gone through also when it ends: its leader waits for everyone
            }

            Work(workers[index], leads: false);
            budget.Give(1);
            lock (gate)
            {
                running--;
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Work(Worker worker, bool leads)
    {
        long perBlock = WorkPerBlock(probeCount), done = 0;
        try
        {
            while (!Volatile.Read(ref stop) && !cancellation.IsCancellationRequested && Volatile.Read(ref failure) is null)
            {
                int index = Interlocked.Increment(ref nextBlock) - 1;
                if (index >= blocks)
                    return;
                InterleavedBlock block = worker.Reader.Enter(index);
                try
                {
                    worker.Sink.Begin(block, index * layout.Lanes, worker.Reader.Factors);
                    Scan(worker, block, index * layout.Lanes);
                }
                finally
                {
                    worker.Reader.Exit();
                }

                worker.Sink.End();
                if (leads)
                    progress?.Tell(probeCount, Math.Min(Volatile.Read(ref nextBlock), blocks), blocks);
                done += perBlock;
                if (done < Slice || !budget.IsWanted)
                    continue;
                if (!leads)
                    return;
                budget.Give(1);
                budget.Take(1);
                done = 0;
            }
        }
        catch (Exception e)
        {
            Volatile.Write(ref failure, e);
        }
    }

    private void Scan(Worker worker, InterleavedBlock block, int firstLane)
    {
        if (probeCount == 1)
            ScanOne(worker, block, firstLane);
        else if (layout.IsInt8)
            ScanBytes(worker, block, firstLane);
        else
            ScanFloats(worker, block, firstLane);
    }

    private void ScanOne(Worker worker, InterleavedBlock block, int firstLane)
    {
        // Side by side, a quarter of the block is a stream of its own: each is long enough for the processor to fetch ahead.
        worker.Streams.Begin();
        bool sideBySide = worker.Streams.SideBySide;
        int quarter = layout.Panels / BlockLayout.Streams, panelsApart = sideBySide ? quarter : 1, apart = panelsApart * layout.LanesPerPanel;
        nint stride = (nint)panelsApart * layout.PanelBytes / 4;
        uint* probe = probes.Tile(firstTile);
        for (int i = 0; i < quarter; i++)
        {
            int panel = sideBySide ? i : i * BlockLayout.Streams, lane = panel * layout.LanesPerPanel;
            if (layout.IsInt8)
                DotKernels.ScoreOne(
                    byteKernel, sideBySide, (int*)block.Panel(panel), stride, (int*)probe, layout.Rows, probes.Sums[firstTile * DotKernels.ByteTile],
                    probes.Factors[firstTile * DotKernels.ByteTile], worker.Reader.Factors + lane, apart, worker.Scores);
            else
                DotKernels.ScoreOne(floatKernel, sideBySide, (float*)block.Panel(panel), stride, (float*)probe, layout.Rows, worker.Reader.Factors + lane, apart, worker.Scores);
            if (!worker.Sink.Passes(0, worker.Scores, BlockLayout.Streams * layout.LanesPerPanel))
                continue;
            for (int stream = 0; stream < BlockLayout.Streams; stream++, lane += apart)
                worker.Sink.Offer(
                    0, 1, worker.Scores + stream * layout.LanesPerPanel, layout.LanesPerPanel, block.Slots + lane, block.Ordinals + lane, firstLane + lane);
        }

        worker.Streams.End();
    }

    private void ScanFloats(Worker worker, InterleavedBlock block, int firstLane)
    {
        for (int panel = 0; panel < layout.Panels; panel++)
        {
            int lane = panel * 32;
            for (int probe = 0, tile = firstTile; probe < probeCount; probe += DotKernels.FloatTile, tile++)
            {
                int count = Math.Min(DotKernels.FloatTile, probeCount - probe);
                DotKernels.ScoreTile(floatKernel, (float*)block.Panel(panel), (float*)probes.Tile(tile), count, layout.Rows, worker.Reader.Factors + lane, worker.Scores);
                worker.Sink.Offer(probe, count, worker.Scores, 32, block.Slots + lane, block.Ordinals + lane, firstLane + lane);
            }
        }
    }

    /// <summary>Asks for a tile's share of the next int8 panel, so that it is there when its turn comes: with few probes a panel is done before the memory has the next. A float32 panel is too large for it.</summary>
    private void Fetch(InterleavedBlock block, int panel, int tile, int tiles)
    {
        if (!Sse.IsSupported || panel >= layout.Panels)
            return;
        nint share = (layout.PanelBytes / tiles + 63) / 64 * 64, end = Math.Min(layout.PanelBytes, (tile + 1) * share);
        byte* next = block.Panel(panel);
        for (nint line = tile * share; line < end; line += 64)
            Sse.Prefetch1(next + line);
    }

    private void ScanBytes(Worker worker, InterleavedBlock block, int firstLane)
    {
        for (int panel = 0; panel < layout.Panels; panel++)
        {
            int lane = panel * 16;
            for (int probe = 0, tile = firstTile; probe < probeCount; probe += DotKernels.ByteTile, tile++)
            {
                int count = Math.Min(DotKernels.ByteTile, probeCount - probe), at = tile * DotKernels.ByteTile;
                Fetch(block, panel + 1, tile - firstTile, (probeCount + DotKernels.ByteTile - 1) / DotKernels.ByteTile);
                DotKernels.ScoreTile(
                    byteKernel, (int*)block.Panel(panel), (int*)probes.Tile(tile), count, layout.Rows,
                    probes.Sums + at, probes.Factors + at, worker.Reader.Factors + lane, worker.Scores);
                worker.Sink.Offer(probe, count, worker.Scores, 16, block.Slots + lane, block.Ordinals + lane, firstLane + lane);
            }
        }
    }

    private sealed class Worker(GalleryStore store) : IDisposable
    {
        public BlockReader Reader { get; } = new(store);

        public TopCandidates Top { get; } = new();

        public HitSieve Hits { get; } = new();

        public StreamChoice Streams { get; } = new();

        /// <summary>Where the scores of the pass go.</summary>
        public ScoreSink Sink { get; set; } = null!;

        public float* Scores { get; } = (float*)NativeMemory.AlignedAlloc(DotKernels.ScoresPerCall * sizeof(float), 64);

        public Thread? Thread { get; set; }

        public void Dispose()
        {
            NativeMemory.AlignedFree(Scores);
            Hits.Dispose();
            Reader.Dispose();
        }
    }
}
