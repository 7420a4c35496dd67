using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Records;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault.Commits;

/// <summary>Owns the stores, the root key, the memory between commits and the one thread that writes. Everything that changes the vault passes through <see cref="Commit"/>.</summary>
/// <remarks>
/// Members that write run on the writer thread (items call them); <see cref="Enqueue"/> and <see cref="Read"/> may be called from any thread.
/// Faulted: a commit failed; before the next item §7 of the protocol runs again in place, with stops and galleries kept.
/// </remarks>
internal sealed partial class VaultEngine : IDisposable
{
    private static readonly TimeSpan HeadDelay = TimeSpan.FromMilliseconds(750);

    private readonly ReaderWriterLockSlim gate = new(LockRecursionPolicy.SupportsRecursion);
    private readonly ReaderPool<IKeyStoreReader> readers;
    private readonly WriterQueue queue;
    private readonly RootLocations roots;
    private readonly Mirrors mirrors;

    // Commits that a root location may hold as its head, also where recording one ended without an answer; every crown says so of those before it.
    private readonly List<CrownMark> heads = [];

    private VaultState? state;
    private IKeyStore? store;
    private ITemplateStore? templates;
    private SecretKey? rootKey;
    private ulong rootKeyId;
    private long? headDueSince;
    private byte[]? attempted;
    private bool attemptStands;
    private bool recovering;
    private bool started;
    private volatile bool recoveryFailed;
    private volatile bool faulted;
    private volatile bool disposed;
    private VaultException? halt;

    public VaultEngine(EngineOptions options)
    {
        Options = options;
        Meter = new VaultMeter(options.Origin);
        Book = new CountBook(options.Clock);
        countsWritten = options.Clock.GetTimestamp();
        roots = new RootLocations(options.Roots);
        mirrors = new Mirrors(options.Mirrors);
        readers = new ReaderPool<IKeyStoreReader>(options.Store.OpenReader);
        TemplateReaders = new ReaderPool<ITemplateReader>(options.Templates.OpenReader);
        queue = new WriterQueue(CommitGroup, RunExclusive, Idle, Rest);
    }

    public EngineOptions Options { get; }

    public SlotLeases Leases { get; } = new();

    public VaultState State => state ?? throw Error.VaultFaulted();

    /// <summary>Connections that read ciphertexts.</summary>
    public ReaderPool<ITemplateReader> TemplateReaders { get; }

    public ITemplateStore Templates => templates ??= Options.Templates.Open();

    public uint NowMinutes => (uint)(Options.Clock.GetUtcNow().ToUnixTimeSeconds() / 60);

    /// <summary>Flushes asked of the operating system by stores and mirrors since they were opened.</summary>
    public long Flushes => ((store as ILoggedStore)?.Flushes ?? 0) + ((templates as ILoggedStore)?.Flushes ?? 0) + mirrors.All.Sum(m => (m.Store as ILoggedStore)?.Flushes ?? 0);

    /// <summary>Queues an item; the task ends when it is durable, refused or failed.</summary>
    public Task Enqueue(WriterItem item) => IsInspecting ? Task.FromException(Error.NotInspecting()) : queue.Enqueue(item);

    /// <summary>From now on nothing is written, what is queued neither, because somebody remembers another vault; reading goes on. Until the vault is closed.</summary>
    /// <returns>Whether it was not so before; otherwise the first reason stays.</returns>
    public bool Halt(VaultException reason) => Interlocked.CompareExchange(ref halt, reason, null) is null;

    /// <summary>Why nothing is used or written any more; null while it is.</summary>
    public VaultException? HaltReason => Volatile.Read(ref halt);

    /// <exception cref="VaultException">Nothing may be used or written any more.</exception>
    public void ThrowIfHalted()
    {
        if (HaltReason is { } reason)
            throw Error.Fenced(reason);
    }

    /// <summary>Makes a draft on the writer thread.</summary>
    public CommitDraft NewDraft() => new(State, store!, LedgerTime);

    /// <summary>The one commit function: rows, transaction, memory, checkpoint, mirrors. Writer thread only.</summary>
    /// <param name="draft">What changes; its crown is taken over.</param>
    /// <param name="key">The root key that seals the crown: the current one, or the staged one of a destroying commit.</param>
    /// <param name="checkpoint">Whether the commit is a fence or destroys: then everything is moved to its final place before it returns.</param>
    /// <param name="beforeCommit">Sees the sealed write set before the transaction; throwing leaves everything as it was.</param>
    /// <param name="beforeMirrors">Sees the write set when it is durable in the primary and before any mirror has it.</param>
    public void Commit(
        CommitDraft draft, SecretKey key, bool checkpoint = false, Action<IReadOnlyList<KeyWrite>>? beforeCommit = null, Action<IReadOnlyList<KeyWrite>>? beforeMirrors = null)
    {
        if (!recovering)
            attempted = null;
        draft.Crown.Commit++;
        CarriedCounts? counts = AddCounts(draft);
        draft.SealNow();
        AppendRows(draft.Rows);
        draft.Crown.Heads.Clear();
        draft.Crown.Heads.AddRange(heads);
        mirrors.NoteMeant(draft.Crown);
        byte[] sealedCrown = draft.Seal(key.AsRootKey());
        byte[] expected = State.SealedCrown;
        var numbers = new StoreNumbers(draft.Crown.Epoch, draft.Crown.Commit);
        beforeCommit?.Invoke(draft.Writes);
        if (!recovering)
        {
            attempted = sealedCrown;
            carried = counts;
        }

        gate.EnterWriteLock();
        try
        {
            if (!store!.Commit(expected, draft.Writes, numbers))
                throw Error.StoreChanged();
            State.Take(draft, sealedCrown);
            SettleCounts(sealedCrown);
        }
        catch (Exception failure)
        {
            Fault(failure);
            throw;
        }
        finally
        {
            gate.ExitWriteLock();
        }

        if (checkpoint)
            CheckpointStore();
        beforeMirrors?.Invoke(draft.Writes);
        mirrors.Apply(expected, draft.Writes, numbers, checkpoint);
        headDueSince ??= Options.Clock.GetTimestamp();
    }

    /// <summary>Records the head at the reached root locations; at least one must take it.</summary>
    public void RecordHead()
    {
        Crown crown = State.Crown;
        CrownMark now = NoteHead();
        roots.RecordHead(new RootHead(crown.VaultId, crown.Epoch, crown.Commit, crown.NextSlot, crown.LedgerSize, now.Hash));
        heads.RemoveAll(head => head.Commit < now.Commit);
        headDueSince = null;
    }

    /// <summary>From now on a root location may say that this commit is the newest.</summary>
    private CrownMark NoteHead()
    {
        if (heads is [.., var last] && last.Commit == State.Crown.Commit)
            return last;
        var now = new CrownMark(State.Crown.Commit, SHA256.HashData(State.SealedCrown));
        NoteHead(now);
        return now;
    }

    private void NoteHead(CrownMark newest)
    {
        heads.Add(newest);
        if (heads.Count > Crown.MostHeads)
            heads.RemoveAt(0); // of what is older the crowns to come say nothing
    }

    /// <summary>Ends the queue, records the head, closes everything and wipes the keys.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        queue.Dispose();
        if (started && !faulted && state is not null)
            WriteCounts();
        if (started && headDueSince is not null && !faulted && state is not null)
            TryRecordHead();
        gate.EnterWriteLock(); // readers that are inside end first
        try
        {
            readers.Dispose(); // before the store: the last connection moves the log into the file
            TemplateReaders.Dispose();
            store?.Dispose();
            templates?.Dispose();
            mirrors.Dispose();
            roots.Dispose();
            rootKey?.Dispose();
            state?.Dispose();
            state = null;
        }
        finally
        {
            gate.ExitWriteLock();
        }

        try
        {
            gate.Dispose();
        }
        catch (SynchronizationLockException)
        {
            // Somebody is about to be told that the vault is closed.
        }

        LogClosed();
    }

    private void CheckpointStore()
    {
        try
        {
            store!.Checkpoint();
        }
        catch (Exception failure)
        {
            Fault(failure);
            throw;
        }
    }

    private void AppendRows(List<TemplateRow> rows)
    {
        if (rows.Count == 0)
            return;
        try
        {
            Templates.Append(rows);
        }
        catch
        {
            DropTemplates();
            throw;
        }
    }

    private void CommitGroup(IReadOnlyList<OrdinaryItem> items)
    {
        List<OrdinaryItem> group = [.. items];
        Exception? failure = null, withoutHead = null;
        try
        {
            attempted = null; // only what this group attempts may be found to stand
            attemptStands = false;
            Recover();
            using CommitDraft draft = NewDraft();
            for (int i = 0; i < group.Count;)
            {
                if (Joins(group[i], draft))
                    i++;
                else
                    group.RemoveAt(i);
            }

            foreach (OrdinaryItem item in group)
                item.CommitNumber = State.Crown.Commit + 1;
            if (!draft.IsEmpty)
                CommitMeasured(draft, group.Count);
        }
        catch (Exception e)
        {
            // A commit whose answer was lost may stand: the vault looks before it says so.
            DropTemplates();
            failure = TryRecover() && attemptStands ? null : e;
        }

        try
        {
            if (failure is null && group.Exists(item => item.NeedsHead))
                RecordHead();
        }
        catch (Exception e)
        {
            withoutHead = e;
        }

        LogChanges();
        foreach (OrdinaryItem item in group)
            End(item, failure, withoutHead);
    }

    private static void End(OrdinaryItem item, Exception? failure, Exception? withoutHead)
    {
        try
        {
            if (failure is null)
                item.Committed();
        }
        catch (Exception e)
        {
            failure = e; // durable, but an open gallery did not take it
        }

        item.Ended();
        if (failure is not null)
            item.Fail(failure);
        else if (item.NeedsHead && withoutHead is not null)
            item.Fail(withoutHead);
        else
            item.Succeed();
    }

    /// <summary>Applies an item. A refused one leaves the group; one that fails after its first change takes the whole draft with it.</summary>
    private bool Joins(OrdinaryItem item, CommitDraft draft)
    {
        draft.IsChanging = false;
        try
        {
            ThrowIfHalted();
            item.CancellationToken.ThrowIfCancellationRequested();
            item.Apply(draft);
            return true;
        }
        catch (Exception refusal) when (!draft.IsChanging)
        {
            item.Fail(refusal);
            item.Ended();
            return false;
        }
    }

    private void RunExclusive(ExclusiveItem item)
    {
        Exception? failure = null;
        try
        {
            if (!item.ReadsOnly)
                ThrowIfHalted();
            Recover();
            item.CancellationToken.ThrowIfCancellationRequested();
            item.Run(this);
        }
        catch (Exception e)
        {
            failure = e;
            TryRecover();
        }

        LogChanges();
        if (failure is null)
            item.Succeed();
        else
            item.Fail(failure);
    }

    private void Idle()
    {
        if (faulted)
            TryRecover();
        else if (headDueSince is { } since && Options.Clock.GetElapsedTime(since) >= HeadDelay)
            TryRecordHead();
        else
            WriteCountsWhenDue();
    }

    /// <summary>What a bulk left in the logs is moved while nobody waits for it.</summary>
    private void Rest()
    {
        if (faulted)
            return;
        (store as ILoggedStore)?.Rest();
        (templates as ILoggedStore)?.Rest();
        foreach (Mirror mirror in mirrors.All)
            (mirror.Store as ILoggedStore)?.Rest();
    }

    private void TryRecordHead()
    {
        try
        {
            RecordHead();
        }
        catch (Exception failure) when (failure is VaultException or IOException or InvalidOperationException)
        {
            headDueSince = Options.Clock.GetTimestamp(); // said by status; tried again
        }
    }

    /// <summary>Looks at all places again, as an opening would. Refuses where that could only make the vault unusable.</summary>
    private void LookAgain()
    {
        if (!faulted)
        {
            roots.LockWhatCameBack();
            roots.ReadAll();
            if (!roots.Records.Any(r => r.KeyId == rootKeyId))
                throw Error.PlaceUnreachable("every root location");
            faulted = true;
        }

        Recover();
    }

    private bool TryRecover()
    {
        try
        {
            Recover();
            return true;
        }
        catch (Exception)
        {
            return false; // the vault stays faulted; tried again before the next item, and when idle. Nothing that lies in a store may end the writer's thread
        }
    }

    /// <summary>After a failed commit: closes what failed and decides again, in place.</summary>
    private void Recover()
    {
        if (!faulted)
            return;
        LogFault();
        attemptStands = false;
        recovering = true;
        Exception? undecided = null;
        gate.EnterWriteLock();
        try
        {
            roots.LockWhatCameBack();
            Open();
            recoveryFailed = false;
        }
        catch (Exception failure)
        {
            undecided = recoveryFailed ? null : failure; // logged once, however often it is tried
            recoveryFailed = true;
            throw;
        }
        finally
        {
            gate.ExitWriteLock();
            recovering = false;
            LogDecision(undecided);
        }
    }
}
