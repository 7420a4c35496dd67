using FaceVault.Cryptography;

namespace FaceVault.Tests.Cryptography;

[Trait("Claim", "E2")]
public sealed class AeadTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void What_was_sealed_opens_under_the_same_key_and_associated_data_at_any_length()
    {
        for (int length = 0; length < 300; length++)
        {
            byte[] plaintext = SecureRandom.Bytes(length);
            byte[] associated = SecureRandom.Bytes(length % 47);
            byte[] blob = Seal(plaintext, associated);
            var opened = new byte[length];
            Assert.True(Aead.TryOpen(Key, blob, associated, opened));
            Assert.Equal(plaintext, opened);
        }
    }

    [Fact]
    public void Any_changed_bit_of_blob_key_or_associated_data_fails_and_leaves_zeros()
    {
        byte[] plaintext = SecureRandom.Bytes(40);
        byte[] associated = SecureRandom.Bytes(10);
        byte[] blob = Seal(plaintext, associated);
        byte[] key = [.. Key];
        foreach (byte[] changed in (byte[][])[blob, associated, key])
        {
            for (int bit = 0; bit < changed.Length * 8; bit++)
            {
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                byte[] opened = [.. Enumerable.Repeat((byte)9, plaintext.Length)];
                Assert.False(Aead.TryOpen(key, blob, associated, opened));
                Assert.Equal(-1, opened.AsSpan().IndexOfAnyExcept((byte)0));
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(Aead.TryOpen(key, blob, associated, new byte[plaintext.Length]));
    }

    [Fact]
    public void Each_sealing_takes_a_nonce_of_its_own()
    {
        byte[] one = Seal([1, 2, 3], []), other = Seal([1, 2, 3], []);
        Assert.False(one.AsSpan(0, Aead.NonceSize).SequenceEqual(other.AsSpan(0, Aead.NonceSize)));
        Assert.False(one.AsSpan(Aead.NonceSize).SequenceEqual(other.AsSpan(Aead.NonceSize)));
    }

    [Fact]
    public void A_blob_too_short_to_hold_anything_does_not_open()
    {
        for (int length = 0; length < Aead.Overhead; length++)
            Assert.False(Aead.TryOpen(Key, new byte[length], [], []));
    }

    [Fact]
    public void Wrong_sizes_are_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Aead.Seal(Key.AsSpan(1), [1], [], new byte[1 + Aead.Overhead]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Aead.Seal(Key, [1], [], new byte[2 + Aead.Overhead]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Aead.TryOpen(Key, new byte[1 + Aead.Overhead], [], new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Aead.TryOpen(Key.AsSpan(1), new byte[1 + Aead.Overhead], [], new byte[1]));
    }

    [Fact]
    public void A_key_of_zeros_seals_nothing() =>
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => Aead.Seal(new byte[32], [1], [], new byte[1 + Aead.Overhead])).ParamName);

    [Fact]
    public void Buffers_that_overlap_are_misuse()
    {
        var buffer = new byte[200];
        Assert.Throws<ArgumentException>(() => Aead.Seal(Key, buffer.AsSpan(10, 50), [], buffer.AsSpan(0, 50 + Aead.Overhead)));
        Assert.Throws<ArgumentException>(() => Aead.Seal(Key, [1], buffer.AsSpan(5, 9), buffer.AsSpan(0, 1 + Aead.Overhead)));
        Assert.Throws<ArgumentException>(() => Aead.TryOpen(Key, buffer.AsSpan(0, 50 + Aead.Overhead), [], buffer.AsSpan(80, 50)));
    }

    private static byte[] Seal(byte[] plaintext, byte[] associated)
    {
        var blob = new byte[plaintext.Length + Aead.Overhead];
        Aead.Seal(Key, plaintext, associated, blob);
        return blob;
    }
}
