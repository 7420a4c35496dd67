using FaceVault.Matching;
using FaceVault.Telemetry;

namespace FaceVault;

/// <content>The bulk searches: synchronous, one at a time, into buffers of the caller's.</content>
public sealed partial class Gallery
{
    /// <summary>The bulk search: compares every probe with every template. Synchronous; allocates nothing once the buffers have been used.</summary>
    /// <param name="probes">Probes of the gallery's model.</param>
    /// <param name="threshold">From which score on a candidate counts.</param>
    /// <param name="destination">Gets up to <see cref="MatchBuffer.Top"/> candidates per probe, one per consent; left as it was when the search fails or is cancelled.</param>
    /// <param name="cancellationToken">Looked at between blocks, a few milliseconds apart at most.</param>
    /// <exception cref="ArgumentException">The probes are of another model, the threshold is the default, or the destination has fewer places than there are probes.</exception>
    /// <exception cref="RefusedException">The threshold is <see cref="Threshold.Calibrated"/>, and there is none or the gallery holds more than it was measured for; the clock of the gallery's vault was set back (<see cref="ViolationCode.ClockRollback"/>); the purpose has a newer version (<see cref="ViolationCode.PurposeVersionNotConsented"/>); or a rule forbids it now (<see cref="ViolationCode.ProhibitedByPolicy"/>, <see cref="ViolationCode.LegalBasisExpired"/>).</exception>
    /// <exception cref="ObjectDisposedException">The gallery or the batch is closed, or the gallery was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Called from <see cref="SearchOptions.Progress"/> of a search of this gallery.</exception>
    public void Identify(ProbeBatch probes, Threshold threshold, MatchBuffer destination, CancellationToken cancellationToken = default) =>
        Identify(probes, threshold, destination, options: null, cancellationToken);

    /// <summary>The bulk search with options.</summary>
    /// <param name="probes">Probes of the gallery's model.</param>
    /// <param name="threshold">From which score on a candidate counts.</param>
    /// <param name="destination">Gets up to <see cref="MatchBuffer.Top"/> candidates per probe; left as it was when the search fails or is cancelled.</param>
    /// <param name="options">How it answers; null = the defaults.</param>
    /// <param name="cancellationToken">Looked at between blocks, a few milliseconds apart at most.</param>
    /// <exception cref="ArgumentException">The probes are of another model, the threshold is the default, or the destination has fewer places than there are probes.</exception>
    /// <exception cref="RefusedException">The threshold is <see cref="Threshold.Calibrated"/>, and there is none or the gallery holds more than it was measured for; the clock of the gallery's vault was set back (<see cref="ViolationCode.ClockRollback"/>); the purpose has a newer version (<see cref="ViolationCode.PurposeVersionNotConsented"/>); or a rule forbids it now (<see cref="ViolationCode.ProhibitedByPolicy"/>, <see cref="ViolationCode.LegalBasisExpired"/>).</exception>
    /// <exception cref="ObjectDisposedException">The gallery or the batch is closed, or the gallery was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Called from <see cref="SearchOptions.Progress"/> of a search of this gallery.</exception>
    public void Identify(ProbeBatch probes, Threshold threshold, MatchBuffer destination, SearchOptions? options, CancellationToken cancellationToken = default)
    {
        CheckProbes(probes);
        ArgumentNullException.ThrowIfNull(destination);
        _ = FloorOf(threshold, nameof(threshold));
        if (destination.Capacity < probes.Count)
            throw Error.MatchBufferTooSmall(nameof(destination), probes.Count);
        Search(probes, threshold, destination, options, columns: null, cancellationToken);
    }

    /// <summary>Every bulk search: takes its turn, goes over the blocks in passes of at most 264 probes, and hands over what it found.</summary>
    private void Search(ProbeBatch probes, Threshold threshold, IAnswer answer, SearchOptions? how, int? columns, CancellationToken cancellationToken)
    {
        using TraceSpan span = options.Meter?.StartSpan(probes.Count) ?? default;
        try
        {
            TakeTurn(cancellationToken);
            try
            {
                SearchInTurn(probes, threshold, answer, how, columns, cancellationToken);
            }
            finally
            {
                Monitor.Exit(turn);
            }
        }
        catch (Exception failure) when (span.Failed(failure))
        {
            throw;
        }
    }

    private void SearchInTurn(ProbeBatch probes, Threshold threshold, IAnswer answer, SearchOptions? how, int? columns, CancellationToken cancellationToken)
    {
        MeasuredTime time = StartTime();
        uint since = Begin();
        ThrowIfForbidden(); // while others had their turn a ban may have begun, or the gallery have grown
        float floor = FloorOf(threshold, nameof(threshold));
        long templates = columns ?? store.Count;
        SearchProgress? progress = how?.Progress is { } asker ? new SearchProgress(asker, options.TimeProvider, probes.Count, templates) : null;
        answer.Begin(probes.Count, floor, how?.PerTemplate ?? false);
        for (int first = 0; first < probes.Count; first += CandidateSieve.MaxProbes)
        {
            if (first > 0)
                LetSharedSearchIn(cancellationToken);
            int count = Math.Min(CandidateSieve.MaxProbes, probes.Count - first);
            answer.Gather(scanner, new SearchPass(probes, first, count, how?.Rescore ?? false, progress, cancellationToken));
            progress?.EndPass(count);
        }

        answer.EndGathering();
        Deliver(answer, since);
        int hits = options.Counts is not null || SearchMeter.CountsHits ? answer.Hits : 0;
        options.Meter?.Searched(isShared: false, probes.Count, templates, hits, time);
        CountSearches(probes.Count, hits);
    }

    private void CheckProbes(ProbeBatch probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        if (probes.Model != Model)
            throw Error.ProbeModelDiffers(nameof(probes));
        if (probes.Rotation != Rotation)
            throw Error.ProbesOfAnotherPurpose(nameof(probes));
        probes.ThrowIfDisposed();
        ThrowIfForbidden();
    }

    /// <summary>Between two passes of a bulk search: one search for those who wait in <see cref="IdentifyAsync"/>.</summary>
    private void LetSharedSearchIn(CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref sharedWaits))
            return;
        while (!Monitor.Wait(turn, millisecondsTimeout: 20) && Volatile.Read(ref sharedWaits) && !Volatile.Read(ref disposed))
            cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
    }

    /// <summary>Waits until no other search runs.</summary>
    private void TakeTurn(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        if (Monitor.IsEntered(turn))
            throw Error.SearchInsideSearch();
        while (!Monitor.TryEnter(turn, millisecondsTimeout: 20))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        }

        if (!Volatile.Read(ref disposed) && !cancellationToken.IsCancellationRequested)
            return;
        Monitor.Exit(turn);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Masks what has ended, and says from which change on removals concern this search.</summary>
    private uint Begin()
    {
        store.MaskEnded((uint)Math.Clamp(options.TimeProvider.GetUtcNow().ToUnixTimeSeconds() / 60, 0, uint.MaxValue));
        return store.Change;
    }

    /// <summary>Hands over what was found, without what was removed meanwhile; again when a removal finishes during it.</summary>
    private void Deliver(IAnswer answer, uint since)
    {
        while (true)
        {
            uint change = store.Change;
            for (int part = 0; part < answer.Parts; part++)
            {
                store.EnterRead();
                answer.Deliver(part, store, since);
                store.ExitRead();
            }

            store.EnterRead();
            bool settled = store.Change == change;
            if (settled)
                answer.EndDelivery(change);
            store.ExitRead();
            if (settled)
                return;
        }
    }
}
