using System.Reflection;
using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Tests.Cryptography;

public sealed class PrimitiveTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void A_signature_of_other_bytes_or_by_another_key_does_not_verify()
    {
        byte[] publicKey = Ed25519.PublicKeyOf(Seed);
        byte[] message = [1, 2, 3];
        byte[] signature = Ed25519.Sign(Seed, message);
        Assert.False(Ed25519.Verify(publicKey, [1, 2, 4], signature));
        Assert.False(Ed25519.Verify(Ed25519.PublicKeyOf([.. Seed.Reverse()]), message, signature));
        for (int bit = 0; bit < signature.Length * 8; bit++)
        {
            byte[] changed = [.. signature];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(publicKey, message, changed));
        }
    }

    [Fact]
    public void A_signature_with_the_group_order_added_is_refused()
    {
        byte[] order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        byte[] signature = Ed25519.Sign(Seed, [1]);
        int carry = 0;
        for (int i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }

        Assert.False(Ed25519.Verify(Ed25519.PublicKeyOf(Seed), [1], signature));
    }

    [Fact]
    public void A_public_key_of_small_order_verifies_nothing()
    {
        var smallOrder = new byte[32];
        smallOrder[0] = 1;
        var signature = new byte[64];
        signature[0] = 1;
        Assert.False(Ed25519.Verify(smallOrder, [1], signature));
    }

    [Fact]
    public void Keys_and_signatures_of_another_length_do_not_verify_and_a_short_seed_is_misuse()
    {
        Assert.False(Ed25519.Verify(new byte[31], [1], new byte[64]));
        Assert.False(Ed25519.Verify(new byte[32], [1], new byte[63]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ed25519.Sign(new byte[31], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ed25519.PublicKeyOf(new byte[33]));
    }

    [Theory]
    [InlineData(15, 0)]
    [InlineData(65, 0)]
    [InlineData(32, 65)]
    public void Hash_and_key_lengths_outside_BLAKE2b_are_misuse(int hash, int key) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake2b.Hash(new byte[key], [], new byte[hash]));

    [Fact]
    public void Every_label_has_16_bytes_and_is_like_no_other()
    {
        string[] labels = [.. typeof(Labels).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Select(property => Encoding.ASCII.GetString(property.GetMethod!.CreateDelegate<Label>()()))];
        Assert.True(labels.Length >= 15);
        Assert.All(labels, label => Assert.Equal(16, label.Length));
        Assert.All(labels, label => Assert.StartsWith("facevault/", label, StringComparison.Ordinal));
        Assert.Equal(labels.Length, labels.Distinct().Count());
    }

    [Fact]
    public void A_view_of_a_key_takes_32_bytes_and_no_other_number()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemplateKey(new byte[31]).DangerousBytes.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RootKey(new byte[33]).DangerousBytes.Length);
        Assert.Equal(32, new PageKey(new byte[32]).DangerousBytes.Length);
    }

    [Fact]
    public void A_shuffle_keeps_every_item_and_reaches_every_order()
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < 400; i++)
        {
            int[] items = [1, 2, 3];
            SecureRandom.Shuffle<int>(items);
            seen.Add(string.Join(',', items));
        }

        Assert.Equal(6, seen.Count);
        Assert.All(seen, order => Assert.Equal(["1", "2", "3"], order.Split(',').Order()));
    }

    [Fact]
    public void Chance_below_a_bound_reaches_every_value_and_never_the_bound()
    {
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, 500).Select(_ => SecureRandom.Below(5)).Distinct().Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => SecureRandom.Below(0));
    }

    private delegate ReadOnlySpan<byte> Label();
}
