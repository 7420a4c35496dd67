namespace FaceVault.Tests.Matching;

public class SearchOptionsTests
{
    private static readonly TemplateModel Model = MatchingData.Model(8);

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Short_and_long_lists_are_those_of_the_slow_search_by_consent_and_by_template(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(24, encoding);
        float[][] vectors = MatchingData.Vectors(3000, 24, 1);
        for (int i = 0; i < 500; i++)
            vectors[2999 - i] = vectors[i]; // ties between consents and within one
        (uint Slot, ushort Ordinal, byte[] Encoded)[] templates = [.. vectors.Select((v, i) => ((uint)(1 + i % 1100), (ushort)(i / 1100), MatchingData.Encode(model, v)))];
        float[][] probes = [.. MatchingData.Vectors(3, 24, 2), vectors[7]];
        foreach (int threads in (int[])[1, 3])
        {
            using var gallery = new Gallery(model, MatchingData.Options(threads));
            foreach ((uint slot, ushort ordinal, byte[] encoded) in templates)
                gallery.Add(slot, ordinal, encoded);
            foreach (bool perTemplate in (bool[])[false, true])
                foreach (int top in (int[])[1, 2, 999, 1000])
                    foreach (float floor in (float[])[float.NegativeInfinity, 0.1f])
                    {
                        Threshold threshold = float.IsFinite(floor) ? Threshold.At(floor) : Threshold.RankOnly;
                        Candidate[][] found = MatchingData.Find(gallery, probes, top, threshold, new SearchOptions { PerTemplate = perTemplate });
                        for (int i = 0; i < probes.Length; i++)
                            Assert.Equal(MatchingData.Slow(model, templates, probes[i], top, floor, perTemplate), found[i]);
                    }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Progress_is_told_on_the_calling_thread_and_grows_to_every_comparison(int threads)
    {
        var clock = new StepClock(TimeSpan.FromSeconds(1));
        (Gallery gallery, ProbeBatch probes) = Large(clock, threads);
        using (gallery)
        using (probes)
        {
            var buffer = new MatchBuffer(600, 1);
            var told = new List<(long Done, int Thread, int Delivered)>();
            gallery.Identify(probes, Threshold.RankOnly, buffer, new SearchOptions { Progress = new Asker(done => told.Add((done, Environment.CurrentManagedThreadId, buffer.Count))) });
            long all = 600L * gallery.Count;
            Assert.True(told.Count > (threads == 1 ? 20 : 0), $"told {told.Count} times");
            Assert.All(told, t => Assert.Equal((Environment.CurrentManagedThreadId, 0), (t.Thread, t.Delivered)));
            Assert.Equal(told.Select(t => t.Done).Order(), told.Select(t => t.Done));
            Assert.All(told, t => Assert.InRange(t.Done, 1, all));
            Assert.Equal(all, told[^1].Done);
            Assert.Equal(600, buffer.Count);
        }
    }

    [Fact]
    public void Progress_is_told_once_in_a_tenth_of_a_second_and_at_the_end()
    {
        var clock = new StepClock(TimeSpan.FromMilliseconds(30)); // later by this whenever it is asked: after each block
        (Gallery gallery, ProbeBatch probes) = Large(clock, threads: 1);
        using (gallery)
        using (probes)
        {
            int told = 0;
            var options = new SearchOptions { Progress = new Asker(_ => told++) };
            clock.Asked = 0;
            gallery.Identify(probes, Threshold.RankOnly, new MatchBuffer(600, 1), options);
            Assert.Equal((clock.Asked - 1) / 4 + 1, told);
            Assert.True(told >= 3);

            clock.Step = TimeSpan.Zero;
            told = 0;
            gallery.Identify(probes, Threshold.RankOnly, new MatchBuffer(600, 1), options);
            Assert.Equal(1, told);
        }
    }

    [Fact]
    public void What_the_asker_throws_ends_the_search_and_leaves_the_destination_as_it_was()
    {
        (Gallery gallery, ProbeBatch probes) = Large(new StepClock(TimeSpan.FromSeconds(1)), threads: 2);
        using (gallery)
        using (probes)
        {
            var buffer = new MatchBuffer(600, 1);
            Assert.Throws<FormatException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer, new SearchOptions { Progress = new Asker(_ => throw new FormatException()) }));
            Assert.Equal(0, buffer.Count);
            gallery.Identify(probes, Threshold.RankOnly, buffer);
            Assert.Equal(600, buffer.Count);
        }
    }

    [Fact]
    public void A_search_from_inside_the_progress_of_another_is_refused_and_closing_ends_it()
    {
        (Gallery gallery, ProbeBatch probes) = Large(new StepClock(TimeSpan.FromSeconds(1)), threads: 2);
        using (probes)
        {
            MatchBuffer buffer = new(600, 1), inner = new(600, 1);
            var ask = new SearchOptions { Progress = new Asker(_ => gallery.Identify(probes, Threshold.RankOnly, inner)) };
            Assert.Throws<InvalidOperationException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer, ask));
            var close = new SearchOptions { Progress = new Asker(_ => gallery.Dispose()) };
            Assert.Throws<ObjectDisposedException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer, close));
            Assert.Equal((0, 0), (buffer.Count, inner.Count));
        }
    }

    private static (Gallery Gallery, ProbeBatch Probes) Large(TimeProvider clock, int threads) => (
        MatchingData.Gallery(Model, MatchingData.Vectors(9000, 8, 1), MatchingData.Options(threads) with { TimeProvider = clock }),
        MatchingData.Batch(Model, MatchingData.Vectors(600, 8, 2)));

    /// <summary>Tells at once, on the thread that reports.</summary>
    private sealed class Asker(Action<long> told) : IProgress<long>
    {
        public void Report(long value) => told(value);
    }

    private sealed class StepClock(TimeSpan step) : TimeProvider
    {
        private long now;

        public TimeSpan Step { get; set; } = step;

        public int Asked { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            Asked++;
            return now += Step.Ticks;
        }
    }
}
