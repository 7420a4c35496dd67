using FaceVault.Commits;
using FaceVault.Consents;
using FaceVault.Keys;
using FaceVault.Ledger;
using FaceVault.Matching;
using FaceVault.Rules;
using FaceVault.Storage;
using FaceVault.Telemetry;

namespace FaceVault.Operations;

/// <summary>The settings that operations need.</summary>
internal sealed record SessionOptions(TimeProvider TimeProvider, int MatchingThreads, int MaxWaitingCallers, bool RequireLockedGalleries)
{
    /// <summary>The profiles that are known.</summary>
    public required RuleBook Rules { get; init; }

    /// <summary>The calendar by which filing is due; null when none was given.</summary>
    public WorkingDayCalendar? WorkingDays { get; init; }

    /// <summary>How many templates may be handed out in a day.</summary>
    public required int MaxTemplateCopiesPerDay { get; init; }

    /// <summary>For how many years processing records are kept at least.</summary>
    public required int ProcessingRecordYears { get; init; }
}

/// <summary>An open vault from the inside: the engine, the purposes and the galleries that the operations share.</summary>
internal sealed class VaultSession : IObservedVault, IDisposable
{
    public VaultSession(VaultEngine engine, string origin, SessionOptions options, PurposeRegistry purposes)
    {
        (Engine, Origin, Options, Purposes) = (engine, origin, options, purposes);
        Filing = new Filing(this);
        Withdrawals = new Withdrawals(engine);
        Cosigner = new Cosigner(this);
        MatchingBudget = new ThreadBudget(options.MatchingThreads);
        ReadThreads = new ReadThreads(options.MatchingThreads, options.MaxWaitingCallers);
    }

    public VaultEngine Engine { get; }

    public string Origin { get; }

    public SessionOptions Options { get; }

    public PurposeRegistry Purposes { get; }

    public GalleryTable Galleries { get; } = new();

    public InteractionIndex Interactions { get; } = new();

    /// <summary>The threads that search, whatever the number of galleries.</summary>
    public ThreadBudget MatchingBudget { get; }

    /// <summary>The threads that verify, name, and answer while a commit is written.</summary>
    public ReadThreads ReadThreads { get; }

    public VaultMeter Meter => Engine.Meter;

    public Withdrawals Withdrawals { get; }

    public Cosigner Cosigner { get; }

    /// <summary>How many templates were handed out today.</summary>
    public CopyCount Copies { get; } = new();

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    public uint NowMinutes => Engine.NowMinutes;

    /// <summary>The duties to file.</summary>
    public Filing Filing { get; }

    /// <summary>The rules that hold for a purpose now.</summary>
    public RuleSet RulesOf(Purpose purpose) => Options.Rules.At(purpose.Profile, Now);

    /// <summary>All reasons why nothing may be done for a purpose now, whoever consented; empty when there are none.</summary>
    public IReadOnlyList<Violation> CheckRules(Purpose purpose) => RulesOf(purpose).CheckUse(purpose, Now);

    /// <summary>All reasons why a gallery that was opened for a purpose may not be searched now: those, a newer version of the purpose (C8: PIPL 14(2)), and a clock that was set back (S2). No allocation when there are none.</summary>
    public IReadOnlyList<Violation> CheckSearch(PurposeEntry opened)
    {
        IReadOnlyList<Violation> found = CheckRules(opened.Current);
        if (Purposes.TryOfVersion(opened.CurrentVersion) is { } purpose && purpose.Entry.CurrentVersion != opened.CurrentVersion)
            found = [.. found, Error.PurposeVersionNotConsented()];
        return Engine.ClockIsBack ? [.. found, Error.ClockRollback("clock")] : found;
    }

    /// <summary>What is asked now of a consent to a purpose.</summary>
    public ConsentDemands DemandsOf(Purpose purpose) => RulesOf(purpose).DemandsOf(purpose);

    /// <summary>P10 (PIPL 55, 56): for how many years processing records are kept: as the settings and every known profile ask. While the profile of a purpose is not known here, nobody can say that they may be dropped.</summary>
    public int RecordYears => Purposes.All.Any(purpose => purpose.Versions.Any(version => RulesOf(version.Registered).IsUnknown))
        ? Retention.MaxYears : Math.Max(Options.ProcessingRecordYears, Options.Rules.RecordYears);

    /// <summary>When use of a slot stops, in Unix minutes: with its consent, with the age band (C6), and before that with a retention that a profile has made shorter since (S2: PIPL 19; BIPA 15(a)).</summary>
    public uint UseStops(KeyEntry entry) => SlotUse.UseStops(Options.Rules, Purposes, entry);

    /// <summary>When use of a slot ends for good, in Unix minutes: the same without the age band.</summary>
    public uint UseEnds(KeyEntry entry) => SlotUse.UseEnds(Options.Rules, Purposes, entry);

    /// <summary>From when on a slot's keys are destroyed unasked, in Unix minutes (D2: PIPL 47; GDPR 17): when its use ends, and at once where a rule in force forbids its purpose (P4, P6, P7, P8) or so long a retention (S2). A rule that holds no more destroys nothing.</summary>
    public uint DueAt(KeyEntry entry)
    {
        if (Purposes.TryOfVersion(entry.PurposeVersion) is not { } found)
            return entry.UseEnds;
        Purpose purpose = found.Version.Registered;
        RuleSet rules = RulesOf(purpose);
        return rules.Forbids(purpose) || rules.DemandsOf(purpose).RetentionEnds(Retention.FromMinutes(entry.Given)) <= Now ? 0 : entry.UseEnds;
    }

    /// <summary>The vault's public key. Changes only with a recovery that accepts loss.</summary>
    public VerifierKey ReadVerifierKey()
    {
        using ReadScope view = Engine.Read();
        return VerifierKey.FromSeed(Origin, view.Crown.DangerousSigningSeed);
    }

    /// <summary>Looks at the places again, for a vault that only inspects.</summary>
    public void Refresh() => Engine.Refresh();

    /// <summary>From now on nothing is used or written, because somebody remembers another vault; reading goes on. Until the vault is closed.</summary>
    public void Fence(VaultException reason)
    {
        if (Engine.Halt(reason))
            Engine.Options.Logger.VaultFenced(Origin, VaultEvents.KindOf(reason));
        Galleries.Close();
    }

    /// <exception cref="VaultException">The vault is fenced.</exception>
    public void ThrowIfFenced() => Engine.ThrowIfHalted();

    /// <exception cref="RefusedException">S2: the clock stands before a time that was recorded.</exception>
    public void ThrowIfClockIsBack()
    {
        if (Engine.ClockIsBack)
            throw new RefusedException([Error.ClockRollback("clock")]);
    }

    public void LoadPurposes()
    {
        using ReadScope view = Engine.Read();
        Load(view.Store, view.Crown);
    }

    /// <summary>What the store says of purposes and filings, when it was opened or opened again: a commit whose answer was lost may stand.</summary>
    public void Load(IKeyStoreReader store, Crown crown)
    {
        Purposes.Load(store, crown);
        LoadFiling(store, crown);
    }

    public void LoadFiling()
    {
        using ReadScope view = Engine.Read();
        LoadFiling(view.Store, view.Crown);
    }

    private void LoadFiling(IKeyStoreReader store, Crown crown) =>
        Filing.Load(store.Read(KeyTable.Purpose, FilingRow.Key) is { } row ? FilingRow.Open(crown.LedgerKey, crown.VaultId, row) : []);

    /// <summary>Reads the acts of consent that the records name, in stretches for which a commit may wait, unless it was done before or no grant names one.</summary>
    public async Task PrepareInteractionsAsync(IReadOnlyList<ConsentGrant> grants, CancellationToken cancellationToken)
    {
        const uint stretch = 1024; // about 6 ms
        if (Interactions.IsBuilt || grants.All(grant => grant.InteractionId is null))
            return;
        while (!await RunAsync(
            () =>
            {
                using ReadScope view = Engine.Read();
                return Interactions.ReadOn(view.Store, view.Crown, stretch);
            },
            mayBeBusy: false, cancellationToken).ConfigureAwait(false))
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Runs a long operation within a span of its own.</summary>
    public async Task<T> TraceAsync<T>(string name, int items, Func<Task<T>> operation)
    {
        using TraceSpan span = TraceSpan.Start(name, Origin);
        if (items > 0)
            span.With(TagNames.Items, items);
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (Exception failure) when (span.Failed(failure))
        {
            throw;
        }
    }

    /// <summary>Answers a short question on the caller's thread; while a commit is written, on a thread of the vault's own, so that no caller's thread waits for a disk.</summary>
    /// <param name="question">Looks at one view of the vault.</param>
    /// <param name="mayBeBusy">Whether the caller may be told that too many wait. Nobody who withdraws is.</param>
    /// <param name="cancellationToken">Counts while the commit is waited for.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>.</exception>
    public Task<T> AskAsync<T>(Func<T> question, bool mayBeBusy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Engine.IsReadable ? Task.FromResult(question()) : RunAsync(question, mayBeBusy, cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>Runs a call on a thread of the vault's own.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.Busy"/>.</exception>
    public Task<T> RunAsync<T>(Func<T> call, bool mayBeBusy, CancellationToken cancellationToken)
    {
        try
        {
            return ReadThreads.RunAsync(call, mayBeBusy, cancellationToken);
        }
        catch (VaultException busy) when (busy.Code == VaultErrorCode.Busy)
        {
            Meter.Rejected();
            throw;
        }
    }

    long IObservedVault.Flushes => Engine.Flushes;

    int IObservedVault.WaitingCallers => ReadThreads.Counted + Galleries.All.Sum(open => open.Gallery.Callers);

    IEnumerable<ObservedGallery> IObservedVault.ObserveGalleries() => Galleries.All.Select(open =>
        new ObservedGallery(open.Gallery.Purpose!.Value.Value, open.Gallery.Model.Name, open.Gallery.ModeName, open.Gallery.Count, open.Gallery.Memory.Locked, open.Gallery.Memory.Unlocked));

    public void Dispose()
    {
        ObservedVaults.Remove(this);
        Galleries.Dispose();
        ReadThreads.Dispose();
        Cosigner.Dispose();
        Engine.Dispose();
        Interactions.Dispose();
        Purposes.Dispose();
    }
}
