using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>One way of scoring and what it gives: probes whose best candidate is their mate; TAR = the share of genuine pairs accepted where a share FAR of the impostor pairs is; time of a comparison.</summary>
internal sealed record AccuracyFigure(string Way, int Hits, double Rank1, (double Threshold, double Tar) Mille, (double Threshold, double Tar) Myriad, double Nanoseconds);

/// <summary>The same faces scored in double precision by brute force, and by the library's own searches: float32, int8, and int8 templates against the probes as they came.</summary>
/// <remarks>Rank-1 is asked of one gallery of all enrolled. TAR takes all probe × enrolled pairs, from galleries of 1,000 templates whose whole ranking is asked for.</remarks>
internal sealed class AccuracyMeasure(FaceSet faces, int rounds = 5)
{
    private const int Shard = MatchBuffer.MaxTop;
    private const int Batch = 256;
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

    public AccuracyFigure Float32() => Searched("float32", floats, [.. faces.Enrolled.Select(row => Encode(floats, row))]);

    public AccuracyFigure Int8() => Searched("int8", bytes, [.. faces.Enrolled.Select(row => Encode(bytes, row))]);

    /// <summary>The numbers that an int8 template stands for, against float32 probes: what scoring the candidates of an int8 search again can reach at most.</summary>
    public AccuracyFigure Int8Decoded() => Searched("int8 templates, float32 probes", floats, [.. faces.Enrolled.Select(Decoded)]);

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

    private static byte[] Encode(TemplateModel model, float[] row)
    {
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, row, encoded);
        return encoded;
    }

    private static Gallery Gallery(TemplateModel model, byte[][] encoded, int first, int count)
    {
        var gallery = new Gallery(model, new GalleryOptions { Threads = 1, TimeProvider = TimeProvider.System });
        for (int i = first; i < first + count; i++)
            gallery.Add((uint)i + 1, 0, encoded[i]);
        return gallery;
    }

    private byte[] Decoded(float[] row)
    {
        float[] values = new float[row.Length];
        TemplateCodec.Decode(bytes, Encode(bytes, row), values);
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    private AccuracyFigure Searched(string way, TemplateModel model, byte[][] encoded)
    {
        using Gallery whole = Gallery(model, encoded, 0, encoded.Length);
        Gallery[] shards = [.. Enumerable.Range(0, (encoded.Length + Shard - 1) / Shard).Select(i => Gallery(model, encoded, i * Shard, Math.Min(Shard, encoded.Length - (i * Shard))))];
        using var probes = new ProbeBatch(model, Batch);
        var best = new MatchBuffer(Batch, 1);
        var ranking = new MatchBuffer(Batch, Shard);
        var pairs = new PairScores(faces.Impostors);
        double[][] scores = [.. Enumerable.Range(0, Batch).Select(_ => new double[encoded.Length])];
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
                whole.Identify(probes, Threshold.RankOnly, best);
                seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds / probes.Count);
            }

            foreach (double[] row in scores)
                Array.Fill(row, double.NaN);
            foreach (Gallery shard in shards)
            {
                shard.Identify(probes, Threshold.RankOnly, ranking);
                for (int probe = 0; probe < probes.Count; probe++)
                    foreach (Candidate candidate in ranking[probe])
                        scores[probe][candidate.Slot - 1] = candidate.Score;
            }

            for (int probe = 0; probe < probes.Count; probe++)
            {
                hits += best[probe][0].Slot - 1 == faces.Mates[first + probe] ? 1 : 0;
                pairs.Add(scores[probe], faces.Mates[first + probe]);
            }
        }

        foreach (Gallery shard in shards)
            shard.Dispose();
        return Figure(way, hits, pairs, seconds);
    }

    /// <param name="way">What it is called.</param>
    /// <param name="hits">Probes whose best candidate was their mate.</param>
    /// <param name="pairs">All pairs.</param>
    /// <param name="seconds">For one probe against all enrolled.</param>
    private AccuracyFigure Figure(string way, int hits, PairScores pairs, double seconds) =>
        new(way, hits, (double)hits / faces.Probes.Length, pairs.At(1e-3), pairs.At(1e-4), seconds / faces.Enrolled.Length * 1e9);
}
