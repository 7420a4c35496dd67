using FaceVault.Matching;

namespace FaceVault;

/// <content>The bulk searches whose answers are not lists of equal length: all that reach a threshold, and all scores.</content>
public sealed partial class Gallery
{
    /// <summary>The threshold search: every candidate that reaches the threshold, for each probe. Synchronous; allocates nothing once the buffers have been used.</summary>
    /// <param name="probes">Probes of the gallery's model.</param>
    /// <param name="threshold">From which score on a candidate counts.</param>
    /// <param name="destination">Gets the candidates, one per consent unless the options say otherwise, and says when it had too few places; left as it was when the search fails or is cancelled.</param>
    /// <param name="options">How it answers; null = the defaults.</param>
    /// <param name="cancellationToken">Looked at between blocks, a few milliseconds apart at most.</param>
    /// <exception cref="ArgumentException">The probes are of another model, the threshold is the default, or the destination was made for fewer probes.</exception>
    /// <exception cref="RefusedException">The threshold is <see cref="Threshold.Calibrated"/>, and there is none or the gallery holds more than it was measured for; the clock of the gallery's vault was set back (<see cref="ViolationCode.ClockRollback"/>); the purpose has a newer version (<see cref="ViolationCode.PurposeVersionNotConsented"/>); or a rule forbids it now (<see cref="ViolationCode.ProhibitedByPolicy"/>, <see cref="ViolationCode.LegalBasisExpired"/>).</exception>
    /// <exception cref="ObjectDisposedException">The gallery or the batch is closed, or the gallery was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Called from <see cref="SearchOptions.Progress"/> of a search of this gallery.</exception>
    public void FindAll(ProbeBatch probes, Threshold threshold, HitBuffer destination, SearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckProbes(probes);
        ArgumentNullException.ThrowIfNull(destination);
        _ = FloorOf(threshold, nameof(threshold));
        if (destination.Capacity < probes.Count)
            throw Error.MatchBufferTooSmall(nameof(destination), probes.Count);
        Search(probes, threshold, destination, options, columns: null, cancellationToken);
    }

    /// <summary>Notes which templates can be found now: the columns of <see cref="Score"/>. Takes about 10 ms a million.</summary>
    /// <returns>What stays right while people come and go: the columns of those who leave get NaN, those who come have none.</returns>
    /// <exception cref="ObjectDisposedException">The gallery is closed.</exception>
    public GallerySnapshot TakeSnapshot()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed), this);
        _ = Begin();
        return new GallerySnapshot(store);
    }

    /// <summary>All scores: every probe with every template of a snapshot. Synchronous; runs as a search does, on the same threads.</summary>
    /// <param name="probes">M probes of the gallery's model.</param>
    /// <param name="snapshot">N columns, taken of this gallery.</param>
    /// <param name="destination">Gets M × N cosine similarities, row by row: probe p and column c at p × N + c. A column is NaN whose template was removed, also while this ran, or whose use has ended. Numbers beyond
    /// are left alone. Failed or cancelled after it began, all M × N numbers are NaN; refused, the destination is as it was.</param>
    /// <param name="cancellationToken">Looked at between blocks, a few milliseconds apart at most.</param>
    /// <exception cref="ArgumentException">The probes are of another model, the snapshot is of another gallery, or the destination is shorter than M × N.</exception>
    /// <exception cref="RefusedException">The purpose has a newer version (<see cref="ViolationCode.PurposeVersionNotConsented"/>), or a rule forbids it now (<see cref="ViolationCode.ProhibitedByPolicy"/>, <see cref="ViolationCode.LegalBasisExpired"/>).</exception>
    /// <exception cref="ObjectDisposedException">The gallery or the batch is closed, or the gallery was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Called from <see cref="SearchOptions.Progress"/> of a search of this gallery.</exception>
    /// <remarks>An int8 gallery gives the scores of the quantised probe; <see cref="SearchOptions.Rescore"/> is for lists.</remarks>
    public unsafe void Score(ProbeBatch probes, GallerySnapshot snapshot, Span<float> destination, CancellationToken cancellationToken = default)
    {
        CheckProbes(probes);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Store != store)
            throw Error.SnapshotOfAnotherGallery(nameof(snapshot));
        long numbers = (long)probes.Count * snapshot.Count;
        if (destination.Length < numbers)
            throw Error.ScoresTooSmall(nameof(destination), numbers);
        destination = destination[..(int)numbers];
        fixed (float* start = destination)
        {
            var table = new ScoreTable(snapshot, store.Layout.Lanes, start);
            try
            {
                Search(probes, Threshold.RankOnly, table, how: null, snapshot.Count, cancellationToken);
            }
            catch when (table.HasBegun)
            {
                destination.Fill(float.NaN);
                throw;
            }
        }
    }
}
