using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

public class GalleryMisuseTests
{
    private static readonly TemplateModel Model = MatchingData.Model(8);

    [Fact]
    public void Probes_that_cannot_be_compared_are_refused_by_name_and_leave_the_batch_as_it_was()
    {
        using var batch = new ProbeBatch(Model, 2);
        batch.Add([1, 2, 3, 4, 5, 6, 7, 8]);
        foreach (float[] wrong in (float[][])[new float[7], new float[9], [], new float[8], [float.NaN, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, float.PositiveInfinity], [float.NegativeInfinity, 0, 0, 0, 0, 0, 0, 0]])
            Assert.Equal("embedding", Assert.Throws<ArgumentException>(() => batch.Add(wrong)).ParamName);
        Assert.Equal(1, batch.Count);
        batch.Add([float.MaxValue, float.MaxValue, 0, 0, 0, 0, 0, 0]);
        Assert.Throws<InvalidOperationException>(() => batch.Add([1, 0, 0, 0, 0, 0, 0, 0]));
        batch.Clear();
        Assert.Equal(0, batch.Count);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Add([1, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public unsafe void Clearing_a_batch_wipes_its_probes()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Float32, TemplateEncoding.Int8])
        {
            using ProbeBatch batch = MatchingData.Batch(MatchingData.Model(33, encoding), MatchingData.Vectors(14, 33, 1));
            int bytes = encoding == TemplateEncoding.Int8 ? 3 * 6 * 9 * 4 : 2 * 12 * 33 * 4;
            Assert.True(new ReadOnlySpan<byte>(batch.Tile(0), bytes).ContainsAnyExcept((byte)0));
            int numbers = encoding == TemplateEncoding.Int8 ? 14 * 36 : 0;
            Assert.Equal(14 * 33, numbers == 0 ? 14 * 33 : Numbers().Count(number => number != 0));
            batch.Clear();
            Assert.DoesNotContain(Numbers(), number => number != 0);

            float[] Numbers() => new ReadOnlySpan<float>(batch.Numbers(0), numbers).ToArray();
            Assert.False(new ReadOnlySpan<byte>(batch.Tile(0), bytes).ContainsAnyExcept((byte)0));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1_000_001, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1001)]
    [InlineData(1_000_000, 1000)]
    public void Buffers_outside_their_ranges_are_refused(int probes, int top) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MatchBuffer(probes, top));

    [Fact]
    public void Sizes_and_thresholds_outside_their_ranges_are_refused()
    {
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new ProbeBatch(Model, 0)).ParamName);
        Assert.Equal("model", Assert.Throws<ArgumentNullException>(() => new ProbeBatch((TemplateModel)null!, 1)).ParamName);
        Assert.Equal("gallery", Assert.Throws<ArgumentNullException>(() => new ProbeBatch((Gallery)null!, 1)).ParamName);
        foreach (float wrong in (float[])[float.NaN, 1.0001f, -1.0001f, float.PositiveInfinity])
            Assert.Equal("score", Assert.Throws<ArgumentOutOfRangeException>(() => Threshold.At(wrong)).ParamName);
        Assert.False(default(Threshold).IsSet);
        Assert.True(Threshold.RankOnly.IsSet);
        Assert.True(Threshold.Calibrated.IsCalibrated);
        Assert.Equal(Threshold.At(0.5f), Threshold.At(0.5f));
        Assert.NotEqual(Threshold.At(0.5f), Threshold.RankOnly);
        Assert.True(default(Candidate).IsNone);
        Assert.Equal(12, System.Runtime.CompilerServices.Unsafe.SizeOf<Candidate>());
        Assert.Equal("Candidate", new Candidate(1, 0, 0.5f).ToString());
    }

    [Fact]
    public void A_search_that_is_refused_leaves_the_destination_as_it_was()
    {
        using Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(50, 8, 1));
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(3, 8, 2));
        using ProbeBatch more = MatchingData.Batch(Model, MatchingData.Vectors(4, 8, 2));
        using ProbeBatch other = MatchingData.Batch(new TemplateModel("other", 8, TemplateEncoding.Float32), MatchingData.Vectors(3, 8, 3));
        var buffer = new MatchBuffer(3, 2);
        gallery.Identify(probes, Threshold.RankOnly, buffer);
        Candidate[] before = [.. buffer[0], .. buffer[1], .. buffer[2]];

        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => gallery.Identify(other, Threshold.RankOnly, buffer)).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentNullException>(() => gallery.Identify(null!, Threshold.RankOnly, buffer)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => gallery.Identify(probes, Threshold.RankOnly, null!)).ParamName);
        Assert.Equal("threshold", Assert.Throws<ArgumentException>(() => gallery.Identify(probes, default, buffer)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => gallery.Identify(more, Threshold.RankOnly, buffer)).ParamName);
        RefusedException refusal = Assert.Throws<RefusedException>(() => gallery.Identify(probes, Threshold.Calibrated, buffer));
        Assert.Equal(ViolationCode.ThresholdNotCalibrated, Assert.Single(refusal.Violations).Code);
        Assert.Throws<OperationCanceledException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer, new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = buffer[3].Length; });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = buffer[-1].Length; });

        Assert.Equal(before, (Candidate[])[.. buffer[0], .. buffer[1], .. buffer[2]]);
        gallery.Dispose();
        Assert.Throws<ObjectDisposedException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer));
        Assert.Equal(before, (Candidate[])[.. buffer[0], .. buffer[1], .. buffer[2]]);
    }

    [Fact]
    public void A_search_cancelled_after_it_began_delivers_nothing()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        using Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(50, 8, 1), MatchingData.Options() with { TimeProvider = clock });
        using ProbeBatch probes = MatchingData.Batch(Model, MatchingData.Vectors(3, 8, 2));
        var buffer = new MatchBuffer(3, 2);
        using var cancel = new CancellationTokenSource();
        clock.WhenAsked = cancel.Cancel;
        Assert.Throws<OperationCanceledException>(() => gallery.Identify(probes, Threshold.RankOnly, buffer, cancel.Token));
        Assert.Equal(0, buffer.Count);
        gallery.Identify(probes, Threshold.RankOnly, buffer, CancellationToken.None);
        Assert.Equal(3, buffer.Count);
    }

    [Fact]
    public void A_calibrated_threshold_is_used_where_there_is_one()
    {
        float[][] vectors = MatchingData.Vectors(50, 8, 1);
        using Gallery gallery = MatchingData.Gallery(Model, vectors, MatchingData.Options() with { Calibrated = _ => 0.999f });
        Assert.Equal(5u, Assert.Single(MatchingData.Find(gallery, [vectors[4]], 10, Threshold.Calibrated)[0]).Slot);
    }

    [Fact]
    public void Templates_of_another_length_and_slot_zero_are_refused()
    {
        using var gallery = new Gallery(Model, MatchingData.Options());
        Assert.Equal("encoded", Assert.Throws<ArgumentException>(() => gallery.Add(1, 0, new byte[31])).ParamName);
        Assert.Equal("slot", Assert.Throws<ArgumentOutOfRangeException>(() => gallery.Add(0, 0, new byte[32])).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => new Gallery(Model, MatchingData.Options(-1))).ParamName);
        foreach (GalleryMode mode in (GalleryMode[])[GalleryMode.None, (GalleryMode)3])
            Assert.Equal("options", Assert.Throws<ArgumentOutOfRangeException>(() => new Gallery(Model, MatchingData.Options(mode: mode))).ParamName);
        Assert.Equal(0, gallery.Count);
    }

    [Fact]
    public void A_closed_gallery_says_so_to_everyone()
    {
        Gallery gallery = MatchingData.Gallery(Model, MatchingData.Vectors(50, 8, 1));
        gallery.Dispose();
        gallery.Dispose();
        Assert.Equal(0, gallery.Count);
        Assert.True(gallery.IsClosed);
        Assert.False(gallery.Add(1, 0, new byte[32]));
        Assert.Equal(0, gallery.Remove([1]));
        gallery.SetUseEnds(1, 0);
        Assert.Throws<ObjectDisposedException>(() => { _ = gallery.FindAsync(new float[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 1, Threshold.RankOnly); });
    }

    [Fact]
    public void A_shared_gallery_outlives_a_caller_who_disposes_it()
    {
        float[][] vectors = MatchingData.Vectors(50, 8, 1);
        Gallery gallery = MatchingData.Gallery(Model, vectors, MatchingData.Options() with { IsShared = true });
        gallery.Dispose();
        Assert.False(gallery.IsClosed);
        Assert.Equal(4u, MatchingData.Find(gallery, [vectors[3]], 1)[0][0].Slot);
        gallery.Close();
        gallery.Close();
        Assert.True(gallery.IsClosed);
    }

    [Fact]
    public unsafe void Templates_lie_in_memory_that_is_left_out_of_core_dumps()
    {
        using var memory = new GalleryMemory(3 * 1024 * 1024);
        Assert.Equal(0u, (nuint)memory.Start % 64);
        string[] lines = File.ReadAllLines("/proc/self/smaps");
        int start = Array.FindIndex(lines, line => IsWithin(line, (nuint)memory.Start));
        string flags = lines.Skip(start).First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal));
        Assert.Contains(" dd", flags, StringComparison.Ordinal);
        Assert.Contains(" dc", flags, StringComparison.Ordinal);
        Assert.Equal(memory.IsLocked, flags.Contains(" lo", StringComparison.Ordinal));

        static bool IsWithin(string line, nuint address)
        {
            string[] range = line.Split(' ')[0].Split('-');
            return range.Length == 2
                && nuint.TryParse(range[0], System.Globalization.NumberStyles.HexNumber, null, out nuint low)
                && nuint.TryParse(range[1], System.Globalization.NumberStyles.HexNumber, null, out nuint high)
                && address >= low && address < high;
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed)]
    public void Repeated_searches_allocate_nothing(TemplateEncoding encoding, GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(64, encoding);
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(3000, 64, 1), MatchingData.Options(mode: mode));
        using ProbeBatch probes = MatchingData.Batch(model, MatchingData.Vectors(300, 64, 2));
        using ProbeBatch one = MatchingData.Batch(model, MatchingData.Vectors(1, 64, 2));
        var buffer = new MatchBuffer(300, 10);
        for (int i = 0; i < 3; i++)
        {
            gallery.Identify(probes, Threshold.RankOnly, buffer);
            gallery.Identify(one, Threshold.RankOnly, buffer);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            gallery.Identify(probes, Threshold.RankOnly, buffer);
            gallery.Identify(one, Threshold.RankOnly, buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
