using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>Galleries of seeded random vectors, and probes half of which have a mate: nobody's faces. Template i has the slot i + 1, and is the same on every machine.</summary>
internal static class SyntheticGallery
{
    private const int Chunk = 8192;

    public static Gallery Create(TemplateModel model, int templates, int threads, GalleryMode mode = GalleryMode.Open)
    {
        var gallery = new Gallery(model, new GalleryOptions { Threads = threads, Mode = mode, TimeProvider = TimeProvider.System });
        Fill(model, templates, (slot, encoded) => gallery.Add(slot, 0, encoded));
        return gallery;
    }

    /// <summary>Hands over every template, encoded, in the order of the slots. All processors make them.</summary>
    public static void Fill(TemplateModel model, int templates, Func<uint, ReadOnlySpan<byte>, bool> add)
    {
        int size = TemplateCodec.EncodedSize(model);
        byte[] encoded = new byte[Chunk * size];
        for (int first = 0; first < templates; first += Chunk)
        {
            int start = first, count = Math.Min(Chunk, templates - first);
            Parallel.For(0, count, () => new float[model.Dimensions], (i, _, vector) =>
            {
                Vector(start + i, vector);
                TemplateCodec.Encode(model, vector, encoded.AsSpan(i * size, size));
                return vector;
            }, _ => { });
            for (int i = 0; i < count; i++)
                if (!add((uint)(first + i) + 1, encoded.AsSpan(i * size, size)))
                    throw new InvalidOperationException("The gallery takes no template; nothing is timed.");
        }
    }

    /// <summary>Even probes lie near an enrolled template, odd ones near none.</summary>
    public static ProbeBatch Probes(TemplateModel model, int count, int templates)
    {
        var batch = new ProbeBatch(model, count);
        float[] probe = new float[model.Dimensions];
        for (int i = 0; i < count; i++)
        {
            Probe(i, templates, probe);
            batch.Add(probe);
        }

        return batch;
    }

    public static void Probe(int number, int templates, Span<float> probe)
    {
        float[] noise = new float[probe.Length];
        Vector(number % 2 == 0 ? Mate(number, templates) : templates + number, probe);
        Vector(2 * templates + number, noise);
        for (int j = 0; j < probe.Length; j++)
            probe[j] += 0.8f * noise[j];
    }

    /// <summary>Whether every probe that has a mate found it, at a cosine near 0.78.</summary>
    public static void Check(MatchBuffer found, int templates)
    {
        for (int i = 0; i < found.Count; i += 2)
            if (found[i].IsEmpty || found[i][0].Slot != Mate(i, templates) + 1 || found[i][0].Score is < 0.6f or > 0.95f)
                throw new InvalidOperationException("A search gave a wrong answer; nothing is timed.");
    }

    public static void Vector(int seed, Span<float> vector)
    {
        // SplitMix64: fast, and the same on every machine. A sum of four uniform numbers is near enough to normal.
        ulong state = unchecked((ulong)seed * 0x9e3779b97f4a7c15 + 0x1234567);
        for (int i = 0; i < vector.Length; i++)
            unchecked
            {
                state += 0x9e3779b97f4a7c15;
                ulong z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                z ^= z >> 31;
                vector[i] = (ushort)z + (ushort)(z >> 16) + (ushort)(z >> 32) + (ushort)(z >> 48) - 131070;
            }
    }

    private static int Mate(int probe, int templates) => (int)(probe * 7919L % templates);
}
