using System.Security.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>What every store promises that keeps its location in the format of the root key file; the file and the memory are held to the same.</summary>
public abstract class RootKeyStoreConformance : RootKeyStoreContract
{
    protected abstract void SetImage(byte[] image);

    [Fact]
    public void A_location_with_a_key_but_a_damaged_head_is_never_created_over()
    {
        Create();
        With(l => l.RecordHead(Head(1)));
        byte[] image = Image()!;
        image[RootVolume.HeadSpacing + 40] ^= 1;
        SetImage(image);
        using (IRootKeyStore store = OpenStore())
            Assert.Equal(VaultErrorCode.RootPathRefused, Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(9))).Code);
        image[40] ^= 1;
        SetImage(image);
        using (IRootKeyStore store = OpenStore())
            Assert.Equal(VaultErrorCode.RootPathRefused, Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(9))).Code);
        Assert.Equal(image, Image());
    }

    [Fact]
    public void Staging_writes_the_free_area_and_nothing_else()
    {
        Create();
        byte[] before = Image()!;
        With(l => l.Stage(Record(2)));
        byte[] after = Image()!;
        int free = (int)RootVolume.AreaOffset(1);
        Assert.Equal(before[..free], after[..free]);
        Assert.NotEqual(before[free..], after[free..]);
        AssertRecords(1, 2);
    }

    [Fact]
    public void Promoting_leaves_the_named_key_alone_and_every_byte_of_the_other_area_zero()
    {
        Create();
        With(l => l.Stage(Record(2)));
        With(l => l.Promote(2));
        AssertRecords(2);
        Assert.False(Area(0).ContainsAnyExcept((byte)0));
        With(l => l.Promote(2));
        AssertRecords(2);
    }

    [Fact]
    public void Discarding_leaves_the_named_key_alone_and_every_byte_of_the_other_area_zero()
    {
        Create();
        With(l => l.Stage(Record(2)));
        With(l => l.Discard(1));
        AssertRecords(1);
        Assert.False(Area(1).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Promoting_and_discarding_wipe_what_is_no_record_too()
    {
        Create();
        foreach (Action<IRootLocation> verb in new Action<IRootLocation>[] { l => l.Promote(1), l => l.Discard(1) })
        {
            byte[] image = Image()!;
            RandomNumberGenerator.Fill(image.AsSpan((int)RootVolume.AreaOffset(1)));
            SetImage(image);
            With(verb);
            AssertRecords(1);
            Assert.False(Area(1).ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_torn_area_counts_as_free()
    {
        Create();
        byte[] image = Image()!;
        RandomNumberGenerator.Fill(image.AsSpan((int)RootVolume.AreaOffset(1), 20_000));
        SetImage(image);
        With(l => l.Stage(Record(2)));
        AssertRecords(1, 2);
    }

    [Fact]
    public void Heads_alternate_between_their_sectors_and_the_newest_wins()
    {
        Create();
        for (int commit = 1; commit < 6; commit++)
        {
            byte[] before = Image()!;
            With(l => l.RecordHead(Head(commit)));
            byte[] after = Image()!;
            int same = commit % 2 == 1 ? 0 : RootVolume.HeadSpacing;
            int other = RootVolume.HeadSpacing - same;
            Assert.Equal(before[same..(same + 512)], after[same..(same + 512)]);
            Assert.NotEqual(before[other..(other + 512)], after[other..(other + 512)]);
            Assert.Equal(commit, ReadHead()!.Commit);
        }
    }

    [Fact]
    public void A_torn_head_leaves_the_older_one()
    {
        Create();
        With(l => l.RecordHead(Head(1)));
        With(l => l.RecordHead(Head(2)));
        byte[] image = Image()!;
        image.AsSpan(256, 256).Clear();
        SetImage(image);
        Assert.Equal(1, ReadHead()!.Commit);
        With(l => l.RecordHead(Head(2)));
        Assert.Equal(2, ReadHead()!.Commit);
    }

    [Fact]
    public void Without_a_valid_head_the_records_are_still_read()
    {
        Create();
        byte[] image = Image()!;
        image[100] ^= 1;
        SetImage(image);
        Assert.Null(ReadHead());
        AssertRecords(1);
    }

    [Fact]
    public void A_head_of_another_vault_counts_as_none()
    {
        Create();
        byte[] image = Image()!;
        RootHeadCodec.Write(Head(9) with { VaultId = PlaceBytes }, image.AsSpan(RootVolume.HeadSpacing, RootHeadCodec.Size));
        SetImage(image);
        Assert.Equal(0, ReadHead()!.Commit);
    }

    [Fact]
    public void One_changed_byte_in_a_record_leaves_no_record()
    {
        Create();
        byte[] whole = Image()!;
        int area = (int)RootVolume.AreaOffset(0);
        for (int offset = 0; offset < RootRecordCodec.Size; offset += 2_521)
        {
            byte[] image = (byte[])whole.Clone();
            image[area + offset] ^= 0x40;
            SetImage(image);
            using IRootKeyStore store = OpenStore();
            using RootReading reading = store.Locations[0].Read();
            Assert.True(reading.IsDamaged, $"offset {offset}");
        }
    }

    [Fact]
    public void One_changed_byte_in_a_head_leaves_no_head()
    {
        Create();
        byte[] whole = Image()!;
        for (int offset = 0; offset < RootHeadCodec.Size; offset += 73)
        {
            byte[] image = (byte[])whole.Clone();
            image[offset] ^= 1;
            SetImage(image);
            Assert.True(ReadHead() is null, $"offset {offset}");
        }
    }

    [Fact]
    public void A_file_of_another_length_is_damaged_and_is_not_written()
    {
        Create();
        byte[] image = Image()![..^1];
        SetImage(image);
        using (IRootKeyStore store = OpenStore())
        using (RootReading reading = store.Locations[0].Read())
            Assert.True(reading.IsDamaged);
        With(l => Assert.Equal(VaultErrorCode.RootKeyDamaged, Assert.Throws<VaultException>(() => l.Stage(Record(2))).Code));
        With(l => Assert.Equal(VaultErrorCode.RootKeyDamaged, Assert.Throws<VaultException>(() => l.Promote(1)).Code));
        With(l => Assert.Equal(VaultErrorCode.RootKeyDamaged, Assert.Throws<VaultException>(() => l.RecordHead(Head(1))).Code));
        Assert.Equal(image, Image());
    }

    [Fact]
    public void A_record_of_a_newer_format_is_refused_by_its_version()
    {
        Create();
        With(l => l.Stage(Record(2)));
        foreach (int area in new[] { 0, 1 })
        {
            byte[] image = Image()!;
            "facevault/root02"u8.CopyTo(image.AsSpan((int)RootVolume.AreaOffset(area)));
            SetImage(image);
            With(l => Assert.Equal(VaultErrorCode.FormatTooNew, Assert.Throws<VaultException>(() => l.Read()).Code));
            With(l => Assert.Equal(VaultErrorCode.FormatTooNew, Assert.Throws<VaultException>(() => l.Discard(1)).Code));
            Assert.Equal(image, Image());
        }
    }

    private ReadOnlySpan<byte> Area(int number) => Image().AsSpan((int)RootVolume.AreaOffset(number), RootRecordCodec.Size);
}
