using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

[Trait("Claim", "E5")]
public unsafe class GalleryPurgeTests
{
    [Fact]
    public void What_arrives_after_its_use_ended_is_not_found_by_a_search_that_began_after_that()
    {
        TemplateModel model = MatchingData.Model(16);
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddMinutes(10));
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(5, 16, 1), MatchingData.Options() with { TimeProvider = clock });
        MatchingData.Find(gallery, MatchingData.Vectors(1, 16, 2), 3);
        byte[] late = MatchingData.Encode(model, MatchingData.Vectors(1, 16, 3)[0]);
        foreach ((uint slot, uint useEnds) in (ReadOnlySpan<(uint, uint)>)[(7, 9), (8, 10), (9, 11)])
            gallery.Add(slot, 0, late, useEnds);
        Assert.Equal(6, gallery.Count); // as a search would see it that goes on
        Assert.Equal([9u], MatchingData.Find(gallery, MatchingData.Vectors(1, 16, 3), 10, Threshold.At(0.99f))[0].Select(candidate => candidate.Slot));
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed)]
    public void Removing_names_nobody_else_and_changes_no_bit_of_the_others(TemplateEncoding encoding, GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(40, encoding);
        using Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(3000, 40, 1), MatchingData.Options(mode: mode));
        gallery.Add(7, 1, MatchingData.Encode(model, MatchingData.Vectors(1, 40, 5)[0]));
        float[][] probes = MatchingData.Vectors(5, 40, 2);
        Candidate[][] before = MatchingData.Find(gallery, probes, 1000);

        Assert.Equal(2, gallery.Remove([7]));
        Assert.Equal(0, gallery.Remove([7]));
        Assert.Equal(0, gallery.Remove([]));
        Assert.Equal(0, gallery.Remove([0, 9999]));
        Assert.Equal(100, gallery.Remove([.. Enumerable.Range(1001, 100).Select(i => (uint)i)]));
        Assert.Equal(2899, gallery.Count);

        Candidate[][] after = MatchingData.Find(gallery, probes, 1000);
        for (int i = 0; i < probes.Length; i++)
        {
            Candidate[] kept = [.. before[i].Where(c => c.Slot != 7 && c.Slot is < 1001 or > 1100)];
            Assert.Equal(kept, after[i][..kept.Length]);
            Assert.DoesNotContain(after[i], c => c.Slot == 7 || c.Slot is >= 1001 and <= 1100);
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, 5)]
    [InlineData(TemplateEncoding.Int8, 6)]
    public void Removing_zeroes_every_byte_of_the_lane_and_no_other(TemplateEncoding encoding, int dimensions)
    {
        var layout = new BlockLayout(dimensions, encoding);
        using var store = new GalleryStore(layout, requireLock: false);
        TemplateModel model = MatchingData.Model(dimensions, encoding);
        float[][] vectors = MatchingData.Vectors(40, dimensions, 3);
        for (int i = 0; i < 40; i++)
            store.Add((uint)i + 1, 9, 1000, MatchingData.Encode(model, vectors[i]));
        byte[] before = Bytes();
        Assert.Equal(1, store.Remove([21]));
        byte[] after = Bytes();

        int lane = 20, panel = lane / layout.LanesPerPanel * layout.PanelBytes, within = lane % layout.LanesPerPanel * 4;
        var touched = new HashSet<int>();
        for (int row = 0; row < layout.Rows; row++)
            for (int i = 0; i < 4; i++)
            {
                int at = panel + row * layout.LanesPerPanel * 4 + within + i;
                Assert.Equal(0, after[at]);
                touched.Add(at);
            }

        foreach ((int offset, int size) in (ReadOnlySpan<(int, int)>)[(layout.FactorOffset, 4), (layout.SlotOffset, 4), (layout.UseEndsOffset, 4), (layout.PurgedOffset, 4), (layout.OrdinalOffset, 2)])
            for (int i = 0; i < size; i++)
                touched.Add(offset + lane * size + i);
        for (int i = 0; i < before.Length; i++)
            if (!touched.Contains(i))
                Assert.Equal(before[i], after[i]);
        Assert.True(float.IsNaN(store.Block(0).Factors[lane]));
        Assert.Equal((0u, 0u, (ushort)0), (store.Block(0).Slots[lane], store.Block(0).UseEnds[lane], store.Block(0).Ordinals[lane]));

        byte[] Bytes() => new ReadOnlySpan<byte>(store.Block(0).Memory, layout.BlockBytes).ToArray();
    }

    [Fact]
    public void A_search_that_began_before_a_removal_may_not_name_its_lanes_even_when_they_are_filled_again()
    {
        TemplateModel model = MatchingData.Model(4);
        using var store = new GalleryStore(new BlockLayout(4, TemplateEncoding.Float32), requireLock: false);
        byte[] template = MatchingData.Encode(model, [1, 2, 3, 4]);
        store.Add(1, 0, uint.MaxValue, template);
        store.Add(2, 0, uint.MaxValue, template);
        uint since = store.Change;
        Assert.True(store.MayName(0, 1, since));

        store.Remove([1]);
        Assert.False(store.MayName(0, 1, since));
        store.Add(1, 0, uint.MaxValue, template);
        Assert.False(store.MayName(0, 1, since));
        Assert.True(store.MayName(0, 1, store.Change));
        Assert.False(store.MayName(0, 3, store.Change));
        Assert.True(store.MayName(1, 2, since));
        Assert.Equal(1, store.BlockCount);
    }

    [Theory]
    [InlineData(1, GalleryMode.Open)]
    [InlineData(2, GalleryMode.Open)]
    [InlineData(1, GalleryMode.Sealed)]
    [InlineData(2, GalleryMode.Sealed)]
    public void Answers_handed_over_after_a_removal_returned_never_name_it_while_searches_run(int threads, GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(64);
        float[][] vectors = MatchingData.Vectors(20_000, 64, 21);
        using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(threads, mode));
        float[][] probes = [.. Enumerable.Range(0, 30).Select(i => vectors[i * 600])];
        Candidate[][] before = MatchingData.Find(gallery, probes, 1000);
        Dictionary<uint, float>[] scores = [.. before.Select(list => list.ToDictionary(c => c.Slot, c => c.Score))];
        var removedAt = new System.Collections.Concurrent.ConcurrentDictionary<uint, uint>();
        bool done = false;
        int searches = 0;
        var searcher = Task.Run(() =>
        {
            using ProbeBatch batch = MatchingData.Batch(model, probes);
            var buffer = new MatchBuffer(30, 20);
            while (!Volatile.Read(ref done))
            {
                var removed = removedAt.ToDictionary();
                gallery.Identify(batch, Threshold.RankOnly, buffer);
                Interlocked.Increment(ref searches);
                foreach ((uint slot, uint change) in removedAt.ToDictionary())
                    removed[slot] = change;
                for (int probe = 0; probe < 30; probe++)
                    foreach (Candidate candidate in buffer[probe])
                    {
                        Assert.False(removed.TryGetValue(candidate.Slot, out uint change) && change <= buffer.DeliveredAt, "a removed template was named");
                        if (scores[probe].TryGetValue(candidate.Slot, out float score))
                            Assert.Equal(score, candidate.Score);
                    }
            }

        });

        uint next = 100_000;
        foreach (uint slot in before.SelectMany(list => list[..15]).Select(c => c.Slot).Distinct())
        {
            Assert.Equal(1, gallery.Remove([slot]));
            removedAt[slot] = gallery.Change;
            gallery.Add(next++, 0, MatchingData.Encode(model, vectors[slot - 1]), useEnds: 0);
            if (next % 20 == 0)
            {
                int seen = Volatile.Read(ref searches);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref searches) > seen || searcher.IsCompleted, TimeSpan.FromMinutes(1)));
            }
        }

        Volatile.Write(ref done, true);
        searcher.Wait();
        Assert.True(searches > 0);
        HashSet<uint> gone = [.. removedAt.Keys];
        Candidate[][] after = MatchingData.Find(gallery, probes, 1000);
        for (int i = 0; i < probes.Length; i++)
        {
            Candidate[] kept = [.. before[i].Where(c => !gone.Contains(c.Slot))];
            Assert.Equal(kept, after[i][..kept.Length]);
        }
    }

    [Theory]
    [InlineData(GalleryMode.Open)]
    [InlineData(GalleryMode.Sealed)]
    public void Enrolments_reach_the_gallery_across_blocks_and_reuse_purged_lanes(GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(512);
        using var gallery = new Gallery(model, MatchingData.Options(mode: mode));
        float[][] vectors = MatchingData.Vectors(600, 512, 31);
        for (int i = 0; i < 600; i++)
        {
            gallery.Add((uint)i + 1, 0, MatchingData.Encode(model, vectors[i]));
            if (i % 37 == 0)
                Assert.Equal((uint)i + 1, MatchingData.Find(gallery, [vectors[i]], 1)[0][0].Slot);
            if (i % 3 == 0)
                gallery.Remove([(uint)i + 1]);
        }

        Assert.Equal(400, gallery.Count);
        for (int i = 0; i < 600; i += 7)
            Assert.Equal(i % 3 == 0, MatchingData.Find(gallery, [vectors[i]], 1, Threshold.At(0.9f))[0].Length == 0);
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed)]
    public void A_template_that_is_being_enrolled_or_purged_is_found_whole_or_not_at_all(TemplateEncoding encoding, GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(512, encoding);
        float[] vector = MatchingData.Vectors(1, 512, 61)[0];
        byte[] encoded = MatchingData.Encode(model, vector);
        float whole = Similarity.Score(model, encoded, vector);
        using Gallery gallery = MatchingData.Gallery(model, [vector], MatchingData.Options(2, mode));
        bool done = false;
        int searches = 0;
        var searcher = Task.Run(() =>
        {
            using ProbeBatch batch = MatchingData.Batch(model, [vector, vector, vector]);
            var buffer = new MatchBuffer(3, 1000);
            while (!Volatile.Read(ref done))
            {
                gallery.Identify(batch, Threshold.RankOnly, buffer);
                Interlocked.Increment(ref searches);
                foreach (Candidate candidate in buffer[0])
                    Assert.Equal(whole, candidate.Score);
            }
        });
        for (uint round = 0; round < 20; round++)
        {
            int seen = Volatile.Read(ref searches);
            for (uint slot = 2; slot < 150; slot++)
                gallery.Add(slot, 0, encoded);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref searches) > seen || searcher.IsCompleted, TimeSpan.FromMinutes(1)));
            Assert.Equal(148, gallery.Remove([.. Enumerable.Range(2, 148).Select(slot => (uint)slot)]));
        }

        Volatile.Write(ref done, true);
        searcher.Wait();
        Assert.Equal(1, gallery.Count);
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed)]
    public void A_lane_stays_masked_until_it_is_complete(TemplateEncoding encoding, GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(6, encoding);
        var layout = new BlockLayout(6, encoding, mode);
        using var memory = new GalleryMemory(layout.BlockBytes);
        var body = TemplateBody.Create(layout);
        var block = new InterleavedBlock(layout, memory.Start, null);
        body.Initialize(memory.Start);
        block.Initialize();
        var name = new LaneName(1, 0, uint.MaxValue);
        fixed (byte* values = MatchingData.Encode(model, [1, 2, 3, 4, 5, 6]).AsSpan()[^layout.ValuesSize..])
            body.Write(block, 17, [name], values, layout.ValuesSize);
        Assert.True(float.IsNaN(block.Factors[17]));
        block.Publish(17, name, 0.25f);
        Assert.Equal(0.25f, block.Factors[17]);
        Assert.All(Enumerable.Range(0, layout.Lanes), lane => Assert.Equal(lane == 17, !float.IsNaN(block.Factors[lane])));
    }

    [Theory]
    [InlineData(GalleryMode.Open)]
    [InlineData(GalleryMode.Sealed)]
    public void A_slot_that_was_purged_and_enrolled_anew_is_found_by_its_new_template_only(GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(32, TemplateEncoding.Int8);
        float[][] vectors = MatchingData.Vectors(2, 32, 41);
        using Gallery gallery = MatchingData.Gallery(model, [vectors[0]], MatchingData.Options(mode: mode));
        gallery.Remove([1]);
        gallery.Add(1, 0, MatchingData.Encode(model, vectors[1]));
        Assert.Empty(MatchingData.Find(gallery, [vectors[0]], 5, Threshold.At(0.9f))[0]);
        Assert.Single(MatchingData.Find(gallery, [vectors[1]], 5, Threshold.At(0.9f))[0]);
    }

    [Theory]
    [InlineData(GalleryMode.Open)]
    [InlineData(GalleryMode.Sealed)]
    public void Consents_whose_use_ends_are_masked_from_that_minute_on(GalleryMode mode)
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(1000 * 60));
        TemplateModel model = MatchingData.Model(8);
        using var gallery = new Gallery(model, MatchingData.Options(mode: mode) with { TimeProvider = clock });
        float[][] vectors = MatchingData.Vectors(4, 8, 51);
        uint[] ends = [1001, 1002, uint.MaxValue, 1000];
        for (int i = 0; i < 4; i++)
            gallery.Add((uint)i + 1, 0, MatchingData.Encode(model, vectors[i]), ends[i]);

        Assert.Equal([1u, 2u, 3u], Found());
        Assert.Equal(3, gallery.Count);
        clock.Now += TimeSpan.FromSeconds(59);
        Assert.Equal([1u, 2u, 3u], Found());
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal([2u, 3u], Found());
        gallery.SetUseEnds(3, 1001);
        Assert.Equal([2u], Found());
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Empty(Found());
        Assert.Equal(0, gallery.Count);
        Assert.Equal(4, gallery.Remove([1, 2, 3, 4]));
        Assert.Equal(0, gallery.Count);

        uint[] Found() => [.. MatchingData.Find(gallery, [vectors[0]], 10)[0].Select(c => c.Slot).Order()];
    }
}
