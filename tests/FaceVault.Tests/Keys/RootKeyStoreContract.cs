using System.Security.Cryptography;

namespace FaceVault.Tests.Keys;

/// <summary>What every root key store promises, whatever its medium and format: also one that somebody else writes.</summary>
public abstract class RootKeyStoreContract : IDisposable
{
    protected static readonly byte[] VaultBytes = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    protected static readonly byte[] PlaceBytes = [.. Enumerable.Range(101, 16).Select(i => (byte)i)];

    /// <summary>A store over the same medium each time it is asked for, as another process would have it.</summary>
    protected abstract IRootKeyStore OpenStore();

    /// <summary>The durable bytes, or null when there is nothing.</summary>
    protected abstract byte[]? Image();

    public virtual void Dispose() => GC.SuppressFinalize(this);

    [Fact]
    public void Opening_never_creates_anything()
    {
        using IRootKeyStore store = OpenStore();
        using RootReading reading = store.Locations[0].Read();
        Assert.True(reading.IsMissing);
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
        Assert.True(reading.IsPresent);
        RootRecord record = Assert.Single(reading.Records);
        Assert.True(IsRecord(record, 1));
        Assert.Equal(0, reading.Head!.Commit);
        Assert.Equal(1, reading.Head.Epoch);
        Assert.Equal(VaultBytes, reading.Head.VaultId.ToArray());
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
            using var otherVault = new RootRecord(2, 2, PlaceBytes, PlaceBytes, Key(2));
            using var otherPlace = new RootRecord(2, 2, VaultBytes, VaultBytes, Key(2));
            Assert.Equal(VaultErrorCode.RootKeyForeign, Assert.Throws<VaultException>(() => l.Stage(otherVault)).Code);
            Assert.Equal(VaultErrorCode.RootKeyForeign, Assert.Throws<VaultException>(() => l.Stage(otherPlace)).Code);
        });
        Assert.Equal(before, Image());
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
    public void All_fields_of_a_head_are_kept()
    {
        Create();
        var head = new RootHead(VaultBytes, 7, 8, 9, 10, Enumerable.Repeat((byte)11, 32).ToArray());
        With(l => l.RecordHead(head));
        RootHead read = ReadHead()!;
        Assert.Equal((7, 8, 9, 10), (read.Epoch, read.Commit, read.NextSlot, read.LedgerSize));
        Assert.Equal(head.VaultId.ToArray(), read.VaultId.ToArray());
        Assert.Equal(head.CrownHash.ToArray(), read.CrownHash.ToArray());
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
            Assert.True(reading.IsPresent);
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

    protected static RootRecord Record(int number) => new((ulong)number, number, VaultBytes, PlaceBytes, Key(number));

    protected static RootHead Head(long commit) => new(VaultBytes, 1, commit, 1, commit, SHA256.HashData([(byte)commit]));

    protected static bool IsRecord(RootRecord record, int number) =>
        record.KeyId == (ulong)number && record.Epoch == number && record.DangerousKey.SequenceEqual(Key(number))
        && record.VaultId.Span.SequenceEqual(VaultBytes) && record.PlaceId.Span.SequenceEqual(PlaceBytes);

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
}
