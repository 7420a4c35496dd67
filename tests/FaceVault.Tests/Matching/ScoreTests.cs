using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

public class ScoreTests
{
    private static readonly TemplateModel Model = MatchingData.Model(12);

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Every_score_stands_where_the_snapshot_says_to_the_bit(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(21, encoding);
        float[][] vectors = MatchingData.Vectors(2100, 21, 1), probes = MatchingData.Vectors(270, 21, 2);
        foreach (GalleryMode mode in MatchingData.Modes)
        {
            using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(threads: 3, mode));
            gallery.Remove([3, 700, 2100]);
            gallery.Add(700, 5, MatchingData.Encode(model, vectors[0]));
            using ProbeBatch batch = MatchingData.Batch(model, probes);
            GallerySnapshot snapshot = gallery.TakeSnapshot();
            Assert.Equal(2098, snapshot.Count);
            var scores = new float[270 * 2098 + 1];
            scores[^1] = 7;
            gallery.Score(batch, snapshot, scores);
            for (int column = 0; column < snapshot.Count; column++)
            {
                Candidate template = snapshot[column];
                Assert.True(float.IsNaN(template.Score));
                byte[] encoded = MatchingData.Encode(model, template.Slot == 700 ? vectors[0] : vectors[template.Slot - 1]);
                Assert.Equal(template.Slot == 700 ? 5 : 0, template.Ordinal);
                for (int probe = 0; probe < 270; probe += 67)
                    Assert.Equal(Similarity.Score(model, encoded, probes[probe]), scores[probe * 2098 + column]);
            }

            Assert.Equal(2098, Enumerable.Range(0, 2098).Select(column => snapshot[column].Slot).Distinct().Count());
            Assert.DoesNotContain(scores, float.IsNaN);
            Assert.All(scores[..^1], score => Assert.InRange(score, -1f, 1f));
            Assert.Equal(7, scores[^1]);
            using ProbeBatch one = MatchingData.Batch(model, probes[..1]);
            var row = new float[2098];
            gallery.Score(one, snapshot, row);
            Assert.Equal(scores[..2098], row);
        }
    }

    [Fact]
    public void Columns_of_those_who_left_are_not_a_number_and_those_who_came_have_none()
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(60_000));
        float[][] vectors = MatchingData.Vectors(1300, 12, 1);
        using var gallery = new Gallery(Model, MatchingData.Options(2) with { TimeProvider = clock });
        for (int i = 0; i < 1300; i++)
            gallery.Add((uint)i + 1, 0, MatchingData.Encode(Model, vectors[i]), useEnds: i == 8 ? 1000u : i == 9 ? 1001u : uint.MaxValue);
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        Assert.Equal(1299, snapshot.Count); // the use of one has ended
        using ProbeBatch batch = MatchingData.Batch(Model, MatchingData.Vectors(2, 12, 2));
        var scores = new float[2 * 1299];
        gallery.Score(batch, snapshot, scores);
        float[] before = [.. scores];
        Assert.DoesNotContain(before, float.IsNaN);

        clock.Now += TimeSpan.FromMinutes(1);
        gallery.Remove([5, 1299]);
        for (uint slot = 5000; slot < 5003; slot++)
            gallery.Add(slot, 0, MatchingData.Encode(Model, vectors[0])); // two of them into the lanes that were purged
        gallery.Remove([700]);
        gallery.Add(700, 0, MatchingData.Encode(Model, vectors[699])); // the same slot, another consent's life
        gallery.Score(batch, snapshot, scores);
        for (int column = 0; column < 1299; column++)
            for (int row = 0; row < 2; row++)
                Assert.Equal(snapshot[column].Slot is 5 or 10 or 700 or 1299 ? float.NaN : before[row * 1299 + column], scores[row * 1299 + column]);
        Assert.Equal(1300 - 4 + 3, gallery.TakeSnapshot().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Who_is_removed_while_it_runs_has_no_score_in_any_row(int threads)
    {
        var middle = new MidSearch();
        float[][] vectors = MatchingData.Vectors(2500, 12, 1);
        using Gallery gallery = MatchingData.Gallery(Model, vectors, middle.Options(threads));
        using ProbeBatch batch = MatchingData.Batch(Model, MatchingData.Vectors(300, 12, 2));
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        var scores = new float[300 * 2500];
        middle.Run(gallery, () => gallery.Score(batch, snapshot, scores), () =>
        {
            gallery.Remove([17, 2400]);
            gallery.Add(9000, 0, MatchingData.Encode(Model, vectors[16]));
            gallery.Add(17, 0, MatchingData.Encode(Model, vectors[16]));
        });
        int wrong = 0;
        for (int row = 0; row < 300; row++)
            for (int column = 0; column < 2500; column++)
                wrong += snapshot[column].Slot is 17 or 2400 == float.IsNaN(scores[row * 2500 + column]) ? 0 : 1;
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Cancelled_or_closed_after_it_began_the_destination_is_not_a_number_throughout()
    {
        foreach (bool close in (bool[])[false, true])
        {
            var middle = new MidSearch();
            Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(2500, 12, 1), middle.Options(1));
            using ProbeBatch batch = MatchingData.Batch(Model, MatchingData.Vectors(300, 12, 2));
            GallerySnapshot snapshot = gallery.TakeSnapshot();
            var scores = new float[300 * 2500 + 3];
            using var cancel = new CancellationTokenSource();
            Task? closing = null;
            Action between = close ? () => { closing = Task.Run(gallery.Dispose); SpinWait.SpinUntil(() => gallery.IsClosed); } : cancel.Cancel;
            Exception? failure = Record.Exception(() => middle.Run(gallery, () => gallery.Score(batch, snapshot, scores, cancel.Token), between));
            Assert.IsType(close ? typeof(ObjectDisposedException) : typeof(OperationCanceledException), failure);
            Assert.Equal(0, scores[..^3].Count(score => !float.IsNaN(score)));
            Assert.Equal([0f, 0f, 0f], scores[^3..]);
            closing?.Wait();
            gallery.Dispose();
        }
    }

    [Fact]
    public void What_is_refused_leaves_the_destination_as_it_was()
    {
        Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(50, 12, 1));
        using Gallery second = MatchingData.Gallery(Model, MatchingData.Vectors(50, 12, 1));
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(3, 12, 2));
        using ProbeBatch other = MatchingData.Batch(new TemplateModel("other", 12, TemplateEncoding.Float32), MatchingData.Vectors(3, 12, 3));
        ProbeBatch gone = MatchingData.Batch(Model, MatchingData.Vectors(3, 12, 3));
        gone.Dispose();
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        var scores = new float[150];

        Assert.Equal("probes", Assert.Throws<ArgumentNullException>(() => gallery.Score(null!, snapshot, scores)).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => gallery.Score(other, snapshot, scores)).ParamName);
        Assert.Throws<ObjectDisposedException>(() => gallery.Score(gone, snapshot, scores));
        Assert.Equal("snapshot", Assert.Throws<ArgumentNullException>(() => gallery.Score(probes, null!, scores)).ParamName);
        Assert.Equal("snapshot", Assert.Throws<ArgumentException>(() => gallery.Score(probes, second.TakeSnapshot(), scores)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => gallery.Score(probes, snapshot, scores.AsSpan(0, 149))).ParamName);
        Assert.Throws<OperationCanceledException>(() => gallery.Score(probes, snapshot, scores, new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot[50]);
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot[-1]);
        gallery.Dispose();
        Assert.Throws<ObjectDisposedException>(() => gallery.Score(probes, snapshot, scores));
        Assert.Throws<ObjectDisposedException>(() => gallery.TakeSnapshot());
        Assert.All(scores, score => Assert.Equal(0f, score));
    }

    [Fact]
    public void An_empty_snapshot_needs_no_destination()
    {
        using var gallery = new Gallery(Model, MatchingData.Options());
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(3, 12, 2));
        GallerySnapshot snapshot = gallery.TakeSnapshot();
        gallery.Add(1, 0, MatchingData.Encode(Model, MatchingData.Vectors(1, 12, 1)[0]));
        gallery.Score(probes, snapshot, []);
        Assert.Equal(0, snapshot.Count);
    }
}
