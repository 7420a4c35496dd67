using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>The machine dies at every single write: what was flushed is there; of what was not, each write is whole, torn anywhere, or absent. The location then holds the old or the new state.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class RootCrashTests
{
    private static readonly byte[] Vault = SHA256.HashData("vault"u8)[..16];
    private static readonly byte[] Place = SHA256.HashData("place"u8)[..16];

    // half a sector, a sector, half an area, all but the last byte; from the front and from the back
    private static readonly int[] Tears = [0, 1, 256, 512, 4_096, 16_384, 32_512, 32_767];

    [Fact]
    public void A_broken_creation_counts_as_unused_or_is_complete_and_can_be_done_again()
    {
        foreach (byte[] before in new[] { [], new byte[10], After([], Create(7)), After(After([], Create(7)), v => v.Stage(Record(8))) })
        {
            foreach (byte[] state in CrashStates(before, Create(1)))
            {
                using (RootReading reading = Open(state).Read())
                    Assert.All(reading.Records, r => Assert.True(IsRecord(r, 1) || IsRecord(r, 7) || IsRecord(r, 8)));
                byte[] again = After(state, Create(2));
                AssertHolds(again, 0, 2);
                Assert.Equal(before.Length == 0 ? RootVolume.Size : Math.Max(before.Length, RootVolume.Size), again.Length);
            }
        }
    }

    [Fact]
    public void A_broken_staging_keeps_the_key_and_the_head_and_can_be_discarded_or_done_again()
    {
        byte[] dirty = After([], Create(1), v => v.RecordHead(Head(5)));
        RandomNumberGenerator.Fill(dirty.AsSpan((int)RootVolume.AreaOffset(1), RootRecordCodec.Size));
        foreach (byte[] before in new[] { After([], Create(1), v => v.RecordHead(Head(5))), dirty })
        {
            foreach (byte[] state in CrashStates(before, v => v.Stage(Record(2))))
            {
                bool isStaged = Count(state) == 2;
                AssertHolds(state, 5, isStaged ? [1, 2] : [1]);
                AssertHolds(After(state, v => v.Discard(1)), 5, 1);
                byte[] staged = isStaged ? state : After(state, v => v.Stage(Record(2)));
                AssertHolds(After(staged, v => v.Promote(2)), 5, 2);
            }
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void A_broken_promotion_or_discarding_keeps_the_survivor_and_done_again_leaves_nothing_else(int survivor, int dying)
    {
        byte[] before = After([], Create(1), v => v.RecordHead(Head(5)), v => v.Stage(Record(2)));
        foreach (byte[] state in CrashStates(before, v => v.Promote((ulong)survivor)))
        {
            AssertHolds(state, 5, Count(state) == 2 ? [1, 2] : [survivor]);
            byte[] after = After(state, v => v.Discard((ulong)survivor));
            AssertHolds(after, 5, survivor);
            Assert.False(after.AsSpan((int)RootVolume.AreaOffset(dying - 1), RootRecordCodec.Size).ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_broken_head_leaves_the_older_or_is_the_newer_and_the_keys_are_untouched()
    {
        byte[] before = After([], Create(1), v => v.Stage(Record(2)));
        long head = 0;
        for (int commit = 3; commit < 7; commit++)
        {
            foreach (byte[] state in CrashStates(before, v => v.RecordHead(Head(commit))))
            {
                long found = ReadHead(state);
                Assert.True(found == head || found == commit);
                AssertHolds(state, found, 1, 2);
                AssertHolds(After(state, v => v.RecordHead(Head(commit))), commit, 1, 2);
            }

            before = After(before, v => v.RecordHead(Head(commit)));
            head = commit;
        }
    }

    [Fact]
    public void Every_verb_returns_only_when_what_it_did_is_durable()
    {
        var medium = new RecordingMedium([]);
        var volume = new RootVolume(medium, null, () => "medium");
        foreach (Action<RootVolume> verb in new Action<RootVolume>[]
            { Create(1), v => v.RecordHead(Head(1)), v => v.Stage(Record(2)), v => v.Promote(2), v => v.Stage(Record(3)), v => v.Discard(2), v => v.RecordHead(Head(2)) })
        {
            verb(volume);
            Assert.True(medium.IsAllFlushed);
        }
    }

    [Fact]
    public void No_verb_writes_the_area_of_the_last_valid_record()
    {
        byte[] one = After([], Create(1));
        AssertTouchesOnly(one, v => v.Stage(Record(2)), RootVolume.AreaOffset(1), RootVolume.Size);
        byte[] two = After(one, v => v.Stage(Record(2)));
        AssertTouchesOnly(two, v => v.Promote(2), RootVolume.AreaOffset(0), RootVolume.AreaOffset(1));
        AssertTouchesOnly(two, v => v.Discard(1), RootVolume.AreaOffset(1), RootVolume.Size);
        AssertTouchesOnly(one, v => v.RecordHead(Head(1)), RootVolume.HeadOffset(1), RootVolume.AreasOffset);
    }

    private static void AssertTouchesOnly(byte[] before, Action<RootVolume> verb, long from, long to)
    {
        var medium = new RecordingMedium(before);
        verb(new RootVolume(medium, null, () => "medium"));
        Assert.NotEmpty(medium.Steps);
        Assert.All(medium.Steps, s => Assert.True(s.Bytes is null || (s.Offset >= from && s.Offset + s.Bytes.Length <= to)));
    }

    private static IEnumerable<byte[]> CrashStates(byte[] before, Action<RootVolume> verb)
    {
        var medium = new RecordingMedium(before);
        verb(new RootVolume(medium, null, () => "medium"));
        byte[] durable = (byte[])before.Clone();
        foreach ((long offset, byte[]? bytes) in medium.Steps)
        {
            yield return durable;
            if (bytes is null)
                continue;
            // every write is flushed before the next one (asserted by the test above), so one write at a time may tear
            foreach (int tear in Tears.Append(bytes.Length / 2).Where(t => t < bytes.Length))
            {
                yield return Overlay(durable, offset, bytes.AsSpan(0, tear), 0);
                yield return Overlay(durable, offset, bytes.AsSpan(tear), tear);
            }

            durable = Overlay(durable, offset, bytes, 0);
        }

        yield return durable;
    }

    private static byte[] Overlay(byte[] image, long offset, ReadOnlySpan<byte> bytes, int skip)
    {
        if (bytes.IsEmpty)
            return (byte[])image.Clone();
        byte[] result = new byte[Math.Max(image.Length, offset + skip + bytes.Length)];
        image.CopyTo(result, 0);
        bytes.CopyTo(result.AsSpan((int)offset + skip));
        return result;
    }

    private static byte[] After(byte[] image, params Action<RootVolume>[] verbs)
    {
        var medium = new RecordingMedium(image);
        foreach (Action<RootVolume> verb in verbs)
            verb(new RootVolume(medium, null, () => "medium"));
        return medium.Image;
    }

    private static RootVolume Open(byte[] image) => new(new RecordingMedium(image), null, () => "medium");

    private static int Count(byte[] image)
    {
        using RootReading reading = Open(image).Read();
        return reading.Records.Count;
    }

    private static long ReadHead(byte[] image)
    {
        using RootReading reading = Open(image).Read();
        return reading.Head!.Commit;
    }

    private static void AssertHolds(byte[] image, long head, params int[] numbers)
    {
        using RootReading reading = Open(image).Read();
        Assert.Equal(head, reading.Head!.Commit);
        Assert.Equal(numbers.Length, reading.Records.Count);
        for (int i = 0; i < numbers.Length; i++)
            Assert.True(IsRecord(reading.Records[i], numbers[i]));
    }

    private static Action<RootVolume> Create(int number) => v => v.Create(Record(number));

    private static RootRecord Record(int number) => new((ulong)number, number, Vault, Place, SHA256.HashData([(byte)number]));

    private static bool IsRecord(RootRecord record, int number) =>
        record.KeyId == (ulong)number && record.Epoch == number && record.DangerousKey.SequenceEqual(SHA256.HashData([(byte)number]));

    private static RootHead Head(long commit) => new(Vault, 1, commit, 1, commit, SHA256.HashData([(byte)commit]));

    /// <summary>Notes each write (offset, bytes) and flush (no bytes).</summary>
    private sealed class RecordingMedium(byte[] image) : IRootFile
    {
        public List<(long Offset, byte[]? Bytes)> Steps { get; } = [];

        public byte[] Image { get; private set; } = (byte[])image.Clone();

        public bool IsAllFlushed => Steps[^1].Bytes is null && !Steps.Zip(Steps.Skip(1)).Any(p => p.First.Bytes is not null && p.Second.Bytes is not null);

        public long Length => Image.Length;

        public void Read(long offset, Span<byte> destination) => Image.AsSpan((int)offset, destination.Length).CopyTo(destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            Steps.Add((offset, source.ToArray()));
            Image = Overlay(Image, offset, source, 0);
        }

        public void Flush() => Steps.Add((0, null));
    }
}
