using System.Numerics;
using FaceVault.Cryptography;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>What scores between templates of two purposes tell: the AUC is the share of (mated, other) pairs of scores in which the mated one is higher, 0.5 where they tell nothing.</summary>
/// <param name="Pooled">Over the scores of all pairs of purposes together: what somebody learns who does not know which way a pair leans.</param>
/// <param name="Pairs">For each pair of purposes.</param>
/// <param name="PooledOfOneImage">The same where the mates are one embedding, enrolled for both purposes.</param>
/// <param name="PairsOfOneImage">For each pair.</param>
/// <param name="Rank1">Probes of one purpose whose best candidate in the other is their mate, over four pairs.</param>
internal sealed record UnlinkabilityFigure(double Pooled, double[] Pairs, double PooledOfOneImage, double[] PairsOfOneImage, double Rank1)
{
    public int Within(double distance) => Pairs.Count(auc => Math.Abs(auc - 0.5) <= distance);
}

/// <summary>One set of faces, turned for several purposes; every purpose's probes are compared with every later purpose's enrolled.</summary>
internal sealed class Unlinkability(FaceSet faces)
{
    private const int Others = 2;
    private const int Searched = 4;

    /// <summary>A rotation of the model <c>faces</c> from a random seed.</summary>
    public static Rotation Turn(Random random, int dimensions)
    {
        byte[] seed = new byte[SecretKey.Size];
        random.NextBytes(seed);
        return new Rotation(new RotationSeed(seed), Model(dimensions));
    }

    public UnlinkabilityFigure Measure(int purposes, int seed)
    {
        var random = new Random(seed);
        Rotation[] rotations = [.. Enumerable.Range(0, purposes).Select(_ => Turn(random, faces.Dimensions))];
        float[][][] enrolled = [.. rotations.Select(rotation => Turned(rotation, faces.Enrolled))], probes = [.. rotations.Select(rotation => Turned(rotation, faces.Probes))];
        List<float> mated = [], others = [], same = [], otherImages = [];
        List<double> aucs = [], aucsOfOneImage = [];
        for (int a = 0; a < purposes; a++)
        {
            for (int b = a + 1; b < purposes; b++)
            {
                int first = mated.Count, firstOther = others.Count, firstSame = same.Count;
                for (int i = 0; i < probes[a].Length; i++)
                {
                    mated.Add(Dot(probes[a][i], enrolled[b][faces.Mates[i]]));
                    for (int other = 0; other < Others; other++)
                        others.Add(Dot(probes[a][i], enrolled[b][Another(random, faces.Mates[i])]));
                }

                for (int i = 0; i < enrolled[a].Length; i++)
                {
                    same.Add(Dot(enrolled[a][i], enrolled[b][i]));
                    otherImages.Add(Dot(enrolled[a][i], enrolled[b][Another(random, i)]));
                }

                aucs.Add(Auc(mated[first..], others[firstOther..]));
                aucsOfOneImage.Add(Auc(same[firstSame..], otherImages[firstSame..]));
            }
        }

        double rank1 = Enumerable.Range(0, Math.Min(Searched, purposes - 1)).Average(a => Rank1(rotations[a], rotations[a + 1]));
        foreach (Rotation rotation in rotations)
            rotation.Dispose();
        return new UnlinkabilityFigure(Auc(mated, others), [.. aucs], Auc(same, otherImages), [.. aucsOfOneImage], rank1);
    }

    /// <summary>The share of pairs in which the first is higher.</summary>
    public static double Auc(IReadOnlyCollection<float> higher, IReadOnlyCollection<float> lower)
    {
        float[] scores = [.. higher, .. lower];
        bool[] isFirst = [.. Enumerable.Repeat(true, higher.Count), .. Enumerable.Repeat(false, lower.Count)];
        Array.Sort(scores, isFirst);
        double below = 0, pairs = 0;
        foreach (bool first in isFirst)
        {
            if (first)
                pairs += below;
            else
                below++;
        }

        return pairs / ((double)higher.Count * lower.Count);
    }

    private static TemplateModel Model(int dimensions) => new("faces", dimensions, TemplateEncoding.Float32);

    private static float[][] Turned(Rotation rotation, float[][] rows)
    {
        TemplateModel model = Model(rotation.Dimensions);
        return [.. rows.Select(row =>
        {
            float[] turned = new float[row.Length];
            TemplateCodec.Turn(model, rotation, row, turned);
            return turned;
        })];
    }

    private static float Dot(float[] a, float[] b)
    {
        Vector<float> sum = default;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(a, i) * new Vector<float>(b, i);
        float dot = Vector.Sum(sum);
        for (; i < a.Length; i++)
            dot += a[i] * b[i];
        return dot;
    }

    private int Another(Random random, int mate) => (mate + 1 + random.Next(faces.Enrolled.Length - 1)) % faces.Enrolled.Length;

    /// <summary>The templates of one purpose, searched with the probes of another by somebody who holds both in the clear.</summary>
    private double Rank1(Rotation ofProbes, Rotation ofTemplates)
    {
        TemplateModel model = Model(faces.Dimensions);
        using var gallery = new Gallery(model, new GalleryOptions { Threads = 1, Rotation = ofProbes, TimeProvider = TimeProvider.System });
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        for (int i = 0; i < faces.Enrolled.Length; i++)
        {
            TemplateCodec.Encode(model, ofTemplates, faces.Enrolled[i], encoded);
            gallery.Add((uint)i + 1, 0, encoded);
        }

        using var probes = new ProbeBatch(gallery, faces.Probes.Length);
        foreach (float[] probe in faces.Probes)
            probes.Add(probe);
        var best = new MatchBuffer(faces.Probes.Length, 1);
        gallery.Identify(probes, Threshold.RankOnly, best);
        return Enumerable.Range(0, faces.Probes.Length).Count(i => best[i][0].Slot - 1 == faces.Mates[i]) / (double)faces.Probes.Length;
    }
}
