using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

public sealed class AntiForensicSplitTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(RootRecordCodec.Stripes)]
    public void What_was_split_merges_to_itself(int count)
    {
        byte[] secret = SHA256.HashData([(byte)count]);
        byte[] stripes = new byte[count * 32];
        AntiForensicSplit.Split(secret, stripes);
        byte[] merged = new byte[32];
        AntiForensicSplit.Merge(stripes, merged);
        Assert.Equal(secret, merged);
    }

    [Fact]
    public void A_change_of_any_bit_of_any_stripe_changes_about_half_of_the_secret()
    {
        byte[] stripes = new byte[RootRecordCodec.Stripes * 32], merged = new byte[32];
        AntiForensicSplit.Split(new byte[32], stripes);
        for (int stripe = 0; stripe < RootRecordCodec.Stripes - 1; stripe += 97)
        {
            stripes[stripe * 32] ^= 1;
            AntiForensicSplit.Merge(stripes, merged);
            Assert.InRange(merged.Sum(b => int.PopCount(b)), 64, 192);
            stripes[stripe * 32] ^= 1;
        }
    }

    [Fact]
    public void No_stripe_is_the_secret_and_no_two_splits_are_alike()
    {
        byte[] secret = SHA256.HashData("secret"u8), first = new byte[64], second = new byte[64];
        AntiForensicSplit.Split(secret, first);
        AntiForensicSplit.Split(secret, second);
        Assert.NotEqual(first, second);
        Assert.True(first.AsSpan().IndexOf(secret) < 0);
    }

    [Fact]
    public void Two_stripes_merge_as_the_formula_says()
    {
        byte[] stripes = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        byte[] digest = new byte[32], merged = new byte[32];
        Blake2b.Hash([], [1, 0, 0, 0, .. stripes[..32]], digest);
        AntiForensicSplit.Merge(stripes, merged);
        Assert.Equal(stripes[32..].Zip(digest, (a, b) => (byte)(a ^ b)), merged);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AntiForensicSplit.Split(new byte[31], new byte[64]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AntiForensicSplit.Split(new byte[32], new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AntiForensicSplit.Merge(new byte[65], new byte[32]));
    }
}
