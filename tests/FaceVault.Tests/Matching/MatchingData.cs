using System.Buffers.Binary;
using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Seeded vectors, a slow encoder and a slow search to hold the fast ones to.</summary>
internal static class MatchingData
{
    public static TemplateModel Model(int dimensions, TemplateEncoding encoding = TemplateEncoding.Float32) => new("test-model", dimensions, encoding);

    public static GalleryOptions Options(int threads = 1) => new() { Threads = threads, TimeProvider = TimeProvider.System };

    /// <summary>Normally distributed numbers: directions are uniform on the sphere.</summary>
    public static float[][] Vectors(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        var vectors = new float[count][];
        for (int i = 0; i < count; i++)
        {
            vectors[i] = new float[dimensions];
            for (int j = 0; j < dimensions; j++)
                vectors[i][j] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return vectors;
    }

    /// <summary>float32: normalised in double precision. int8: a float scale, then the nearest of 127 steps of the largest magnitude.</summary>
    public static byte[] Encode(TemplateModel model, ReadOnlySpan<float> embedding)
    {
        double sum = 0, largest = 0;
        foreach (float value in embedding)
        {
            sum += (double)value * value;
            largest = Math.Max(largest, Math.Abs((double)value));
        }

        double length = Math.Sqrt(sum);
        if (model.Encoding == TemplateEncoding.Float32)
        {
            var floats = new byte[4 * embedding.Length];
            for (int i = 0; i < embedding.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(floats.AsSpan(4 * i), (float)(embedding[i] / length));
            return floats;
        }

        var bytes = new byte[4 + embedding.Length];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)(largest / length / 127));
        for (int i = 0; i < embedding.Length; i++)
            bytes[4 + i] = (byte)(sbyte)Math.Round(embedding[i] / largest * 127);
        return bytes;
    }

    public static Gallery Gallery(TemplateModel model, float[][] vectors, GalleryOptions? options = null)
    {
        var gallery = new Gallery(model, options ?? Options());
        for (int i = 0; i < vectors.Length; i++)
            gallery.Add((uint)(i + 1), 0, Encode(model, vectors[i]));
        return gallery;
    }

    public static ProbeBatch Batch(TemplateModel model, IReadOnlyList<float[]> probes)
    {
        var batch = new ProbeBatch(model, Math.Max(1, probes.Count));
        foreach (float[] probe in probes)
            batch.Add(probe);
        return batch;
    }

    public static Candidate[][] Find(Gallery gallery, IReadOnlyList<float[]> probes, int top, Threshold? threshold = null)
    {
        using ProbeBatch batch = Batch(gallery.Model, probes);
        var buffer = new MatchBuffer(batch.Capacity, top);
        gallery.Identify(batch, threshold ?? Threshold.RankOnly, buffer);
        return [.. Enumerable.Range(0, buffer.Count).Select(i => buffer[i].ToArray())];
    }

    /// <summary>Every template scored one by one, the best per slot, sorted whole.</summary>
    public static Candidate[] Slow(TemplateModel model, IEnumerable<(uint Slot, ushort Ordinal, byte[] Encoded)> templates, float[] probe, int top, float floor) =>
        [.. templates
            .Select(t => new Candidate(t.Slot, t.Ordinal, Similarity.Score(model, t.Encoded, probe)))
            .Where(c => c.Score >= floor)
            .GroupBy(c => c.Slot)
            .Select(g => g.OrderByDescending(c => c.Score).ThenBy(c => c.Ordinal).First())
            .OrderByDescending(c => c.Score).ThenBy(c => c.Slot)
            .Take(top)];
}
