using System.Globalization;
using System.Numerics;
using FaceVault.Benchmarks;
using FaceVault.Matching;
using Xunit.Abstractions;

namespace FaceVault.Tests.Matching;

/// <summary>The first image of each identity enrolled, all others searched for, against a brute force in double precision.</summary>
public class RealFacesMatchingTests(ITestOutputHelper output)
{
    private const int Top = 5;

    [RealFacesFact]
    public void Rank_one_and_every_top_five_of_the_512_numbers_are_those_of_double_precision() => Compare("embeddings.npy");

    [RealFacesFact]
    public void Rank_one_and_every_top_five_of_the_128_numbers_are_those_of_double_precision() => Compare("embeddings128.npy");

    private void Compare(string file)
    {
        FaceSet faces = FaceSet.Read(RealFaces.Folder!, file);
        double[][] exact = [.. faces.Enrolled.Select(Normalized)];
        float[][] templates = faces.Enrolled, probes = faces.Probes;

        Candidate[][] floats = Search(TemplateEncoding.Float32, templates, probes);
        Candidate[][] bytes = Search(TemplateEncoding.Int8, templates, probes);

        int floatHits = 0, byteHits = 0, exactHits = 0;
        for (int i = 0; i < probes.Length; i++)
        {
            double[] scores = Scores(Normalized(probes[i]), exact);
            int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(j => scores[j]).Take(Top + 1)];
            exactHits += order[0] == faces.Mates[i] ? 1 : 0;
            floatHits += floats[i][0].Slot - 1 == faces.Mates[i] ? 1 : 0;
            byteHits += bytes[i][0].Slot - 1 == faces.Mates[i] ? 1 : 0;
            for (int place = 0; place < Top; place++)
            {
                int found = (int)floats[i][place].Slot - 1;
                Assert.InRange(Math.Abs(floats[i][place].Score - scores[found]), 0, 1e-5);
                // The same identity, unless another one's score lies within 1e-5 of it.
                Assert.True(found == order[place] || Math.Abs(scores[found] - scores[order[place]]) <= 1e-5, "a top-five list differs from double precision");
            }
        }

        double Percent(int hits) => 100.0 * hits / probes.Length;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: rank-1 of {probes.Length} probes among {templates.Length}: double {Percent(exactHits):F2} %, float32 {Percent(floatHits):F2} %, int8 {Percent(byteHits):F2} %"));
        Assert.Equal(exactHits, floatHits);
        Assert.InRange(Percent(byteHits), Percent(floatHits) - 0.3, 100);
    }

    private static Candidate[][] Search(TemplateEncoding encoding, float[][] templates, float[][] probes)
    {
        TemplateModel model = MatchingData.Model(templates[0].Length, encoding);
        using Gallery gallery = MatchingData.Gallery(model, templates, MatchingData.Options(2));
        return MatchingData.Find(gallery, probes, Top);
    }

    private static double[] Scores(double[] probe, IEnumerable<double[]> templates) =>
        [.. templates.Select(template => Dot(probe, template))];

    private static double Dot(double[] a, double[] b)
    {
        Vector<double> sum = default;
        for (int i = 0; i < a.Length; i += Vector<double>.Count)
            sum += new Vector<double>(a, i) * new Vector<double>(b, i);
        return Vector.Sum(sum);
    }

    private static double[] Normalized(float[] row)
    {
        double length = Math.Sqrt(row.Sum(value => (double)value * value));
        return [.. row.Select(value => value / length)];
    }
}
