using FaceVault.Cli.Input;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary>Searches the rows of a file in a gallery, batch by batch, and writes a line per probe.</summary>
internal sealed class Search : IDisposable
{
    private const int BatchSize = 512;

    private readonly Gallery _gallery;
    private readonly NpyFile _npy;
    private readonly Threshold _threshold;
    private readonly ProbeBatch _probes;
    private readonly MatchBuffer _matches;

    public Search(Gallery gallery, NpyFile npy, int top, Threshold threshold)
    {
        if (npy.Dimensions != gallery.Model.Dimensions)
            throw Messages.DimensionsDiffer(npy.Path, npy.Dimensions, gallery.Model.Dimensions);
        _gallery = gallery;
        _npy = npy;
        _threshold = threshold;
        _probes = new ProbeBatch(gallery, BatchSize);
        _matches = new MatchBuffer(BatchSize, top);
    }

    /// <summary>Searches the rows that a selection takes.</summary>
    public async Task<IdentifySummary> RunAsync(Labels? names, Selection selection, TextWriter output, IProgress<long>? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var results = new ResultWriter(output);
        float[] embedding = new float[_npy.Dimensions];
        long probes = 0, comparisons = 0, correct = 0;
        TimeSpan searching = default;
        foreach (long[] rows in (names?.Rows(selection) ?? All(_npy.Rows)).Chunk(BatchSize))
        {
            _probes.Clear();
            foreach (long row in rows)
                Add(row, embedding);
            long started = clock.GetTimestamp();
            _gallery.Identify(_probes, _threshold, _matches, cancellationToken);
            searching += clock.GetElapsedTime(started);
            comparisons += (long)rows.Length * _gallery.Count;
            for (int i = 0; i < rows.Length; i++)
            {
                IReadOnlyList<Match> found = await _gallery.ResolveAsync(_matches[i].ToArray(), cancellationToken).ConfigureAwait(false);
                Write(results, rows[i], found);
                if (names is not null && found is [var best, ..] && best.Subject.DangerousValue() == names.Identity(rows[i]))
                    correct++;
            }
            probes += rows.Length;
            progress?.Report(probes);
        }
        Array.Clear(embedding);
        return new IdentifySummary(probes, comparisons, searching.TotalSeconds, names is null ? null : correct);
    }

    public void Dispose() => _probes.Dispose();

    private static IEnumerable<long> All(long rows)
    {
        for (long row = 0; row < rows; row++)
            yield return row;
    }

    private static void Write(ResultWriter results, long row, IReadOnlyList<Match> found) => results.Write(json =>
    {
        json.WriteNumber("row", row);
        json.WriteStartArray("candidates");
        foreach (Match match in found)
        {
            json.WriteStartObject();
            json.WriteString("subject", match.Subject.DangerousValue());
            json.WriteString("consent", match.Consent.DangerousValue());
            json.WriteNumber("score", match.Score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private void Add(long row, float[] embedding)
    {
        _npy.ReadRow(row, embedding);
        try
        {
            _probes.Add(embedding);
        }
        catch (ArgumentException e)
        {
            throw Messages.MalformedProbe(_npy.Path, row, e);
        }
    }
}
