using FaceVault.Matching;

namespace FaceVault.Tests.Matching;

/// <summary>Sealed galleries: what is theirs alone. What they share with open ones is tested with those.</summary>
[Trait("Claim", "E5")]
public sealed class SealedGalleryTests
{
    private const GalleryMode Sealed = GalleryMode.Sealed;

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Every_answer_has_the_bits_of_the_open_gallery(TemplateEncoding encoding)
    {
        foreach (int dimensions in (int[])[1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 63, 64, 65, 127, 130, 255, 512, 1000, 2047, 4096])
        {
            TemplateModel model = MatchingData.Model(dimensions, encoding);
            int lanes = new BlockLayout(dimensions, encoding, Sealed).Lanes;
            float[][] vectors = MatchingData.Vectors(lanes + (2 * lanes / 3), dimensions, dimensions);
            float[][] probes = MatchingData.Vectors(13, dimensions, 2);
            using Gallery open = MatchingData.Gallery(model, vectors), closed = MatchingData.Gallery(model, vectors, MatchingData.Options(mode: Sealed));
            foreach (int count in (int[])[1, 2, 13])
                Assert.Equal(MatchingData.Find(open, probes[..count], 30), MatchingData.Find(closed, probes[..count], 30));
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Threads_and_holes_change_no_bit(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(96, encoding);
        float[][] vectors = MatchingData.Vectors(2500, 96, 1), probes = MatchingData.Vectors(270, 96, 2);
        using Gallery open = MatchingData.Gallery(model, vectors);
        uint[] gone = [.. Enumerable.Range(1, 2500).Where(slot => slot % 7 < 3 || slot is > 300 and < 1100).Select(slot => (uint)slot)];
        open.Remove(gone);
        foreach (int threads in (int[])[1, 2, 3])
        {
            using Gallery closed = MatchingData.Gallery(model, vectors, MatchingData.Options(threads, Sealed));
            Assert.Equal(gone.Length, closed.Remove(gone));
            Assert.Equal(open.Count, closed.Count);
            foreach (int count in (int[])[1, 3, 12, 264, 270])
                Assert.Equal(MatchingData.Find(open, probes[..count], 10), MatchingData.Find(closed, probes[..count], 10));
        }
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Threshold_searches_all_scores_and_scores_taken_again_are_those_of_the_open_gallery(TemplateEncoding encoding)
    {
        TemplateModel model = MatchingData.Model(70, encoding);
        float[][] vectors = MatchingData.Vectors(1500, 70, 1);
        using ProbeBatch probes = MatchingData.Batch(model, MatchingData.Vectors(15, 70, 2));
        (string Lists, float[] Scores)[] answers = [.. MatchingData.Modes.Select(mode =>
        {
            using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(2, mode));
            gallery.Remove([3, 900, 901]);
            var again = new MatchBuffer(15, 8);
            gallery.Identify(probes, Threshold.RankOnly, again, new SearchOptions { Rescore = true });
            var hits = new HitBuffer(15, 4000);
            gallery.FindAll(probes, Threshold.At(0.1f), hits);
            var scores = new float[15 * 1497];
            gallery.Score(probes, gallery.TakeSnapshot(), scores);
            return (string.Join(' ', Enumerable.Range(0, 15).SelectMany(i => (Candidate[])[.. again[i], .. hits[i]]).Select(c => (c.Slot, c.Ordinal, BitConverter.SingleToInt32Bits(c.Score)))), scores);
        })];
        Assert.True(answers[0].Lists.Length > 10_000);
        Assert.Equal(answers[0].Lists, answers[1].Lists);
        Assert.Equal(answers[0].Scores, answers[1].Scores);
        Assert.DoesNotContain(float.NaN, answers[1].Scores);
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public unsafe void No_template_stands_in_the_memory_of_a_gallery_that_nobody_searches(TemplateEncoding encoding)
    {
        using var set = new Templates(encoding, 40);
        ReadOnlySpan<byte> block = set.Block;
        for (int i = 0; i < 40; i++)
            for (int at = 0; at + 8 <= set.Values[i].Length; at += 8)
                foreach (byte sign in (byte[])[0, 0x80])
                    Assert.True(block.IndexOf([.. set.Values[i].AsSpan(at, 8).ToArray().Select(b => (byte)(b ^ sign))]) < 0, "eight bytes of a template stand open");
        var open = new BlockLayout(Templates.Dimensions, encoding);
        using var plain = new GalleryStore(open, requireLock: false);
        plain.Add(1, 0, uint.MaxValue, set.Encoded[0]);
        Assert.Equal(InPanel(set, 0), new ReadOnlySpan<byte>(plain.Block(0).Memory, 4).ToArray()); // the search finds what is there
    }

    /// <summary>The first four bytes of a template as they lie in a panel.</summary>
    private static byte[] InPanel(Templates set, int template) => [.. set.Values[template][..4].Select(b => (byte)(b ^ (byte)set.Layout.SignBits))];

    [Fact]
    public void Every_lane_has_a_key_of_its_own_and_a_lane_that_is_filled_again_a_new_one()
    {
        using var set = new Templates(TemplateEncoding.Int8, 60);
        var keys = new HashSet<string>();
        for (int lane = 0; lane < set.Layout.Lanes; lane++)
            Assert.True(keys.Add(Convert.ToHexString(set.Key(lane))));
        Assert.Equal(1, set.Store.Remove([8]));
        Assert.Equal(new byte[32], set.Key(7));
        Assert.Equal(new byte[set.Layout.BlobSize], set.Blob(7).ToArray());
        set.Store.Add(8, 0, uint.MaxValue, set.Encoded[7]);
        Assert.True(keys.Add(Convert.ToHexString(set.Key(7))));
        set.Read();
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public unsafe void Scratch_is_zero_whenever_no_block_is_read(TemplateEncoding encoding)
    {
        using var set = new Templates(encoding, 40);
        using var reader = new BlockReader(set.Store);
        byte* scratch = reader.Enter(0).Panel(0);
        Assert.Equal(InPanel(set, 0), new ReadOnlySpan<byte>(scratch, 4).ToArray());
        reader.Exit();
        Assert.False(Scratch().ContainsAnyExcept((byte)0));

        set.Blob(39)[30] ^= 1; // the last of them: 39 are open when it is found
        Assert.Equal(VaultErrorCode.IntegrityViolated, Assert.Throws<VaultException>(() => reader.Enter(0)).Code);
        Assert.False(Scratch().ContainsAnyExcept((byte)0));
        Assert.Equal(1, set.Store.Remove([40])); // nobody holds the barrier
        reader.Enter(0);
        reader.Exit();

        ReadOnlySpan<byte> Scratch() => new(scratch, set.Store.Body.ScratchSize);
    }

    [Theory]
    [InlineData("a byte of a ciphertext")]
    [InlineData("a byte of a nonce")]
    [InlineData("a byte of a tag")]
    [InlineData("a byte of a key")]
    [InlineData("a slot")]
    [InlineData("an ordinal")]
    [InlineData("two templates with their keys")]
    public unsafe void Whatever_is_changed_in_sealed_memory_is_noticed(string changed)
    {
        using var set = new Templates(TemplateEncoding.Int8, 40);
        set.Read();
        switch (changed)
        {
            case "a byte of a ciphertext":
                set.Blob(20)[24] ^= 1;
                break;
            case "a byte of a nonce":
                set.Blob(20)[0] ^= 0x80;
                break;
            case "a byte of a tag":
                set.Blob(20)[^1] ^= 1;
                break;
            case "a byte of a key":
                set.Key(20)[31] ^= 1;
                break;
            case "a slot":
                set.Store.Block(0).Slots[20] = 1;
                break;
            case "an ordinal":
                set.Store.Block(0).Ordinals[20] = 1;
                break;
            default:
                byte[] key = set.Key(20).ToArray(), blob = set.Blob(20).ToArray();
                set.Key(21).CopyTo(set.Key(20));
                set.Blob(21).CopyTo(set.Blob(20));
                key.CopyTo(set.Key(21));
                blob.CopyTo(set.Blob(21));
                break;
        }

        Assert.False(set.Store.IsDamaged);
        Assert.Equal(VaultErrorCode.IntegrityViolated, Assert.Throws<VaultException>(set.Read).Code);
        Assert.True(set.Store.IsDamaged);
    }

    [Fact]
    public void Lanes_that_are_not_in_use_are_not_opened()
    {
        using var set = new Templates(TemplateEncoding.Float32, 40, useEnds: slot => slot == 5 ? 100u : uint.MaxValue);
        set.Blob(4)[30] ^= 1;
        set.Blob(45)[30] ^= 1;
        Assert.Throws<VaultException>(set.Read);
        set.Store.MaskEnded(100);
        set.Read();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_search_that_comes_upon_damage_delivers_nothing_and_the_gallery_answers_again_without_it(int threads)
    {
        TemplateModel model = MatchingData.Model(128);
        float[][] vectors = MatchingData.Vectors(5000, 128, 1), probes = MatchingData.Vectors(40, 128, 2);
        using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(threads, Sealed));
        using ProbeBatch batch = MatchingData.Batch(model, probes);
        var buffer = new MatchBuffer(40, 3);
        gallery.Identify(batch, Threshold.RankOnly, buffer);
        Candidate[][] before = Answers();
        GalleryStore store = StoreOf(gallery);
        uint damaged;
        unsafe
        {
            InterleavedBlock block = store.Block(3);
            block.Memory[30] ^= 1;
            damaged = block.Slots[0];
        }

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(VaultErrorCode.IntegrityViolated, Assert.Throws<VaultException>(() => gallery.Identify(batch, Threshold.RankOnly, buffer)).Code);
            Assert.Equal(before, Answers());
            Assert.Equal(VaultErrorCode.IntegrityViolated, (await Assert.ThrowsAsync<VaultException>(() => gallery.FindAsync(probes[0], 1, Threshold.RankOnly))).Code);
        }

        Assert.False(gallery.IsClosed);
        Assert.Equal(1, gallery.Remove([damaged]));
        gallery.Identify(batch, Threshold.RankOnly, buffer);
        Assert.DoesNotContain(Answers().SelectMany(list => list), c => c.Slot == damaged);

        Candidate[][] Answers() => [.. Enumerable.Range(0, 40).Select(i => buffer[i].ToArray())];
    }

    [Fact]
    public void Scratch_counts_as_memory_of_the_gallery_until_it_is_closed()
    {
        TemplateModel model = MatchingData.Model(512, TemplateEncoding.Int8);
        Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(100, 512, 1), MatchingData.Options(3, Sealed));
        long scratch = StoreOf(gallery).Body.ScratchSize;
        (long locked, long unlocked) = gallery.Memory;
        Assert.InRange(locked + unlocked, (3 * scratch) + (100 * 602), (3 * scratch) + (2 * 128 * 602) + (8 * Environment.SystemPageSize));
        Assert.Equal(gallery.IsLocked, unlocked == 0);
        gallery.Dispose();
        Assert.Equal((0, 0), gallery.Memory);
    }

    [Theory]
    [InlineData(GalleryMode.Open)]
    [InlineData(GalleryMode.Sealed)]
    public void A_gallery_that_is_closed_while_it_is_searched_ends_the_search(GalleryMode mode)
    {
        TemplateModel model = MatchingData.Model(64);
        Gallery gallery = MatchingData.Gallery(model, MatchingData.Vectors(6000, 64, 1), MatchingData.Options(2, mode));
        using ProbeBatch batch = MatchingData.Batch(model, MatchingData.Vectors(20, 64, 2));
        var buffer = new MatchBuffer(20, 3);
        int searches = 0;
        var searcher = Task.Run(() =>
        {
            while (true)
            {
                gallery.Identify(batch, Threshold.RankOnly, buffer);
                Interlocked.Increment(ref searches);
            }
        });
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref searches) > 2, TimeSpan.FromMinutes(1)));
        gallery.Dispose();
        Assert.IsType<ObjectDisposedException>(Assert.Throws<AggregateException>(searcher.Wait).InnerException);
        Assert.Equal(20, buffer.Count);
    }

    [Fact]
    public void Scratch_fits_a_second_level_cache()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Float32, TemplateEncoding.Int8])
            foreach (int dimensions in (int[])[1, 64, 128, 512, 1024, 4096])
            {
                var layout = new BlockLayout(dimensions, encoding, Sealed);
                int least = BlockLayout.Streams * layout.PanelBytes;
                Assert.InRange(layout.PanelsSize, 1, Math.Max(64 * 1024, least));
                Assert.InRange(layout.Lanes, BlockLayout.Streams * layout.LanesPerPanel, 1024);
                Assert.InRange(TemplateBody.Create(layout).ScratchSize, layout.PanelsSize, Math.Max(128 * 1024, 2 * least));
            }
    }

    private static GalleryStore StoreOf(Gallery gallery) =>
        (GalleryStore)typeof(Gallery).GetField("store", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(gallery)!;

    /// <summary>A store of one block whose memory tests look into and change.</summary>
    private sealed unsafe class Templates : IDisposable
    {
        public const int Dimensions = 50;

        public Templates(TemplateEncoding encoding, int count, Func<uint, uint>? useEnds = null)
        {
            Layout = new BlockLayout(Dimensions, encoding, Sealed);
            Store = new GalleryStore(Layout, requireLock: false);
            TemplateModel model = MatchingData.Model(Dimensions, encoding);
            Encoded = [.. MatchingData.Vectors(count, Dimensions, 3).Select(vector => MatchingData.Encode(model, vector))];
            Values = [.. Encoded.Select(encoded => encoded[^Layout.ValuesSize..])];
            for (int i = 0; i < count; i++)
                Store.Add((uint)i + 1, 0, useEnds?.Invoke((uint)i + 1) ?? uint.MaxValue, Encoded[i]);
        }

        public BlockLayout Layout { get; }

        public GalleryStore Store { get; }

        public byte[][] Encoded { get; }

        public byte[][] Values { get; }

        public ReadOnlySpan<byte> Block => new(Store.Block(0).Memory, Layout.BlockBytes);

        public Span<byte> Key(int lane) => new(Store.Block(0).Memory + Layout.KeyOffset + (32 * lane), 32);

        public Span<byte> Blob(int lane) => new(Store.Block(0).Memory + (lane * Layout.BlobSize), Layout.BlobSize);

        public void Read()
        {
            using var reader = new BlockReader(Store);
            reader.Enter(0);
            reader.Exit();
        }

        public void Dispose() => Store.Dispose();
    }
}
