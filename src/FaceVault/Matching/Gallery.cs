using FaceVault.Matching;
using FaceVault.Telemetry;

namespace FaceVault;

/// <summary>The templates of one purpose and one model for 1:N search, in native memory that is left out of core dumps and, where the system allows it, locked against swapping: decrypted once, or sealed and opened a few at a time while a search runs (<see cref="GalleryMode"/>).</summary>
/// <remarks>
/// <para>The vault owns one shared gallery per purpose, model and mode: new enrolments reach it, withdrawals are purged from it before they return, and consents whose
/// use ends are masked at the start of the next search. Safe for any number of threads; searches take turns and use up to <see cref="Threads"/> threads each, which all galleries
/// of a vault share. A bulk search lets those who wait in <see cref="IdentifyAsync"/> in between its passes of 264 probes.</para>
/// <para>A search sees what was enrolled when it began. What is removed while it runs is dropped from its answers when they are handed over, so an answer handed
/// over after a removal returned never names what was removed; such a list may be one shorter than asked for. Scores and order depend neither on the number
/// of threads nor on the processor.</para>
/// <para>Whoever can read this process's memory can read the templates, sealed ones with the keys that stand beside them: nothing here is a defence against that.</para>
/// </remarks>
public sealed partial class Gallery : IDisposable
{
    private readonly GalleryStore store;
    private readonly GalleryScanner scanner;
    private readonly IdentifyQueue queue;
    private readonly GalleryOptions options;
    private readonly object turn = new();
    private bool sharedWaits;
    private bool disposed;

    internal Gallery(TemplateModel model, GalleryOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, 1024, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWaiting, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxWaiting, 65_536, nameof(options));
        if (options.Mode is not (GalleryMode.Open or GalleryMode.Sealed))
            throw Error.GalleryModeUnknown(nameof(options));
        Model = model;
        this.options = options;
        Threads = options.Threads == 0 ? Math.Min(Environment.ProcessorCount, 64) : options.Threads;
        store = new GalleryStore(new BlockLayout(model.Dimensions, model.Encoding, options.Mode), options.RequireLockedMemory);
        scanner = new GalleryScanner(store, Threads, options.Budget ?? new ThreadBudget(Threads), options.FloatKernel, options.ByteKernel);
        queue = new IdentifyQueue(model, options.Rotation, options.MaxWaiting, RunShared);
    }

    /// <summary>The purpose the templates belong to; null for a private gallery.</summary>
    public PurposeId? Purpose => options.Purpose;

    /// <summary>The model of the templates; probes must be of the same.</summary>
    public TemplateModel Model { get; }

    /// <summary>How the templates stand in memory.</summary>
    public GalleryMode Mode => options.Mode;

    /// <summary>Templates that can be found now.</summary>
    public int Count => store.Count;

    /// <summary>Whether all templates lie in memory that the system does not swap out.</summary>
    public bool IsLocked => store.IsLocked;

    /// <summary>Whether the gallery was closed.</summary>
    public bool IsClosed => Volatile.Read(ref disposed);

    /// <summary>How templates and probes are turned; null = not at all.</summary>
    internal Templates.Rotation? Rotation => options.Rotation;

    /// <summary>The mode as telemetry says it.</summary>
    internal string ModeName => NameOf(Mode);

    /// <summary>Whether a search came upon a sealed template that is not what was put there. The gallery stays open; the vault closes it when somebody asks for it again.</summary>
    internal bool IsDamaged => store.IsDamaged;

    /// <summary>The most threads that one search uses, the caller's own included.</summary>
    public int Threads { get; }

    /// <summary>Answers those who want names, on threads of its own; set by the vault. False for callers who have a place in the queue here: they are not told <c>Busy</c> again.</summary>
    internal Action<IReadOnlyList<NameQuestion>, bool>? Namer { get; set; }

    /// <summary>Bytes of templates that the system keeps out of swap, and bytes that it does not.</summary>
    internal (long Locked, long Unlocked) Memory => store.Memory;

    /// <summary>Callers of <see cref="IdentifyAsync"/> who are not answered yet.</summary>
    internal int Callers => queue.Callers;

    /// <summary>Whether callers of <see cref="IdentifyAsync"/> wait for a bulk search to let them in between.</summary>
    internal bool SharedWaits => Volatile.Read(ref sharedWaits);

    /// <summary>The number of the last finished removal (<see cref="MatchBuffer.DeliveredAt"/>).</summary>
    internal uint Change => store.Change;

    internal static string NameOf(GalleryMode mode) => mode == GalleryMode.Sealed ? "sealed" : "open";

    /// <summary>Compares one probe with every template and names the living subjects found. Callers who wait at the same time share one search.</summary>
    /// <param name="probe">An embedding of the gallery's model; copied before the call returns.</param>
    /// <param name="top">How many matches at most, 1 to 1,000; one per consent.</param>
    /// <param name="threshold">From which score on a candidate counts.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Matches, best first; empty when nobody reached the threshold.</returns>
    /// <exception cref="ArgumentException">Wrong number of dimensions, NaN, infinity, the zero vector, <paramref name="top"/> out of range, or the default threshold.</exception>
    /// <exception cref="RefusedException">The threshold is <see cref="Threshold.Calibrated"/>, and there is none or the gallery holds more than it was measured for; the clock of the gallery's vault was set back (<see cref="ViolationCode.ClockRollback"/>); the purpose has a newer version (<see cref="ViolationCode.PurposeVersionNotConsented"/>); or a rule forbids it now (<see cref="ViolationCode.ProhibitedByPolicy"/>, <see cref="ViolationCode.LegalBasisExpired"/>).</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>: as many callers as <see cref="VaultOptions.MaxWaitingCallers"/> wait already.</exception>
    /// <exception cref="ObjectDisposedException">The gallery is closed, or was closed meanwhile.</exception>
    /// <exception cref="InvalidOperationException">The gallery does not belong to a vault.</exception>
    public Task<IReadOnlyList<Match>> IdentifyAsync(ReadOnlyMemory<float> probe, int top, Threshold threshold, CancellationToken cancellationToken = default)
    {
        float floor = CheckQuestion(probe, top, threshold);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<IReadOnlyList<Match>>(cancellationToken);
        if (Namer is null)
            throw Error.GalleryWithoutVault();
        var caller = new NameCaller(queue.Leave, options.Meter?.StartSpan(1).Apart() ?? default, cancellationToken);
        Enqueue(probe, top, floor, threshold.IsCalibrated, caller);
        return caller.Question.Task;
    }

    /// <summary>Names the living subjects behind candidates. Withdrawn, restricted and expired consents are left out.</summary>
    /// <param name="candidates">What a search of this gallery found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Matches in the candidates' order.</returns>
    /// <exception cref="InvalidOperationException">The gallery does not belong to a vault.</exception>
    public ValueTask<IReadOnlyList<Match>> ResolveAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (Namer is not { } namer)
            throw Error.GalleryWithoutVault();
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<IReadOnlyList<Match>>(cancellationToken);
        if (candidates.Count == 0)
            return new([]);
        var question = new NameQuestion(ending: null, cancellationToken) { Candidates = [.. candidates] };
        namer([question], true);
        return new(question.Task);
    }

    /// <summary>Ends running searches at the next block, wipes the templates and gives the memory back. A gallery that belongs to a vault is shared: disposing it does nothing, the vault closes it.</summary>
    public void Dispose()
    {
        if (!options.IsShared)
            Close();
    }

    /// <summary>What <see cref="Dispose"/> does, for shared galleries too.</summary>
    /// <returns>False: it was closed already.</returns>
    internal bool Close()
    {
        if (Interlocked.Exchange(ref disposed, true))
            return false;
        scanner.Stop();
        queue.Dispose();
        lock (turn)
        {
            scanner.Dispose();
            store.Dispose();
        }

        return true;
    }

    /// <summary>As <see cref="IdentifyAsync"/>, but without names.</summary>
    internal Task<IReadOnlyList<Candidate>> FindAsync(ReadOnlyMemory<float> probe, int top, Threshold threshold, CancellationToken cancellationToken = default)
    {
        float floor = CheckQuestion(probe, top, threshold);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<IReadOnlyList<Candidate>>(cancellationToken);
        var caller = new FindCaller(queue.Leave, cancellationToken);
        Enqueue(probe, top, floor, threshold.IsCalibrated, caller);
        return caller.Task;
    }

    /// <summary>Enrols a template: while loading, or into the open gallery. Does not wait for searches; visible to those that begin afterwards. The caller adds a slot and ordinal once.</summary>
    /// <param name="slot">1 or more.</param>
    /// <param name="ordinal">Which of the slot's templates, from 0.</param>
    /// <param name="encoded">As the codec writes it: d floats, or a float scale and d signed bytes.</param>
    /// <param name="useEnds">Unix minutes from which on it may no longer be found.</param>
    /// <returns>False when the gallery is closed.</returns>
    internal bool Add(uint slot, ushort ordinal, ReadOnlySpan<byte> encoded, uint useEnds = uint.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfZero(slot);
        if (encoded.Length != store.Layout.EncodedSize)
            throw Error.EncodedTemplateLength(nameof(encoded));
        return store.Add(slot, ordinal, useEnds, encoded);
    }

    /// <summary>Enrols templates that lie one after another; several threads may do so at once.</summary>
    /// <param name="names">Whose they are.</param>
    /// <param name="encoded">The encoded templates, each with zeros up to a multiple of four bytes.</param>
    /// <param name="stride">Bytes from the beginning of one to that of the next.</param>
    /// <returns>False when the gallery is closed.</returns>
    internal unsafe bool Add(ReadOnlySpan<LaneName> names, ReadOnlySpan<byte> encoded, int stride)
    {
        int size = (store.Layout.EncodedSize + 3) / 4 * 4;
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, size);
        ArgumentOutOfRangeException.ThrowIfLessThan(encoded.Length, (names.Length - 1) * stride + size, nameof(encoded));
        fixed (byte* first = encoded)
            return store.Add(names, first, stride);
    }

    /// <summary>What it holds.</summary>
    internal GalleryStore Store => store;

    /// <summary>As many templates as are best added at once.</summary>
    internal int LanesAtOnce => store.Layout.LanesPerPanel;

    /// <summary>Wipes all templates of these slots, between the blocks of running searches. Afterwards nothing that is handed over names them.</summary>
    /// <returns>How many templates were wiped. Slots that are not here count nothing, and a closed gallery has none.</returns>
    internal int Remove(IReadOnlyCollection<uint> slots) => store.Remove(slots);

    /// <summary>Sets until when the templates of a slot may be found. What was masked already stays masked.</summary>
    internal void SetUseEnds(uint slot, uint unixMinutes) => store.SetUseEnds(slot, unixMinutes);

    private float CheckQuestion(ReadOnlyMemory<float> probe, int top, Threshold threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, MatchBuffer.MaxTop);
        float floor = FloorOf(threshold, nameof(threshold));
        ProbeBatch.Check(Model, probe.Span, nameof(probe));
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        ThrowIfForbidden();
        return floor;
    }

    private void ThrowIfForbidden()
    {
        try
        {
            if (options.Rules is { } rules)
                RefusedException.ThrowIfAny(rules());
        }
        catch (RefusedException refused)
        {
            CountRefusal(refused);
            throw;
        }
    }

    private void Enqueue(ReadOnlyMemory<float> probe, int top, float floor, bool isCalibrated, IdentifyCaller caller)
    {
        try
        {
            queue.Enqueue(probe.Span, top, floor, isCalibrated, caller);
        }
        catch (Exception refusal)
        {
            caller.Fail(refusal);
            if (refusal is VaultException { Code: VaultErrorCode.Busy })
                options.Meter?.Rejected();
            throw;
        }
    }

    private MeasuredTime StartTime() => options.Meter is null ? default : MeasuredTime.Start(Instruments.SearchDuration, options.TimeProvider);

    /// <summary>One search for the callers that wait together.</summary>
    private void RunShared(IdentifyRound round)
    {
        Volatile.Write(ref sharedWaits, true);
        TakeTurn(CancellationToken.None);
        try
        {
            Volatile.Write(ref sharedWaits, false);
            MeasuredTime time = StartTime();
            uint since = Begin();
            ThrowIfForbidden(); // while they waited a ban may have begun, or the gallery have grown
            round.SetFloors(() => FloorOf(Threshold.Calibrated, "threshold"));
            long templates = store.Count;
            scanner.Run(new SearchPass(round.Probes, First: 0, round.Count, Rescore: false, Progress: null, CancellationToken.None), round.Tops, round.Floors);
            CountSearches(round.Count, 0); // before the first is answered
            int hits = 0;
            store.EnterRead();
            try
            {
                for (int probe = 0; probe < round.Count; probe++)
                    hits += round.Complete(probe, scanner.Found, store, since) ? 1 : 0;
            }
            finally
            {
                store.ExitRead();
            }

            options.Meter?.Searched(isShared: true, round.Count, templates, hits, time);
            CountSearches(0, hits);
            if (round.Questions() is { Count: > 0 } questions)
                Namer!(questions, false);
        }
        finally
        {
            Monitor.PulseAll(turn); // a bulk search that let this one in
            Monitor.Exit(turn);
        }
    }
}
