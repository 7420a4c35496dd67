using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>The lookup table against a dictionary, and what a row costs.</summary>
public sealed class SlotIndexMemoryTests
{
    [Fact]
    public void It_answers_what_a_dictionary_answers()
    {
        for (int seed = 0; seed < Deep.Runs(30); seed++)
        {
            var random = new Random(seed);
            int fingerprints = random.Next(1, 400);
            using var index = new SlotIndex(random.Next(0, 50));
            var model = new Dictionary<int, HashSet<uint>>();
            uint next = 1;
            for (int step = 0; step < 3000; step++)
            {
                int tag = random.Next(0, fingerprints);
                if (!model.TryGetValue(tag, out HashSet<uint>? slots))
                    model.Add(tag, slots = []);
                if (random.Next(0, 3) > 0)
                {
                    index.Add(Tag(tag), next);
                    slots.Add(next++);
                }
                else
                {
                    uint slot = slots.Count > 0 && random.Next(0, 4) > 0 ? slots.First() : next;
                    Assert.Equal(slots.Remove(slot), index.Remove(Tag(tag), slot));
                }

                Assert.Equal(slots.Order(), index.Find(Tag(tag)).Order());
            }

            Assert.Equal(model.Values.Sum(s => s.Count), index.Count);
            Assert.All(model, row => Assert.Equal(row.Value.Order(), index.Find(Tag(row.Key)).Order()));
        }
    }

    [Theory]
    [InlineData(1_000_000, 10.1)]
    [InlineData(0, 17)]
    public void A_million_rows_cost_about_ten_bytes_each_and_never_more_than_17(long expected, double most)
    {
        using var index = new SlotIndex(expected);
        Span<byte> tag = stackalloc byte[16];
        for (uint slot = 1; slot <= 1_000_000; slot++)
        {
            Key(slot, tag);
            index.Add(tag, slot);
        }

        Assert.InRange((double)index.Bytes / index.Count, 8, most);
        for (uint slot = 1; slot <= 1_000_000; slot += 997)
        {
            Key(slot, tag);
            Assert.Contains(slot, index.Find(tag));
        }
    }

    [Fact]
    public void Rows_that_come_and_go_for_ever_do_not_grow_it()
    {
        using var index = new SlotIndex();
        Span<byte> tag = stackalloc byte[16];
        for (uint slot = 1; slot <= 200_000; slot++)
        {
            Key(slot, tag);
            index.Add(tag, slot);
            if (slot > 100)
            {
                Key(slot - 100, tag);
                Assert.True(index.Remove(tag, slot - 100));
            }
        }

        Assert.Equal(100, index.Count);
        Assert.InRange(index.Bytes, 0, 64 * 1024);
    }

    private static byte[] Tag(int number)
    {
        var tag = new byte[16];
        Key((uint)number, tag);
        return tag;
    }

    // Tags are keyed hashes, spread evenly; so is this.
    private static void Key(uint number, Span<byte> tag)
    {
        ulong mixed = (number + 1) * 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        BitConverter.TryWriteBytes(tag, mixed ^ (mixed >> 27));
    }
}
