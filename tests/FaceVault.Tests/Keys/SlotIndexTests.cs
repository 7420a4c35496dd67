using System.Buffers.Binary;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

public sealed class SlotIndexTests
{
    [Fact]
    public void Every_row_is_found_while_the_table_grows_and_rows_go()
    {
        using var index = new SlotIndex();
        var random = new Random(3);
        var expected = new Dictionary<uint, byte[]>();
        for (uint slot = 1; slot <= 20_000; slot++)
        {
            byte[] tag = Tag(random, slot);
            index.Add(tag, slot);
            expected[slot] = tag;
            uint gone = (uint)random.Next(1, (int)slot + 1);
            if (slot % 3 == 0 && expected.Remove(gone, out byte[]? old))
                Assert.True(index.Remove(old, gone));
        }

        Assert.Equal(expected.Count, index.Count);
        Assert.All(expected, row => Assert.Contains(row.Key, index.Find(row.Value)));
    }

    [Fact]
    public void Rows_with_one_fingerprint_are_all_answered()
    {
        using var index = new SlotIndex();
        byte[] tag = [.. Enumerable.Repeat((byte)0xff, 16)];
        for (uint slot = 1; slot <= 40; slot++)
            index.Add(tag, slot);
        Assert.True(index.Remove(tag, 7));
        Assert.False(index.Remove(tag, 7));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (uint)i).Where(slot => slot != 7), index.Find(tag).Order());
    }

    [Fact]
    public void A_tag_that_was_never_added_is_not_found()
    {
        using var index = new SlotIndex(10_000);
        index.Add(new byte[16], 1);
        Assert.Empty(index.Find([.. Enumerable.Repeat((byte)1, 16)]));
        Assert.False(index.Remove([.. Enumerable.Repeat((byte)1, 16)], 1));
    }

    private static byte[] Tag(Random random, uint slot)
    {
        var tag = new byte[16];
        random.NextBytes(tag);
        BinaryPrimitives.WriteUInt32LittleEndian(tag.AsSpan(4), slot);
        return tag;
    }
}
