using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Models of every kind of size, end to end: what all searches of a gallery answer, held to scoring templates one by one.</summary>
public class EveryDimensionTests
{
    public static TheoryData<int> Dimensions() =>
    [
        .. Enumerable.Range(1, 40), 47, 48, 49, 63, 64, 65, 96, 100, 127, 128, 129, 192, 255, 256, 257, 300, 383, 384, 500, 511, 512, 513, 640, 767, 768, 1000, 1023, 1024, 1025, 1536, 2047, 2048, 2049,
        3000, 4093, 4094, 4095, 4096,
    ];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Every_search_answers_as_scoring_one_by_one_does(int dimensions)
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Float32, TemplateEncoding.Int8])
        {
            TemplateModel model = MatchingData.Model(dimensions, encoding);
            float[][] vectors = MatchingData.Vectors(75, dimensions, dimensions), probes = MatchingData.Vectors(14, dimensions, dimensions + 1);
            (uint Slot, ushort Ordinal, byte[] Encoded)[] templates = [.. vectors.Select((v, i) => ((uint)(1 + i % 50), (ushort)(i / 50), MatchingData.Encode(model, v)))];
            foreach (GalleryMode mode in MatchingData.Modes)
            {
                using var gallery = new Gallery(model, MatchingData.Options(1, mode));
                foreach ((uint slot, ushort ordinal, byte[] template) in templates)
                    gallery.Add(slot, ordinal, template);
                using ProbeBatch batch = MatchingData.Batch(model, probes);
                Candidate[][] best = MatchingData.Find(gallery, probes, 5), each = MatchingData.Find(gallery, probes, 60, options: new SearchOptions { PerTemplate = true });
                var hits = new HitBuffer(14, 1000);
                gallery.FindAll(batch, Threshold.At(0.05f), hits);
                GallerySnapshot snapshot = gallery.TakeSnapshot();
                var scores = new float[14 * 75];
                gallery.Score(batch, snapshot, scores);
                for (int i = 0; i < 14; i++)
                {
                    Assert.Equal(MatchingData.Slow(model, templates, probes[i], 5, float.NegativeInfinity), best[i]);
                    Assert.Equal(MatchingData.Slow(model, templates, probes[i], 60, float.NegativeInfinity, perTemplate: true), each[i]);
                    Assert.Equal(MatchingData.Slow(model, templates, probes[i], 75, 0.05f), hits[i].ToArray());
                    for (int column = 0; column < 75; column += 9)
                        Assert.Equal(Similarity.Score(model, templates.Single(t => t.Slot == snapshot[column].Slot && t.Ordinal == snapshot[column].Ordinal).Encoded, probes[i]), scores[i * 75 + column]);
                }

                Assert.Equal(best[0], MatchingData.Find(gallery, probes[..1], 5)[0]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    public void Models_beyond_them_are_refused(int dimensions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemplateModel("m", dimensions, TemplateEncoding.Float32));
}
