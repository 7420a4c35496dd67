using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Keys;

public sealed class RootCodecTests
{
    private static readonly byte[] Vault = SHA256.HashData("vault"u8)[..16];
    private static readonly byte[] Place = SHA256.HashData("place"u8)[..16];

    [Fact]
    public void A_head_that_was_written_parses_to_itself() =>
        Prop.ForAll<long, long, long>((commit, slot, ledger) =>
        {
            var head = new RootHead(Vault, (ledger & 0xffff) + 1, commit & long.MaxValue, (slot & long.MaxValue) | 1, ledger & long.MaxValue, SHA256.HashData(Place));
            byte[] sector = new byte[RootHeadCodec.Size];
            RootHeadCodec.Write(head, sector);
            RootHead parsed = RootHeadCodec.Parse(sector)!;
            byte[] again = new byte[RootHeadCodec.Size];
            RootHeadCodec.Write(parsed, again);
            Assert.Equal(sector, again);
            Assert.Equal((head.Epoch, head.Commit, head.NextSlot, head.LedgerSize), (parsed.Epoch, parsed.Commit, parsed.NextSlot, parsed.LedgerSize));
        }).Check(Deep.Config(100));

    [Fact]
    public void A_head_with_any_bit_changed_is_none()
    {
        byte[] sector = new byte[RootHeadCodec.Size];
        RootHeadCodec.Write(new RootHead(Vault, 1, 2, 3, 4, new byte[32]), sector);
        for (int bit = 0; bit < RootHeadCodec.Size * 8; bit++)
        {
            sector[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(RootHeadCodec.Parse(sector));
            sector[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_sealed_head_with_values_out_of_range_is_none_and_cannot_be_written()
    {
        foreach ((int offset, byte value) in new (int, byte)[] { (39, 0x80), (47, 0x80), (55, 0x80), (63, 0x80), (32, 0), (48, 0), (200, 1) })
        {
            byte[] sector = new byte[RootHeadCodec.Size];
            RootHeadCodec.Write(new RootHead(Vault, 1, 2, 3, 4, new byte[32]), sector);
            sector[offset] = value;
            Blake2b.Hash([], sector.AsSpan(..^32), sector.AsSpan(^32..));
            Assert.Null(RootHeadCodec.Parse(sector));
        }

        Assert.Throws<ArgumentException>(() => RootHeadCodec.Write(new RootHead(Vault, 0, 0, 1, 0, new byte[32]), new byte[512]));
        Assert.Throws<ArgumentException>(() => RootHeadCodec.Write(new RootHead(Vault, 1, 0, 1, 0, new byte[31]), new byte[512]));
    }

    [Fact]
    public void A_record_with_any_byte_changed_is_damaged()
    {
        byte[] area = Written();
        for (int offset = 0; offset < area.Length; offset = offset < 300 ? offset + 1 : offset + 61)
        {
            area[offset] ^= 0x40;
            RootAreaContent content = RootRecordCodec.Inspect(area, out RootRecordHeader? header);
            Assert.True(content == RootAreaContent.Damaged, $"offset {offset}: {content}");
            Assert.Null(header);
            area[offset] ^= 0x40;
        }

        Assert.Equal(RootAreaContent.Record, RootRecordCodec.Inspect(area, out _));
    }

    [Fact]
    public void A_record_with_a_right_checksum_over_a_wrong_header_is_damaged()
    {
        foreach (int offset in new[] { 17, 20, 23, 39, 72, 88, 95, 168, 255 })
        {
            byte[] area = Written();
            area[offset] ^= 0x80;
            Blake2b.Hash([], area.AsSpan(..^32), area.AsSpan(^32..));
            Assert.Equal(RootAreaContent.Damaged, RootRecordCodec.Inspect(area, out _));
        }
    }

    [Fact]
    public void A_record_moved_to_another_name_with_a_right_checksum_does_not_open()
    {
        foreach (int offset in new[] { 24, 32, 40, 56, 96, 300 })
        {
            byte[] area = Written();
            area[offset] ^= 0x02;
            Blake2b.Hash([], area.AsSpan(..^32), area.AsSpan(^32..));
            Assert.Equal(RootAreaContent.Record, RootRecordCodec.Inspect(area, out RootRecordHeader? header));
            Assert.Null(RootRecordCodec.Open(area, header!, null, "place"));
        }
    }

    [Fact]
    public void A_record_that_lost_any_one_stripe_does_not_open_even_with_a_right_checksum()
    {
        byte[] area = Written();
        for (int stripe = 0; stripe < RootRecordCodec.Stripes; stripe += 13)
        {
            byte[] torn = [.. area];
            torn.AsSpan(256 + (32 * stripe), 32).Clear();
            Blake2b.Hash([], torn.AsSpan(..^32), torn.AsSpan(^32..));
            Assert.Equal(RootAreaContent.Record, RootRecordCodec.Inspect(torn, out RootRecordHeader? header));
            Assert.Null(RootRecordCodec.Open(torn, header!, null, "place"));
        }
    }

    [Fact]
    public void A_written_record_does_not_contain_its_key()
    {
        byte[] area = Written();
        Assert.True(area.AsSpan().IndexOf(SHA256.HashData("key"u8)) < 0);
        Assert.NotEqual(area, Written());
    }

    [Fact]
    public void Zeros_are_an_empty_area_and_a_later_label_is_too_new()
    {
        byte[] area = new byte[RootRecordCodec.Size];
        Assert.Equal(RootAreaContent.Empty, RootRecordCodec.Inspect(area, out _));
        "facevault/root02"u8.CopyTo(area);
        Assert.Equal(RootAreaContent.TooNew, RootRecordCodec.Inspect(area, out _));
        "facevault/root00"u8.CopyTo(area);
        Assert.Equal(RootAreaContent.Damaged, RootRecordCodec.Inspect(area, out _));
        "facevault/root0A"u8.CopyTo(area);
        Assert.Equal(RootAreaContent.Damaged, RootRecordCodec.Inspect(area, out _));
    }

    [Fact]
    public void A_reader_written_from_the_description_finds_the_key()
    {
        byte[] area = Written();
        Assert.Equal("facevault/root01"u8, area.AsSpan(0, 16));
        Assert.Equal(Convert.FromHexString("0000000000000000" + "0807060504030201" + "0900000000000000"), area[16..40]);
        Assert.Equal([.. Vault, .. Place, .. new byte[24]], area[40..96]);
        Assert.Equal(new byte[88], area[168..256]);
        byte[] share = new byte[32];
        Blake2b.Hash([], area.AsSpan(256..32_736), share);
        byte[] sealing = new byte[32], key = new byte[32], checksum = new byte[32];
        Blake2b.Hash([], [.. "facevault/root01"u8, .. share], sealing);
        Assert.True(Aead.TryOpen(sealing, area.AsSpan(96, 72), area.AsSpan(0, 96), key));
        Assert.Equal(SHA256.HashData("key"u8), key);
        Blake2b.Hash([], area.AsSpan(0, 32_736), checksum);
        Assert.Equal(checksum, area[32_736..]);
    }

    private static byte[] Written()
    {
        byte[] area = new byte[RootRecordCodec.Size];
        using var record = new RootRecord(0x0102030405060708, 9, Vault, Place, SHA256.HashData("key"u8));
        RootRecordCodec.Write(record, null, area);
        return area;
    }
}
