using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Tests.Matching;

/// <summary>Seeded vectors and a slow search to hold the fast ones to.</summary>
internal static class MatchingData
{
    public static TemplateModel Model(int dimensions, TemplateEncoding encoding = TemplateEncoding.Float32) => new("test-model", dimensions, encoding);

    public static GalleryOptions Options(int threads = 1, GalleryMode mode = GalleryMode.Open) => new() { Threads = threads, Mode = mode, TimeProvider = TimeProvider.System };

    public static GalleryMode[] Modes => [GalleryMode.Open, GalleryMode.Sealed];

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

    public static byte[] Encode(TemplateModel model, ReadOnlySpan<float> embedding, Rotation? rotation = null)
    {
        var encoded = new byte[TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, rotation, embedding, encoded);
        return encoded;
    }

    public static Gallery Gallery(TemplateModel model, float[][] vectors, GalleryOptions? options = null)
    {
        var gallery = new Gallery(model, options ?? Options());
        for (int i = 0; i < vectors.Length; i++)
            gallery.Add((uint)(i + 1), 0, Encode(model, vectors[i]));
        return gallery;
    }

    public static ProbeBatch Batch(TemplateModel model, IReadOnlyList<float[]> probes, Rotation? rotation = null)
    {
        var batch = new ProbeBatch(model, Math.Max(1, probes.Count), rotation);
        foreach (float[] probe in probes)
            batch.Add(probe);
        return batch;
    }

    public static Candidate[][] Find(Gallery gallery, IReadOnlyList<float[]> probes, int top, Threshold? threshold = null, SearchOptions? options = null)
    {
        using ProbeBatch batch = Batch(gallery.Model, probes, gallery.Rotation);
        var buffer = new MatchBuffer(batch.Capacity, top);
        gallery.Identify(batch, threshold ?? Threshold.RankOnly, buffer, options);
        return [.. Enumerable.Range(0, buffer.Count).Select(i => buffer[i].ToArray())];
    }

    /// <summary>Every template scored one by one, the best per slot (or each template for itself), sorted whole.</summary>
    public static Candidate[] Slow(
        TemplateModel model, IEnumerable<(uint Slot, ushort Ordinal, byte[] Encoded)> templates, float[] probe, int top, float floor, bool perTemplate = false) =>
        [.. templates
            .Select(t => new Candidate(t.Slot, t.Ordinal, Similarity.Score(model, t.Encoded, probe)))
            .Where(c => c.Score >= floor)
            .GroupBy(c => (c.Slot, perTemplate ? c.Ordinal : 0))
            .Select(g => g.OrderByDescending(c => c.Score).ThenBy(c => c.Ordinal).First())
            .OrderByDescending(c => c.Score).ThenBy(c => c.Slot).ThenBy(c => c.Ordinal)
            .Take(top)];
}
