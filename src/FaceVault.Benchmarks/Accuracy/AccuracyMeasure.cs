using System.Diagnostics;
using System.Numerics;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>One way of scoring and what it gives: probes whose best candidate is their mate; TAR = the share of genuine pairs accepted where a share FAR of the impostor pairs is; time of a comparison.</summary>
internal sealed record AccuracyFigure(string Way, int Hits, double Rank1, (double Threshold, double Tar) Mille, (double Threshold, double Tar) Myriad, double Nanoseconds);

/// <summary>The same faces scored in double precision by brute force, and by the library's own searches: float32, int8, and int8 with the candidates scored again.</summary>
/// <remarks>Rank-1 is that of <see cref="Gallery.Identify(ProbeBatch, Threshold, MatchBuffer, SearchOptions?, CancellationToken)"/>. TAR takes all probe × enrolled pairs: from <see cref="Gallery.Score"/>, and where they are
/// scored again from <see cref="Gallery.FindAll"/> down to a threshold below the ones that are asked for.</remarks>
/// <param name="faces">The faces.</param>
/// <param name="rounds">How often each batch is timed.</param>
/// <param name="rotation">How the library's searches turn templates and probes, as a purpose does; null = not at all.</param>
internal sealed class AccuracyMeasure(FaceSet faces, int rounds = 5, Rotation? rotation = null)
{
    private const int Batch = 256;
    private static readonly SearchOptions Again = new() { Rescore = true };
    private readonly string turned = rotation is null ? "" : ", turned";
    private readonly TemplateModel floats = new("faces", faces.Dimensions, TemplateEncoding.Float32);
    private readonly TemplateModel bytes = new("faces", faces.Dimensions, TemplateEncoding.Int8);

    public AccuracyFigure Double()
    {
        double[][] enrolled = [.. faces.Enrolled.Select(Normalized)], probes = [.. faces.Probes.Select(Normalized)];
        var pairs = new PairScores(faces.Impostors);
        double[] scores = new double[enrolled.Length];
        int hits = 0;
        double seconds = 0;
        for (int probe = 0; probe < probes.Length; probe++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < scores.Length; i++)
                scores[i] = Dot(probes[probe], enrolled[i]);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            hits += Array.IndexOf(scores, scores.Max()) == faces.Mates[probe] ? 1 : 0;
            pairs.Add(scores, faces.Mates[probe]);
        }

        return Figure("double, brute force", hits, pairs, seconds / probes.Length);
    }

    public AccuracyFigure Float32() => Searched("float32" + turned, floats, null, ScoreAll);

    public AccuracyFigure Int8() => Searched("int8" + turned, bytes, null, ScoreAll);

    /// <param name="int8">What int8 alone gave: pairs well below its threshold need no second score.</param>
    public AccuracyFigure Int8ScoredAgain(AccuracyFigure int8)
    {
        var floor = Threshold.At((float)int8.Mille.Threshold - 0.01f);
        var hits = new HitBuffer(Batch, 64 * 1024);
        AccuracyFigure figure = Searched("int8, scored again" + turned, bytes, Again, (gallery, probes, scores) => FindAll(gallery, probes, floor, hits, scores));
        return figure.Mille.Threshold > int8.Mille.Threshold - 0.01 ? figure : throw new InvalidOperationException("Pairs were left out that count.");
    }

    private static double[] Normalized(float[] row)
    {
        double length = Math.Sqrt(row.Sum(value => (double)value * value));
        return [.. row.Select(value => value / length)];
    }

    private static double Dot(double[] a, double[] b)
    {
        Vector<double> sum = default;
        for (int i = 0; i < a.Length; i += Vector<double>.Count)
            sum += new Vector<double>(a, i) * new Vector<double>(b, i);
        return Vector.Sum(sum);
    }

    private byte[] Encode(TemplateModel model, float[] row)
    {
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, rotation, row, encoded);
        return encoded;
    }

    private static void ScoreAll(Gallery gallery, ProbeBatch probes, double[][] scores)
    {
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        float[] table = new float[probes.Count * snapshot.Count];
        gallery.Score(probes, snapshot, table);
        for (int i = 0; i < table.Length; i++)
            scores[i / snapshot.Count][snapshot[i % snapshot.Count].Slot - 1] = table[i];
    }

    private static void FindAll(Gallery gallery, ProbeBatch probes, Threshold floor, HitBuffer hits, double[][] scores)
    {
        gallery.FindAll(probes, floor, hits, Again);
        if (!hits.IsComplete)
            throw new InvalidOperationException("More pairs reach the threshold than there are places.");
        for (int probe = 0; probe < probes.Count; probe++)
        {
            Array.Fill(scores[probe], -1);
            foreach (Candidate hit in hits[probe])
                scores[probe][hit.Slot - 1] = hit.Score;
        }
    }

    private AccuracyFigure Searched(string way, TemplateModel model, SearchOptions? options, Action<Gallery, ProbeBatch, double[][]> scoreAll)
    {
        using var gallery = new Gallery(model, new GalleryOptions { Threads = 1, Rotation = rotation, TimeProvider = TimeProvider.System });
        for (int i = 0; i < faces.Enrolled.Length; i++)
            gallery.Add((uint)i + 1, 0, Encode(model, faces.Enrolled[i]));
        using var probes = new ProbeBatch(gallery, Batch);
        var best = new MatchBuffer(Batch, 1);
        var pairs = new PairScores(faces.Impostors);
        double[][] scores = [.. Enumerable.Range(0, Batch).Select(_ => new double[faces.Enrolled.Length])];
        int hits = 0;
        double seconds = double.MaxValue;
        for (int first = 0; first < faces.Probes.Length; first += Batch)
        {
            probes.Clear();
            foreach (float[] probe in faces.Probes.Skip(first).Take(Batch))
                probes.Add(probe);
            for (int round = 0; round < rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                gallery.Identify(probes, Threshold.RankOnly, best, options);
                seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds / probes.Count);
            }

            scoreAll(gallery, probes, scores);
            for (int probe = 0; probe < probes.Count; probe++)
            {
                hits += best[probe][0].Slot - 1 == faces.Mates[first + probe] ? 1 : 0;
                pairs.Add(scores[probe], faces.Mates[first + probe]);
            }
        }

        return Figure(way, hits, pairs, seconds);
    }

    /// <param name="way">What it is called.</param>
    /// <param name="hits">Probes whose best candidate was their mate.</param>
    /// <param name="pairs">All pairs.</param>
    /// <param name="seconds">For one probe against all enrolled.</param>
    private AccuracyFigure Figure(string way, int hits, PairScores pairs, double seconds) =>
        new(way, hits, (double)hits / faces.Probes.Length, pairs.At(1e-3), pairs.At(1e-4), seconds / faces.Enrolled.Length * 1e9);
}
