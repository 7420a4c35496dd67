using FaceVault.Matching;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Matching;

public unsafe class TopCandidatesTests
{
    // Few different scores, slots and ordinals, so that ties and second templates of a slot are frequent.
    private static readonly Gen<(float Score, uint Slot, ushort Ordinal)> Entry =
        from score in Gen.Frequency(
            (6, Gen.Elements(-1f, -0.5f, 0f, -0f, 0.25f, 0.5f, 1f)),
            (3, Gen.Choose(-1000, 1000).Select(i => i / 1000f)),
            (1, Gen.Elements(float.NaN, 1.0000001f, -1.0000001f)))
        from slot in Gen.Choose(1, 40)
        from ordinal in Gen.Choose(0, 3)
        select (score, (uint)slot, (ushort)ordinal);

    [Fact]
    public void What_is_kept_is_what_sorting_everything_keeps_however_lanes_are_dealt_to_workers() =>
        Prop.ForAll(
            Gen.ArrayOf(Entry).ToArbitrary(),
            Gen.Choose(1, 50).ToArbitrary(),
            Gen.Elements(float.NegativeInfinity, -1f, 0f, 0.25f, 0.999f, 1f).ToArbitrary(),
            (entries, top, threshold) =>
            {
                foreach (bool perTemplate in (bool[])[false, true])
                {
                    Candidate[] expected = Oracle(entries, top, threshold, perTemplate);
                    foreach (int workers in (int[])[1, 2, 3])
                        Assert.Equal(expected, Keep(entries, workers, top, threshold, perTemplate));
                    Array.Reverse(entries);
                    Assert.Equal(expected, Keep(entries, 2, top, threshold, perTemplate));
                }
            }).Check(Deep.Config(300));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(999)]
    [InlineData(1000)]
    public void Candidates_that_all_pass_in_rising_order_are_kept_in_falling_order(int top)
    {
        var entries = new (float, uint, ushort)[50_000];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = (i / 50_000f, (uint)(i / 2 + 1), (ushort)(i % 2));
        foreach (bool perTemplate in (bool[])[false, true])
            Assert.Equal(Oracle(entries, top, -1f, perTemplate), Keep(entries, 1, top, -1f, perTemplate));
    }

    [Fact]
    public void Each_probe_of_a_pass_has_its_own_length_and_threshold()
    {
        var lists = new TopCandidates();
        lists.Prepare([2, 1, 3], [-1f, 0.5f, float.NegativeInfinity]);
        (float, uint, ushort)[] entries = [(0.1f, 1, 0), (0.2f, 2, 0), (0.6f, 3, 0), (0.7f, 4, 0)];
        for (int probe = 0; probe < 3; probe++)
            Offer(lists, probe, entries, 0);
        lists.Settle(3);
        Assert.Equal([4u, 3u], Read(lists, 0).Select(c => c.Slot));
        Assert.Equal([4u], Read(lists, 1).Select(c => c.Slot));
        Assert.Equal([4u, 3u, 2u], Read(lists, 2).Select(c => c.Slot));
    }

    private static Candidate[] Oracle((float Score, uint Slot, ushort Ordinal)[] entries, int top, float threshold, bool perTemplate) =>
        [.. entries
            .Where(e => e.Score >= threshold || (threshold == -1f && e.Score < threshold))
            .Select(e => new Candidate(e.Slot, e.Ordinal, Math.Clamp(e.Score, -1f, 1f)))
            .GroupBy(c => c.Slot)
            .SelectMany(g => g.OrderByDescending(c => c.Score).ThenBy(c => c.Ordinal).Take(perTemplate ? int.MaxValue : 1))
            .OrderByDescending(c => c.Score).ThenBy(c => c.Slot).ThenBy(c => c.Ordinal)
            .Take(top)];

    private static Candidate[] Keep((float Score, uint Slot, ushort Ordinal)[] entries, int workers, int top, float threshold, bool perTemplate)
    {
        var lists = new TopCandidates[workers];
        for (int i = 0; i < workers; i++)
        {
            lists[i] = new TopCandidates();
            lists[i].Prepare([top], [threshold], perTemplate);
        }

        int turn = 0;
        foreach ((float, uint, ushort)[] chunk in entries.Chunk(32))
            Offer(lists[turn++ % workers], 0, chunk, 0);
        for (int i = 1; i < workers; i++)
            lists[0].Merge(lists[i], 1);
        lists[0].Settle(1);
        return Read(lists[0], 0);
    }

    private static void Offer(TopCandidates lists, int probe, (float Score, uint Slot, ushort Ordinal)[] entries, int firstLane)
    {
        int count = (entries.Length + 15) / 16 * 16;
        float* scores = stackalloc float[count];
        uint* slots = stackalloc uint[count];
        ushort* ordinals = stackalloc ushort[count];
        new Span<float>(scores, count).Fill(float.NaN);
        for (int i = 0; i < entries.Length; i++)
            (scores[i], slots[i], ordinals[i]) = entries[i];
        lists.Offer(probe, 1, scores, count, slots, ordinals, firstLane);
    }

    private static Candidate[] Read(TopCandidates lists, int probe) =>
        [.. Enumerable.Range(0, lists.Count(probe)).Select(i => lists.Get(probe, i, out _))];
}
