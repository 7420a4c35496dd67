using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

public class GallerySearchTests
{
    public static TheoryData<TemplateEncoding, int, int> Sizes()
    {
        var data = new TheoryData<TemplateEncoding, int, int>();
        foreach (TemplateEncoding encoding in new[] { TemplateEncoding.Float32, TemplateEncoding.Int8 })
        {
            foreach (int dimensions in new[] { 1, 3, 4, 5, 128 })
                foreach (int count in new[] { 0, 1, 2, 15, 16, 17, 31, 32, 33, 127, 128, 129 })
                    data.Add(encoding, dimensions, count);
            foreach (int block in MatchingData.Modes.Select(mode => new BlockLayout(128, encoding, mode).Lanes).Where(lanes => lanes > 128))
                foreach (int count in new[] { block - 1, block, block + 1, 3 * block + 7 })
                    data.Add(encoding, 128, count);
            data.Add(encoding, 512, 300);
            data.Add(encoding, 4096, 140);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_search_gives_to_the_bit_what_scoring_and_sorting_everything_gives(TemplateEncoding encoding, int dimensions, int count)
    {
        TemplateModel model = MatchingData.Model(dimensions, encoding);
        float[][] vectors = MatchingData.Vectors(count, dimensions, 1);
        float[][] probes = MatchingData.Vectors(7, dimensions, 2);
        var templates = vectors.Select((v, i) => ((uint)(i + 1), (ushort)0, MatchingData.Encode(model, v))).ToList();
        Candidate[][] expected = [.. probes.Select(probe => MatchingData.Slow(model, templates, probe, 5, float.NegativeInfinity))];
        Assert.All(expected.SelectMany(c => c), c => Assert.InRange(c.Score, -1f, 1f));

        foreach (GalleryMode mode in MatchingData.Modes)
        {
            using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(mode: mode));
            Assert.Equal((mode, count), (gallery.Mode, gallery.Count));
            Assert.Equal(expected, MatchingData.Find(gallery, probes, 5));
            Assert.Equal(expected[..1], MatchingData.Find(gallery, probes[..1], 5));
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Every_number_of_probes_gives_the_same_answers_as_one_at_a_time(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(24, encoding);
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(700, 24, 3));
        using Gallery @sealed = MatchingData.Gallery(model, MatchingData.Vectors(700, 24, 3), MatchingData.Options(mode: GalleryMode.Sealed));
        float[][] probes = MatchingData.Vectors(540, 24, 4);
        Candidate[][] single = [.. probes.Select(p => MatchingData.Find(gallery, [p], 3)[0])];
        foreach (int count in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 24, 25, 255, 256, 257, 263, 264, 265, 529, 540])
        {
            Assert.Equal(single[..count], MatchingData.Find(gallery, probes[..count], 3));
            Assert.Equal(single[..count], MatchingData.Find(@sealed, probes[..count], 3));
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Threads_and_kernels_change_no_bit_of_any_answer(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(67, encoding);
        float[][] vectors = MatchingData.Vectors(9000, 67, 5);
        for (int i = 0; i < 4000; i++)
            vectors[8999 - i] = vectors[i / 4];
        float[][] probes = [.. MatchingData.Vectors(38, 67, 6), vectors[17], vectors[8000]];
        Candidate[][]? expected = null;
        foreach ((int threads, GalleryMode mode) in Enumerable.Range(1, 3).SelectMany(threads => MatchingData.Modes.Select(mode => (threads, mode))))
            foreach (FloatKernel floats in Enum.GetValues<FloatKernel>().Where(DotKernels.IsSupported))
                foreach (ByteKernel bytes in Enum.GetValues<ByteKernel>().Where(DotKernels.IsSupported))
                {
                    if (encoding == TemplateEncoding.Int8 ? floats != DotKernels.BestFloat : bytes != DotKernels.BestByte)
                        continue;
                    using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(threads, mode) with { FloatKernel = floats, ByteKernel = bytes });
                    Candidate[][] found = [.. MatchingData.Find(gallery, probes, 20), .. MatchingData.Find(gallery, probes[38..39], 20)];
                    expected ??= found;
                    Assert.Equal(expected, found);
                }

        Assert.Equal(1f, expected![38][0].Score, 1e-6f);
    }

    /// <summary>One probe reads its first blocks side by side and one after another in turn, then the faster way.</summary>
    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Whichever_way_one_probe_reads_its_blocks_the_answers_have_the_same_bits(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(43, encoding);
        float[][] vectors = MatchingData.Vectors(1500, 43, 10), probe = MatchingData.Vectors(2, 43, 11);
        using Gallery gallery = MatchingData.Gallery(model, vectors);
        Candidate[] expected = MatchingData.Find(gallery, probe, 50)[0];
        for (int i = 0; i < 80; i++)
            Assert.Equal(expected, MatchingData.Find(gallery, probe[..1], 50)[0]);
    }

    [Fact]
    public void The_best_template_of_a_consent_stands_for_it()
    {
        TemplateModel model = MatchingData.Model(2);
        using var gallery = new Gallery(model, MatchingData.Options());
        float[][] vectors = [[1, 0], [1, 1], [0, 1], [1, 0.5f]];
        foreach ((uint slot, ushort ordinal, int vector) in new (uint, ushort, int)[] { (9, 0, 2), (9, 1, 1), (9, 2, 1), (4, 3, 3), (4, 7, 0), (5, 0, 0) })
            gallery.Add(slot, ordinal, MatchingData.Encode(model, vectors[vector]));
        Candidate[] found = MatchingData.Find(gallery, [[2, 0]], 10)[0];
        Assert.Equal([(4u, 7), (5u, 0), (9u, 1)], found.Select(c => (c.Slot, c.Ordinal)));
        Assert.Equal(MathF.Sqrt(0.5f), found[2].Score, 1e-6f);
    }

    [Fact]
    public void A_score_at_the_threshold_is_a_match_and_one_below_is_not()
    {
        TemplateModel model = MatchingData.Model(16);
        float[][] vectors = MatchingData.Vectors(500, 16, 8);
        using Gallery gallery = MatchingData.Gallery(model, vectors);
        float[] probe = MatchingData.Vectors(1, 16, 9)[0];
        Candidate[] all = MatchingData.Find(gallery, [probe], 500)[0];
        Assert.Equal(500, all.Length);
        foreach (int place in (int[])[0, 1, 37, 499])
        {
            Assert.Equal(all[..(place + 1)], MatchingData.Find(gallery, [probe], 500, Threshold.At(all[place].Score))[0]);
            Assert.Equal(all[..place], MatchingData.Find(gallery, [probe], 500, Threshold.At(MathF.BitIncrement(all[place].Score)))[0]);
        }

        Assert.Empty(MatchingData.Find(gallery, [probe], 10, Threshold.At(1f))[0]);
        Assert.Equal(all, MatchingData.Find(gallery, [probe], 1000, Threshold.At(-1f))[0]);
    }

    [Fact]
    public void An_unpurged_gallery_of_opposite_vectors_still_fills_the_list()
    {
        TemplateModel model = MatchingData.Model(3);
        using Gallery gallery = MatchingData.Gallery(model, [.. Enumerable.Repeat(new float[] { 0.1f, 0.7f, 0.3f }, 70)]);
        Candidate[] found = MatchingData.Find(gallery, [[-0.1f, -0.7f, -0.3f]], 60)[0];
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (uint)i), found.Select(c => c.Slot));
        Assert.All(found, c => Assert.InRange(c.Score, -1f, -0.999999f));
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open, "d4851e302d77bbab")]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed, "d4851e302d77bbab")]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open, "ae0b0f2cb2ff247c")]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed, "ae0b0f2cb2ff247c")]
    public void Answers_have_the_same_bits_on_every_processor(TemplateEncoding encoding, GalleryMode mode, string expected)
    {
        TemplateModel model = MatchingData.Model(131, encoding);
        var random = new Random(2026);
        float[][] vectors = [.. Enumerable.Range(0, 1000).Select(_ => Enumerable.Range(0, 131).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        using Gallery gallery = MatchingData.Gallery(model, vectors[..950], MatchingData.Options(2, mode));
        Candidate[] found = [.. MatchingData.Find(gallery, vectors[950..], 10).SelectMany(list => list)];
        Assert.Equal(500, found.Length);
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<Candidate>(found));
        Assert.Equal(expected, Convert.ToHexStringLower(hash[..8]));
    }
}
