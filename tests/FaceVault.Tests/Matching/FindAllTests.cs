using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

public class FindAllTests
{
    private static readonly TemplateModel Model = MatchingData.Model(12);

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Everybody_who_reaches_the_threshold_is_there_and_nobody_else(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(12, encoding);
        (uint Slot, ushort Ordinal, byte[] Encoded)[] templates = Templates(model, 2500, 900);
        float[][] probes = MatchingData.Vectors(270, 12, 2);
        foreach (GalleryMode mode in MatchingData.Modes)
        {
            using Gallery gallery = Filled(model, templates, MatchingData.Options(threads: 3, mode));
            using ProbeBatch batch = MatchingData.Batch(model, probes);
            var buffer = new HitBuffer(300, 400_000);
            foreach (bool perTemplate in (bool[])[false, true])
                foreach (Threshold threshold in (Threshold[])[Threshold.At(0.2f), Threshold.At(1f), Threshold.At(-1f)])
                {
                    float floor = threshold == Threshold.At(1f) ? 1f : threshold == Threshold.At(-1f) ? -1f : 0.2f;
                    bool fits = floor > -1f;
                    if (!fits)
                        batch.Clear();
                    for (int i = batch.Count; i < (fits ? 270 : 2); i++)
                        batch.Add(probes[i]);
                    gallery.FindAll(batch, threshold, buffer, new SearchOptions { PerTemplate = perTemplate });
                    Assert.True(buffer.IsComplete);
                    Assert.Equal(batch.Count, buffer.Count);
                    for (int i = 0; i < batch.Count; i += fits ? 9 : 1)
                        Assert.Equal(MatchingData.Slow(model, templates, probes[i], int.MaxValue, floor, perTemplate), buffer[i].ToArray());
                }
        }
    }

    [Fact]
    public void More_than_there_are_places_is_said_and_the_best_of_all_probes_are_kept_however_the_lanes_lie()
    {
        (uint Slot, ushort Ordinal, byte[] Encoded)[] templates = Templates(Model, 2500, 900);
        float[][] probes = MatchingData.Vectors(3, 12, 2);
        foreach (bool perTemplate in (bool[])[false, true])
        {
            (int Probe, Candidate Candidate)[] all = [.. probes
                .SelectMany((probe, i) => MatchingData.Slow(Model, templates, probe, int.MaxValue, 0.1f, perTemplate).Select(c => (Probe: i, Candidate: c)))
                .OrderByDescending(c => c.Candidate.Score).ThenBy(c => c.Probe).ThenBy(c => c.Candidate.Slot).ThenBy(c => c.Candidate.Ordinal)];
            foreach (int places in (int[])[1, 2, 100, all.Length - 1, all.Length, all.Length + 1])
                foreach (int threads in (int[])[1, 3])
                    foreach (bool backwards in (bool[])[false, true])
                    {
                        using Gallery gallery = Filled(Model, backwards ? templates.Reverse() : templates, MatchingData.Options(threads));
                        using ProbeBatch batch = MatchingData.Batch(Model, probes);
                        var buffer = new HitBuffer(3, places);
                        gallery.FindAll(batch, Threshold.At(0.1f), buffer, new SearchOptions { PerTemplate = perTemplate });
                        Assert.Equal(places >= all.Length, buffer.IsComplete);
                        for (int probe = 0; probe < 3; probe++)
                            Assert.Equal(all.Take(places).Where(c => c.Probe == probe).Select(c => c.Candidate), buffer[probe].ToArray());
                    }
        }
    }

    [Fact]
    public void Blocks_that_come_in_any_order_leave_the_same_when_places_run_out_again_and_again()
    {
        var random = new Random(7);
        Hit[] hits = [.. Enumerable.Range(0, 60_000).Select(i => new Hit(random.Next(500) / 500f, random.Next(4), (uint)(1 + random.Next(300)), i, (ushort)(i % 60_000)))];
        foreach (bool perTemplate in (bool[])[false, true])
        {
            (int, Candidate)[] expected = [.. hits
                .GroupBy(h => (h.Probe, h.Slot, perTemplate ? h.Ordinal : 0)).Select(g => g.Min())
                .Order().Take(700).OrderBy(h => h.Probe).ThenBy(h => h).Select(h => (h.Probe, new Candidate(h.Slot, h.Ordinal, h.Score)))];
            foreach (int chunk in (int[])[1, 37, 60_000])
            {
                var buffer = new HitBuffer(4, 700);
                IAnswer answer = buffer;
                answer.Begin(4, -1, perTemplate);
                foreach (Hit[] part in hits.Chunk(chunk))
                    buffer.Collect(part);
                answer.EndGathering();
                using GalleryStore store = Named(hits);
                for (int part = 0; part < answer.Parts; part++)
                    answer.Deliver(part, store, store.Change);
                answer.EndDelivery(store.Change);
                Assert.False(buffer.IsComplete);
                Assert.Equal(expected, Enumerable.Range(0, 4).SelectMany(probe => buffer[probe].ToArray().Select(c => (probe, c))));
                random.Shuffle(hits);
                hits = [.. hits];
            }
        }

        static GalleryStore Named(Hit[] hits)
        {
            var store = new GalleryStore(new BlockLayout(1, TemplateEncoding.Float32), requireLock: false);
            byte[] one = MatchingData.Encode(MatchingData.Model(1), [1]);
            foreach (Hit hit in hits.OrderBy(h => h.Lane))
                store.Add(hit.Slot, hit.Ordinal, uint.MaxValue, one);
            return store;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whoever_is_removed_while_it_runs_is_not_handed_over_by_either_search(int threads)
    {
        var middle = new MidSearch();
        using Gallery gallery = Filled(Model, Templates(Model, 2500, 900), middle.Options(threads));
        float[][] probes = MatchingData.Vectors(300, 12, 2);
        using ProbeBatch batch = MatchingData.Batch(Model, probes);
        var hits = new HitBuffer(300, 1_000_000);
        var matches = new MatchBuffer(300, 900);
        uint first = 1;
        middle.Run(gallery, () => gallery.FindAll(batch, Threshold.At(0f), hits), () => Replace(first));
        first = 101;
        middle.Run(gallery, () => gallery.Identify(batch, Threshold.At(0f), matches), () => Replace(first));

        for (int probe = 0; probe < 300; probe++)
        {
            Assert.DoesNotContain(hits[probe].ToArray(), c => c.Slot is >= 1 and <= 50);
            Assert.DoesNotContain(matches[probe].ToArray(), c => c.Slot is >= 1 and <= 50 or >= 101 and <= 150);
            Assert.Contains(hits[probe].ToArray(), c => c.Slot is > 50 and <= 900);
        }

        Assert.Equal(gallery.Change, matches.DeliveredAt);

        // The lanes get somebody else's templates at once.
        void Replace(uint from)
        {
            uint[] slots = [.. Enumerable.Range((int)from, 50).Select(slot => (uint)slot)];
            int removed = gallery.Remove(slots);
            Assert.True(removed > 50);
            for (int i = 0; i < removed; i++)
                gallery.Add((uint)(10_000 + from + i), 0, MatchingData.Encode(Model, probes[i]));
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Repeated_searches_allocate_nothing_also_when_places_run_out(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(12, encoding);
        using Gallery gallery = Filled(model, Templates(model, 2500, 900), MatchingData.Options());
        using ProbeBatch batch = MatchingData.Batch(model, MatchingData.Vectors(300, 12, 2));
        HitBuffer large = new(300, 400_000), small = new(300, 500);
        var matches = new MatchBuffer(300, 100);
        var options = new SearchOptions { PerTemplate = true, Rescore = true };
        for (int i = 0; i < 2; i++)
            Search();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 3; i++)
            Search();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(large.IsComplete);
        Assert.False(small.IsComplete);

        void Search()
        {
            gallery.FindAll(batch, Threshold.At(0.2f), large);
            gallery.FindAll(batch, Threshold.At(0.2f), small, options);
            gallery.Identify(batch, Threshold.At(0.2f), matches, options);
        }
    }

    [Fact]
    public void A_search_that_is_refused_fails_or_is_cancelled_leaves_the_buffer_as_it_was()
    {
        using Gallery gallery = Filled(Model, Templates(Model, 500, 500), MatchingData.Options());
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(3, 12, 2));
        using ProbeBatch more = MatchingData.Batch(Model, MatchingData.Vectors(4, 12, 2));
        using ProbeBatch other = MatchingData.Batch(new TemplateModel("other", 12, TemplateEncoding.Float32), MatchingData.Vectors(3, 12, 3));
        ProbeBatch gone = MatchingData.Batch(Model, MatchingData.Vectors(3, 12, 3));
        gone.Dispose();
        var buffer = new HitBuffer(3, 2000);
        Assert.False(buffer.IsComplete);
        gallery.FindAll(probes, Threshold.At(0.1f), buffer);
        Candidate[] before = Held();
        Assert.NotEmpty(before);

        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => gallery.FindAll(other, Threshold.RankOnly, buffer)).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentNullException>(() => gallery.FindAll(null!, Threshold.RankOnly, buffer)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => gallery.FindAll(probes, Threshold.RankOnly, null!)).ParamName);
        Assert.Equal("threshold", Assert.Throws<ArgumentException>(() => gallery.FindAll(probes, default, buffer)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => gallery.FindAll(more, Threshold.RankOnly, buffer)).ParamName);
        Assert.Throws<RefusedException>(() => gallery.FindAll(probes, Threshold.Calibrated, buffer));
        Assert.Throws<ObjectDisposedException>(() => gallery.FindAll(gone, Threshold.RankOnly, buffer));
        Assert.Throws<ObjectDisposedException>(() => gallery.Identify(gone, Threshold.RankOnly, new MatchBuffer(3, 1)));
        Assert.Throws<OperationCanceledException>(() => gallery.FindAll(probes, Threshold.RankOnly, buffer, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Throws<FormatException>(() => gallery.FindAll(probes, Threshold.RankOnly, buffer, new SearchOptions { Progress = new Thrower() }));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = buffer[3].Length; });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = buffer[-1].Length; });
        foreach ((int many, int places) in ((int, int)[])[(0, 1), (1_000_001, 1), (1, 0), (1, (1 << 26) + 1)])
            Assert.Throws<ArgumentOutOfRangeException>(() => new HitBuffer(many, places));

        Assert.Equal(before, Held());
        gallery.Dispose();
        Assert.Throws<ObjectDisposedException>(() => gallery.FindAll(probes, Threshold.RankOnly, buffer));
        Assert.Equal(before, Held());
        buffer.Clear();
        Assert.Equal((0, false), (buffer.Count, buffer.IsComplete));

        Candidate[] Held() => [.. buffer[0], .. buffer[1], .. buffer[2]];
    }

    [Fact]
    public void A_gallery_without_templates_and_a_batch_without_probes_give_empty_answers()
    {
        using var empty = new Gallery(Model, MatchingData.Options());
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(2, 12, 2));
        using var none = new ProbeBatch(Model, 1);
        var buffer = new HitBuffer(2, 1);
        empty.FindAll(probes, Threshold.RankOnly, buffer);
        Assert.Equal((2, true, 0, 0), (buffer.Count, buffer.IsComplete, buffer[0].Length, buffer[1].Length));
        empty.FindAll(none, Threshold.RankOnly, buffer);
        Assert.Equal((0, true), (buffer.Count, buffer.IsComplete));
    }

    private static (uint Slot, ushort Ordinal, byte[] Encoded)[] Templates(TemplateModel model, int count, int slots)
    {
        float[][] vectors = MatchingData.Vectors(count, model.Dimensions, 1);
        for (int i = 0; i < count / 10; i++)
            vectors[count - 1 - i] = vectors[i]; // ties
        return [.. vectors.Select((v, i) => ((uint)(1 + i % slots), (ushort)(i / slots), MatchingData.Encode(model, v)))];
    }

    private static Gallery Filled(TemplateModel model, IEnumerable<(uint Slot, ushort Ordinal, byte[] Encoded)> templates, GalleryOptions options)
    {
        var gallery = new Gallery(model, options);
        foreach ((uint slot, ushort ordinal, byte[] encoded) in templates)
            gallery.Add(slot, ordinal, encoded);
        return gallery;
    }

    private sealed class Thrower : IProgress<long>
    {
        public void Report(long value) => throw new FormatException();
    }
}
