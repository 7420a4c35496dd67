using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

/// <summary>The crown's bytes: round trip, padding, and strict refusal of everything that no vault wrote.</summary>
[Trait("Claim", "E2")]
public sealed class CrownCodecTests : IDisposable
{
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)(16 - i))];
    private readonly SecretKey root = SecretKey.Random();

    public void Dispose() => root.Dispose();

    [Fact]
    public void The_crown_lies_byte_for_byte_as_the_format_says()
    {
        using Crown crown = Sample();
        byte[] plain = Open(CrownCodec.Seal(crown, root.AsRootKey()));
        var r = new Bytes(plain);
        Assert.Equal(VaultId, r.Take(16));
        Assert.Equal((7L, 99L, 70L, 5L), (r.Int64(), r.Int64(), r.Int64(), r.Int64()));
        Assert.All((byte[])[1, 2, 3, 4], secret => Assert.Equal(Enumerable.Repeat(secret, 32), r.Take(32)));
        Assert.Equal(0xfeedul, (ulong)r.Int64());
        Assert.Equal(184, r.Position);
        Assert.Equal(2, r.Byte()); // the frontier of five lines: a tree of four and one of one
        Assert.Equal(crown.Frontier, r.Take(64));
        Assert.Equal(1u, r.UInt32());
        Assert.Equal(Enumerable.Repeat((byte)8, 32), r.Take(32));
        Assert.Equal((9, 2), (r.UInt16(), r.UInt16()));
        Assert.Equal((1, 3), (r.UInt16(), r.UInt16()));
        Assert.Equal(Enumerable.Repeat((byte)31, 32), r.Take(32));
        Assert.Equal((8, 1), (r.UInt16(), r.UInt16()));
        Assert.Equal(Enumerable.Repeat((byte)38, 32), r.Take(32));
        Assert.Equal(2, r.Byte());
        Assert.Equal(Enumerable.Repeat((byte)0xa1, 16), r.Take(16));
        Assert.Equal((1, 1, 41L), (r.Byte(), r.Byte(), r.Int64()));
        Assert.Equal(Enumerable.Repeat((byte)0xa2, 16), r.Take(16));
        Assert.Equal((3, 2, 42L), (r.Byte(), r.Byte(), r.Int64()));
        Assert.Equal(2, r.UInt16());
        Assert.Equal((11L, 1, 4, 1000u, 0L), (r.Int64(), r.Byte(), r.Byte(), r.UInt32(), r.Int64()));
        Assert.Equal((69L, 2, 1, 1001u, 4L), (r.Int64(), r.Byte(), r.Byte(), r.UInt32(), r.Int64()));
        Assert.Equal(2, r.Byte());
        Assert.Equal((90L, 0xb1), (r.Int64(), r.Take(32)[31]));
        Assert.Equal((98L, 0xb2), (r.Int64(), r.Take(32)[0]));
        Assert.Equal((1, 8), (r.UInt16(), r.UInt16()));
        Assert.Equal(Enumerable.Repeat((byte)0xc1, 32), r.Take(32));
        Assert.Equal(CrownCodec.Length(crown), r.Position);
        Assert.All(plain[r.Position..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_crown_comes_back_as_it_was_at_every_size()
    {
        foreach ((int branches, int purposes, int work) in ((int, int, int)[])[(0, 0, 0), (1, 1, 1), (3, 64, 100), (62, 5, 10_000), (1240, 1024, 10_000)])
        {
            using var crown = new Crown { VaultId = VaultId, NextSlot = (uint)Math.Max(20_000, branches * KeyPage.SlotsPerBranch), LedgerSize = long.MaxValue, NextPurpose = 2000 };
            crown.Frontier = SecureRandom.Bytes(63 * 32);
            for (uint b = 0; b < branches; b++)
                SecureRandom.Fill(crown.DangerousBranchKey(b));
            for (int p = 1; p <= purposes; p++)
            {
                var purpose = new PurposeSecret((ushort)p, (ushort)(p * 3));
                SecureRandom.Fill(purpose.DangerousBytes);
                if (p % 3 != 0)
                    SecureRandom.Fill(purpose.AddSeed());
                crown.Purposes.Add(purpose);
            }

            for (uint w = 1; w <= work; w++)
                crown.Work.Add(w * 2, new WorkItem(w * 2, (WorkState)(1 + (w % 2)), (byte)(1 + (w % 7)), w, w % 2 == 1 ? w * 1_000_000_007L : 0));
            crown.Commit = long.MaxValue;
            for (int h = 0; h < Crown.MostHeads; h++)
                crown.Heads.Add(new CrownMark(1 + (h * 1_000_000_000_000L), SecureRandom.Bytes(32)));
            for (int p = 0; p < Crown.MostPlaces; p++)
                crown.Places.Add(new Place(SecureRandom.Bytes(16), (PlaceKind)(1 + (p % 3)), (PlaceState)(1 + (p % 2)), p));

            byte[] blob = CrownCodec.Seal(crown, root.AsRootKey());
            Assert.Equal(0, blob.Length % 4096);
            Assert.InRange(blob.Length - CrownCodec.Length(crown), Aead.Overhead, Aead.Overhead + 4095);
            using Crown opened = CrownCodec.TryOpen(blob, root.AsRootKey(), VaultId)!;
            Assert.Equal(Open(blob), Open(CrownCodec.Seal(opened, root.AsRootKey())));
            using Crown copy = opened.Clone();
            Assert.Equal(Open(blob), Open(CrownCodec.Seal(copy, root.AsRootKey())));
            Assert.NotEqual(blob, CrownCodec.Seal(opened, root.AsRootKey()));
        }
    }

    [Fact]
    public void A_small_vaults_crown_is_one_step_of_4_KiB()
    {
        using Crown crown = Sample();
        Assert.Equal(4096, CrownCodec.Seal(crown, root.AsRootKey()).Length);
    }

    [Fact]
    public void A_crown_with_any_byte_changed_or_of_another_vault_or_key_does_not_open()
    {
        using Crown crown = Sample();
        byte[] blob = CrownCodec.Seal(crown, root.AsRootKey());
        for (int i = 0; i < blob.Length; i++)
        {
            blob[i] ^= (byte)(1 << (i % 8));
            Assert.Null(CrownCodec.TryOpen(blob, root.AsRootKey(), VaultId));
            blob[i] ^= (byte)(1 << (i % 8));
        }

        using SecretKey other = SecretKey.Random();
        Assert.Null(CrownCodec.TryOpen(blob, other.AsRootKey(), VaultId));
        Assert.Null(CrownCodec.TryOpen(blob, root.AsRootKey(), new byte[16]));
        Assert.Null(CrownCodec.TryOpen(blob.AsSpan(0, 4095), root.AsRootKey(), VaultId));
        Assert.Null(CrownCodec.TryOpen(new byte[8192], root.AsRootKey(), VaultId));
        Assert.Null(CrownCodec.TryOpen([], root.AsRootKey(), VaultId));
        CrownCodec.TryOpen(blob, root.AsRootKey(), VaultId)!.Dispose();
    }

    [Theory]
    [InlineData("epoch 0", 16, 0, 8)]
    [InlineData("commit below 0", 24, -1, 8)]
    [InlineData("next slot 0", 32, 0, 8)]
    [InlineData("next slot beyond 32 bits", 32, 0x1_0000_0000, 8)]
    [InlineData("next slot at a slot with work", 32, 69, 8)]
    [InlineData("ledger size below 0", 40, -5, 8)]
    [InlineData("ledger size of another frontier", 40, 7, 8)]
    [InlineData("one frontier hash too many", 184, 3, 1)]
    [InlineData("one frontier hash too few", 184, 1, 1)]
    [InlineData("branches that are not there", 249, 1_000_000, 4)]
    [InlineData("more branches than slots", 249, 2, 4)]
    [InlineData("next purpose at a purpose", 285, 8, 2)]
    [InlineData("next purpose 0", 285, 0, 2)]
    [InlineData("more purposes than a vault has", 287, 1025, 2)]
    [InlineData("one purpose too few", 287, 1, 2)]
    [InlineData("purpose 0", 289, 0, 2)]
    [InlineData("purposes out of order", 289, 8, 2)]
    [InlineData("purpose without a version", 291, 0, 2)]
    [InlineData("a place too many", 361, 20, 1)]
    [InlineData("a place of no kind", 378, 0, 1)]
    [InlineData("a place of an unknown kind", 378, 4, 1)]
    [InlineData("a place in no state", 379, 0, 1)]
    [InlineData("a place in an unknown state", 379, 3, 1)]
    [InlineData("a place confirmed before the first commit", 380, -1, 8)]
    [InlineData("more work than a vault has", 414, 10_001, 2)]
    [InlineData("work on slot 0", 416, 0, 8)]
    [InlineData("work on a slot twice", 416, 69, 8)]
    [InlineData("work below 0", 416, -11, 8)]
    [InlineData("work on a slot never given out", 438, 70, 8)]
    [InlineData("work in no state", 424, 0, 1)]
    [InlineData("work in an unknown state", 424, 4, 1)]
    [InlineData("work without a trigger", 425, 0, 1)]
    [InlineData("a removal at a line that is not there", 452, 5, 8)]
    [InlineData("a removal below 0", 452, -1, 8)]
    [InlineData("a head too many", 460, 9, 1)]
    [InlineData("a head too few", 460, 1, 1)]
    [InlineData("a head of the commit itself", 501, 99, 8)]
    [InlineData("heads out of order", 501, 90, 8)]
    [InlineData("a head of commit 0", 461, 0, 8)]
    [InlineData("a seed too many", 541, 2, 2)]
    [InlineData("no seeds, and one", 541, 0, 2)]
    [InlineData("a seed of a purpose that is not there", 543, 7, 2)]
    [InlineData("a seed of purpose 0", 543, 0, 2)]
    [InlineData("something after the end", 577, 1, 1)]
    [InlineData("something at the very end", 4055, 1, 1)]
    public void A_crown_that_opens_and_says_nonsense_is_damaged(string nonsense, int offset, long value, int size)
    {
        using Crown crown = Sample();
        byte[] plain = Open(CrownCodec.Seal(crown, root.AsRootKey()));
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        number[..size].CopyTo(plain.AsSpan(offset));
        VaultException refusal = Assert.Throws<VaultException>(() => CrownCodec.TryOpen(Seal(plain), root.AsRootKey(), VaultId)?.Dispose());
        Assert.True(refusal.Code == VaultErrorCode.StoreDamaged, nonsense);
    }

    [Fact]
    public void A_truncated_crown_is_damaged_wherever_it_ends()
    {
        using Crown crown = Sample();
        for (uint slot = 12; slot < 60; slot++)
            crown.Work[slot] = new WorkItem(slot, WorkState.Stopped, 1, 1, 0);
        for (byte p = 0; p < 90; p++)
        {
            var purpose = new PurposeSecret((ushort)(9 + p), 1);
            purpose.DangerousBytes.Fill(0xff);
            crown.Purposes.Add(purpose);
        }

        crown.NextPurpose = 100;
        byte[] plain = Open(CrownCodec.Seal(crown, root.AsRootKey()));
        Assert.True(plain.Length > 4096);
        byte[] cut = plain[..(4096 - Aead.Overhead)];
        VaultException refusal = Assert.Throws<VaultException>(() => CrownCodec.TryOpen(Seal(cut), root.AsRootKey(), VaultId)?.Dispose());
        Assert.Equal(VaultErrorCode.StoreDamaged, refusal.Code);
    }

    [Fact]
    public void A_crown_of_before_there_were_seeds_opens_and_is_written_as_it_was()
    {
        using Crown crown = Sample();
        byte[] former = Open(CrownCodec.Seal(crown, root.AsRootKey()));
        former.AsSpan(541, 36).Clear();
        using Crown opened = CrownCodec.TryOpen(Seal(former), root.AsRootKey(), VaultId)!;
        Assert.DoesNotContain(opened.Purposes, purpose => purpose.IsRotated);
        Assert.Equal(former, Open(CrownCodec.Seal(opened, root.AsRootKey())));
    }

    [Fact]
    public void A_seed_given_twice_is_damaged()
    {
        using Crown crown = Sample();
        crown.Purposes[0].AddSeed().Fill(0xc0);
        byte[] plain = Open(CrownCodec.Seal(crown, root.AsRootKey()));
        plain[543] = 8;
        Assert.Throws<VaultException>(() => CrownCodec.TryOpen(Seal(plain), root.AsRootKey(), VaultId)?.Dispose());
    }

    [Fact]
    public void A_place_listed_twice_is_damaged()
    {
        using Crown crown = Sample();
        crown.Places.Add(crown.Places[0]);
        Assert.Throws<VaultException>(() => CrownCodec.TryOpen(CrownCodec.Seal(crown, root.AsRootKey()), root.AsRootKey(), VaultId)?.Dispose());
    }

    [Fact]
    public void A_crown_tells_its_own_past_from_another_one_as_far_as_it_reaches()
    {
        using Crown crown = Sample();
        byte[] mine = [.. Enumerable.Repeat((byte)0xb1, 32)], other = new byte[32];
        Assert.True(crown.Follows(90, mine));
        Assert.False(crown.Follows(90, other));
        Assert.False(crown.Follows(95, mine)); // between the first and the last it names every one
        Assert.Null(crown.Follows(89, mine));
        Assert.Null(crown.Follows(99, mine));
        Assert.Null(crown.Follows(120, mine));
        crown.Heads.Clear();
        Assert.Null(crown.Follows(90, other));
    }

    private static Crown Sample()
    {
        var crown = new Crown { VaultId = VaultId, Epoch = 7, Commit = 99, NextSlot = 70, LedgerSize = 5, FencedKeyId = 0xfeed, NextPurpose = 9 };
        crown.DangerousTailLeafKey.Fill(1);
        crown.DangerousSigningSeed.Fill(2);
        crown.DangerousLedgerKey.Fill(3);
        crown.DangerousTagKey.Fill(4);
        crown.Frontier = [.. Enumerable.Range(0, 64).Select(i => (byte)(200 - i))];
        crown.DangerousBranchKey(0).Fill(8);
        foreach ((ushort number, ushort version) in (ReadOnlySpan<(ushort, ushort)>)[(1, 3), (8, 1)])
        {
            var purpose = new PurposeSecret(number, version);
            purpose.DangerousBytes.Fill((byte)(30 + number));
            crown.Purposes.Add(purpose);
        }

        crown.Purposes[1].AddSeed().Fill(0xc1);
        crown.Places.Add(new Place([.. Enumerable.Repeat((byte)0xa1, 16)], PlaceKind.Root, PlaceState.Listed, 41));
        crown.Places.Add(new Place([.. Enumerable.Repeat((byte)0xa2, 16)], PlaceKind.Mirror, PlaceState.RetiredUnconfirmed, 42));
        crown.Work.Add(69, new WorkItem(69, WorkState.Removed, 1, 1001, 4));
        crown.Work.Add(11, new WorkItem(11, WorkState.Stopped, 4, 1000, 0));
        crown.Heads.Add(new CrownMark(90, [.. Enumerable.Repeat((byte)0xb1, 32)]));
        crown.Heads.Add(new CrownMark(98, [.. Enumerable.Repeat((byte)0xb2, 32)]));
        return crown;
    }

    private static byte[] Bound => [.. "facevault/crwn02"u8, .. VaultId];

    private byte[] Open(byte[] blob)
    {
        var plain = new byte[blob.Length - Aead.Overhead];
        Assert.True(Aead.TryOpen(root.DangerousBytes, blob, Bound, plain));
        return plain;
    }

    private byte[] Seal(byte[] plain)
    {
        var blob = new byte[plain.Length + Aead.Overhead];
        Aead.Seal(root.DangerousBytes, plain, Bound, blob);
        return blob;
    }

    /// <summary>A reader that shares no code with the codec.</summary>
    private sealed class Bytes(byte[] all)
    {
        public int Position { get; private set; }

        public byte[] Take(int count)
        {
            Position += count;
            return all[(Position - count)..Position];
        }

        public int Byte() => Take(1)[0];

        public int UInt16() => BitConverter.ToUInt16(Take(2));

        public uint UInt32() => BitConverter.ToUInt32(Take(4));

        public long Int64() => BitConverter.ToInt64(Take(8));
    }
}
