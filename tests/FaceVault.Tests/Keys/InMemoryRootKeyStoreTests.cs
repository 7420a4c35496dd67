using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

public sealed class InMemoryRootKeyStoreTests : RootKeyStoreConformance
{
    private readonly InMemoryRootMedium medium = new();

    protected override IRootKeyStore OpenStore() => new InMemoryRootKeyStore(medium);

    protected override byte[]? Image()
    {
        using SecretBuffer? snapshot = medium.Snapshot();
        return snapshot?.DangerousBytes.ToArray();
    }

    protected override void SetImage(byte[] image)
    {
        using var snapshot = new SecretBuffer(image.Length);
        image.CopyTo(snapshot.DangerousBytes);
        medium.Restore(snapshot);
    }

    public override void Dispose()
    {
        medium.Dispose();
        base.Dispose();
    }

    [Fact]
    public void An_unreachable_location_is_missing_and_comes_back_as_it_was()
    {
        Create();
        medium.IsUnreachable = true;
        using (IRootKeyStore store = OpenStore())
        using (RootReading reading = store.Locations[0].Read())
        {
            Assert.True(reading.IsMissing);
            Assert.Equal(VaultErrorCode.PlaceUnreachable, Assert.Throws<VaultException>(() => store.Locations[0].TryLock()).Code);
        }

        medium.IsUnreachable = false;
        AssertRecords(1);
    }

    [Fact]
    public void A_snapshot_that_is_restored_brings_the_old_state_back()
    {
        Create();
        With(l => l.Stage(Record(2)));
        using SecretBuffer? snapshot = medium.Snapshot();
        With(l => l.Promote(2));
        medium.Restore(snapshot);
        AssertRecords(1, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_single_failure_of_a_write_or_flush_is_answered_by_writing_again(int operation)
    {
        Create();
        With(l =>
        {
            medium.FailAt(operation, RootFault.Refused, lasts: false);
            int writes = medium.Writes;
            l.Stage(Record(2));
            Assert.Equal(2, medium.Writes - writes);
            medium.FailAt(operation, RootFault.Torn, lasts: false);
            l.Promote(2);
        });
        medium.Restart();
        AssertRecords(2);
    }

    [Fact]
    public void A_lasting_failure_is_reported_after_a_bounded_number_of_writes_and_no_flush_is_repeated_alone()
    {
        Create();
        With(l =>
        {
            medium.FailAt(2, RootFault.Refused);
            int writes = medium.Writes, flushes = medium.Flushes;
            Assert.Equal(VaultErrorCode.RootKeyFailed, Assert.Throws<VaultException>(() => l.Stage(Record(2))).Code);
            Assert.Equal(RootVolume.Attempts, medium.Writes - writes);
            Assert.Equal(1, medium.Flushes - flushes);
        });
        medium.Restart();
        AssertRecords(1);
    }

    [Fact]
    public void A_bad_block_in_the_free_area_costs_nothing_and_the_next_wipe_heals_it()
    {
        Create();
        int free = (int)RootVolume.AreaOffset(1);
        medium.BadBlock = free..(free + 512);
        AssertRecords(1);
        With(l => Assert.Equal(VaultErrorCode.RootKeyFailed, Assert.Throws<VaultException>(() => l.Stage(Record(2))).Code));
        With(l => l.Discard(1));
        With(l => l.Stage(Record(2)));
        AssertRecords(1, 2);
    }

    [Fact]
    public void A_bad_block_in_the_last_key_is_damage_and_nothing_is_written_over_it()
    {
        Create();
        int area = (int)RootVolume.AreaOffset(0);
        medium.BadBlock = area..(area + 512);
        byte[] before = Image()!;
        With(l =>
        {
            using RootReading reading = l.Read();
            Assert.True(reading.IsDamaged);
            Assert.Throws<VaultException>(() => l.Stage(Record(2)));
            Assert.Throws<VaultException>(() => l.Promote(1));
            Assert.Throws<VaultException>(() => l.Discard(1));
        });
        Assert.Equal(before, Image());
        medium.BadBlock = default;
        AssertRecords(1);
    }

    [Fact]
    public void A_bad_block_in_a_head_leaves_the_other_one()
    {
        Create();
        With(l => l.RecordHead(Head(1)));
        medium.BadBlock = RootVolume.HeadSpacing..(RootVolume.HeadSpacing + 512);
        Assert.Equal(0, ReadHead()!.Commit);
        With(l => l.RecordHead(Head(2)));
        Assert.Equal(2, ReadHead()!.Commit);
        Assert.Equal(default, medium.BadBlock);
    }
}
