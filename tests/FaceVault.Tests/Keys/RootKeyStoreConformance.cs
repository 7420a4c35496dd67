using System.Security.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>What every root key store promises; the file and the memory are held to the same.</summary>
public abstract class RootKeyStoreConformance : IDisposable
{
    protected static readonly byte[] Vault = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    protected static readonly byte[] Place = [.. Enumerable.Range(101, 16).Select(i => (byte)i)];

    /// <summary>A store over the same medium each time it is asked for, as another process would have it.</summary>
    protected abstract IRootKeyStore OpenStore();

    /// <summary>The durable bytes, or null when there is nothing.</summary>
    protected abstract byte[]? Image();

    protected abstract void SetImage(byte[] image);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    [Fact]
    public void Opening_never_creates_anything()
    {
        using IRootKeyStore store = OpenStore();
        using RootReading reading = store.Locations[0].Read();
        Assert.Equal(RootLocationState.Missing, reading.State);
        Assert.Empty(reading.Records);
        Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => store.Locations[0].TryLock()).Code);
        Assert.Null(store.Locations[0].ReadLockHolder());
        Assert.Null(Image());
    }

    [Fact]
    public void What_was_created_is_read_back_by_the_next_process()
    {
        Create();
        using IRootKeyStore store = OpenStore();
        using RootReading reading = store.Locations[0].Read();
        Assert.Equal(RootLocationState.Present, reading.State);
        RootRecord record = Assert.Single(reading.Records);
        Assert.True(IsRecord(record, 1));
        Assert.Equal(0, reading.Head!.Commit);
        Assert.Equal(1, reading.Head.Epoch);
        Assert.Equal(Vault, reading.Head.VaultId.ToArray());
        Assert.Equal(new byte[32], reading.Head.CrownHash.ToArray());
    }

    [Fact]
    public void A_location_with_a_vault_is_never_created_over()
    {
        Create();
        With(l => l.RecordHead(Head(1)));
        byte[] before = Image()!;
        using IRootKeyStore store = OpenStore();
        Assert.Equal(VaultErrorCode.VaultExists, Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(9))).Code);
        Assert.Equal(before, Image());
    }

    [Fact]
    public void A_location_whose_heads_all_say_commit_0_is_created_anew()
    {
        Create();
        using (IRootKeyStore store = OpenStore())
            store.Locations[0].Create(Record(5));
        AssertRecords(5);
    }

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
    public void A_second_key_is_not_staged_while_one_is()
    {
        Create();
        With(l => l.Stage(Record(2)));
        byte[] before = Image()!;
        With(l => Assert.Throws<InvalidOperationException>(() => l.Stage(Record(3))));
        Assert.Equal(before, Image());
    }

    [Fact]
    public void The_key_that_is_there_is_not_staged_again()
    {
        Create();
        With(l => Assert.Throws<InvalidOperationException>(() => l.Stage(Record(1))));
    }

    [Fact]
    public void A_key_of_another_vault_or_place_is_not_staged()
    {
        Create();
        byte[] before = Image()!;
        With(l =>
        {
            using var otherVault = new RootRecord(2, 2, Place, Place, Key(2));
            using var otherPlace = new RootRecord(2, 2, Vault, Vault, Key(2));
            Assert.Equal(VaultErrorCode.RootKeyForeign, Assert.Throws<VaultException>(() => l.Stage(otherVault)).Code);
            Assert.Equal(VaultErrorCode.RootKeyForeign, Assert.Throws<VaultException>(() => l.Stage(otherPlace)).Code);
        });
        Assert.Equal(before, Image());
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
    public void Nothing_is_overwritten_when_the_key_that_has_to_survive_is_not_there()
    {
        Create();
        With(l => l.Stage(Record(2)));
        byte[] before = Image()!;
        With(l => Assert.Equal(VaultErrorCode.RootKeyDamaged, Assert.Throws<VaultException>(() => l.Promote(3)).Code));
        With(l => Assert.Equal(VaultErrorCode.RootKeyDamaged, Assert.Throws<VaultException>(() => l.Discard(3)).Code));
        Assert.Equal(before, Image());
    }

    [Fact]
    public void Many_epochs_pass_through_the_two_areas()
    {
        Create();
        for (int epoch = 2; epoch < 8; epoch++)
        {
            With(l => l.Stage(Record(epoch)));
            With(l => l.Promote((ulong)epoch));
            AssertRecords(epoch);
        }
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
    public void All_fields_of_a_head_are_kept()
    {
        Create();
        var head = new RootHead(Vault, 7, 8, 9, 10, Enumerable.Repeat((byte)11, 32).ToArray());
        With(l => l.RecordHead(head));
        RootHead read = ReadHead()!;
        Assert.Equal((7, 8, 9, 10), (read.Epoch, read.Commit, read.NextSlot, read.LedgerSize));
        Assert.Equal(head.VaultId.ToArray(), read.VaultId.ToArray());
        Assert.Equal(head.CrownHash.ToArray(), read.CrownHash.ToArray());
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
    public void A_head_never_goes_back()
    {
        Create();
        With(l =>
        {
            l.RecordHead(Head(5));
            l.RecordHead(Head(5));
            Assert.Throws<InvalidOperationException>(() => l.RecordHead(Head(4)));
        });
        With(l => Assert.Throws<InvalidOperationException>(() => l.RecordHead(Head(4))));
        Assert.Equal(5, ReadHead()!.Commit);
    }

    [Fact]
    public void A_head_of_another_vault_counts_as_none()
    {
        Create();
        byte[] image = Image()!;
        RootHeadCodec.Write(Head(9) with { VaultId = Place }, image.AsSpan(RootVolume.HeadSpacing, RootHeadCodec.Size));
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
            Assert.True(reading.State == RootLocationState.Damaged, $"offset {offset}");
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
            Assert.Equal(RootLocationState.Damaged, reading.State);
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

    [Fact]
    public void The_lock_has_one_holder_until_it_is_disposed()
    {
        Create();
        using IRootKeyStore second = OpenStore();
        using (IRootKeyStore first = OpenStore())
        {
            Assert.Null(second.Locations[0].ReadLockHolder());
            Assert.True(first.Locations[0].TryLock());
            Assert.True(first.Locations[0].TryLock());
            Assert.False(second.Locations[0].TryLock());
            Assert.Equal(Environment.ProcessId, second.Locations[0].ReadLockHolder());
            using RootReading reading = second.Locations[0].Read();
            Assert.Equal(RootLocationState.Present, reading.State);
            Assert.Equal(VaultErrorCode.VaultInUse, Assert.Throws<VaultException>(() => second.Locations[0].Create(Record(4))).Code);
        }

        Assert.True(second.Locations[0].TryLock());
    }

    [Fact]
    public void Creating_takes_the_lock()
    {
        using IRootKeyStore store = OpenStore();
        store.Locations[0].Create(Record(1));
        using IRootKeyStore second = OpenStore();
        Assert.False(second.Locations[0].TryLock());
        store.Locations[0].Stage(Record(2));
    }

    [Fact]
    public void Nothing_is_changed_without_the_lock()
    {
        Create();
        byte[] before = Image()!;
        using IRootKeyStore store = OpenStore();
        IRootLocation location = store.Locations[0];
        Assert.Throws<InvalidOperationException>(() => location.Stage(Record(2)));
        Assert.Throws<InvalidOperationException>(() => location.Promote(1));
        Assert.Throws<InvalidOperationException>(() => location.Discard(1));
        Assert.Throws<InvalidOperationException>(() => location.RecordHead(Head(1)));
        Assert.Equal(before, Image());
    }

    [Fact]
    public void Reading_and_locking_change_no_byte()
    {
        Create();
        With(l => l.Stage(Record(2)));
        byte[] before = Image()!;
        With(l => l.Read().Dispose());
        Assert.Equal(before, Image());
    }

    protected static byte[] Key(int number) => SHA256.HashData([(byte)number]);

    protected static RootRecord Record(int number) => new((ulong)number, number, Vault, Place, Key(number));

    protected static RootHead Head(long commit) => new(Vault, 1, commit, 1, commit, SHA256.HashData([(byte)commit]));

    protected static bool IsRecord(RootRecord record, int number) =>
        record.KeyId == (ulong)number && record.Epoch == number && record.DangerousKey.SequenceEqual(Key(number))
        && record.VaultId.Span.SequenceEqual(Vault) && record.PlaceId.Span.SequenceEqual(Place);

    protected void Create()
    {
        using IRootKeyStore store = OpenStore();
        using RootRecord record = Record(1);
        store.Locations[0].Create(record);
    }

    protected void With(Action<IRootLocation> act)
    {
        using IRootKeyStore store = OpenStore();
        Assert.True(store.Locations[0].TryLock());
        act(store.Locations[0]);
    }

    protected void AssertRecords(params int[] numbers)
    {
        using IRootKeyStore store = OpenStore();
        using RootReading reading = store.Locations[0].Read();
        Assert.Equal(numbers.Length, reading.Records.Count);
        for (int i = 0; i < numbers.Length; i++)
            Assert.True(IsRecord(reading.Records[i], numbers[i]));
    }

    protected RootHead? ReadHead()
    {
        using IRootKeyStore store = OpenStore();
        using RootReading reading = store.Locations[0].Read();
        return reading.Head;
    }

    private ReadOnlySpan<byte> Area(int number) => Image().AsSpan((int)RootVolume.AreaOffset(number), RootRecordCodec.Size);
}
