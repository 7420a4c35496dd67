using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>Galleries of seeded unit vectors around random centres, and probes half of which have a mate: nobody's faces.</summary>
internal static class SyntheticGallery
{
    public static Gallery Create(TemplateModel model, int templates, int threads)
    {
        var gallery = new Gallery(model, new GalleryOptions { Threads = threads, TimeProvider = TimeProvider.System });
        float[] vector = new float[model.Dimensions];
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        for (int i = 0; i < templates; i++)
        {
            Vector(i, vector);
            TemplateCodec.Encode(model, vector, encoded);
            gallery.Add((uint)i + 1, 0, encoded);
        }

        return gallery;
    }

    /// <summary>Even probes lie near an enrolled template, odd ones near none.</summary>
    public static ProbeBatch Probes(TemplateModel model, int count, int templates)
    {
        var batch = new ProbeBatch(model, count);
        float[] probe = new float[model.Dimensions], noise = new float[model.Dimensions];
        for (int i = 0; i < count; i++)
        {
            Vector(i % 2 == 0 ? (int)(i * 7919L % templates) : templates + i, probe);
            Vector(2 * templates + i, noise);
            for (int j = 0; j < probe.Length; j++)
                probe[j] += 0.8f * noise[j];
            batch.Add(probe);
        }

        return batch;
    }

    /// <summary>Whether every probe that has a mate found it, at a cosine near 0.78.</summary>
    public static void Check(MatchBuffer found, int templates)
    {
        for (int i = 0; i < found.Count; i += 2)
            if (found[i].IsEmpty || found[i][0].Slot != i * 7919L % templates + 1 || found[i][0].Score is < 0.6f or > 0.95f)
                throw new InvalidOperationException("A search gave a wrong answer; nothing is timed.");
    }

    private static void Vector(int seed, Span<float> vector)
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
}
