using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

[Trait("Claim", "E8")]
public sealed class CommitmentTests
{
    // Recomputed with Python: hashlib.blake2b(label + parts, key=…, digest_size=32).
    [Fact]
    public void A_commitment_can_be_recomputed_with_any_BLAKE2b()
    {
        var destination = new byte[32];
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Commitments.Key(new TemplateKey(key), destination);
        Assert.Equal("209bacab7c3d8fd2a0393bc2dc87b961637e6a429a3b253ba70c832fe23246d1", Convert.ToHexStringLower(destination));
        Commitments.Consent(key, "emp-1042"u8, "c-17"u8, ""u8, destination);
        Assert.Equal("2ca20805661cf302f73d71cd1297ad86146093eb750446e4fbc3394fd700674d", Convert.ToHexStringLower(destination));
        Commitments.Consent(key, "emp-1042"u8, "c-17"u8, "order 5"u8, destination);
        Assert.Equal("422ea331b626dcf656dfcb4bb735934f321663a725ccd25300a952de0c7907c6", Convert.ToHexStringLower(destination));
    }

    [Fact]
    public void Moving_a_byte_from_one_part_to_the_next_changes_the_commitment()
    {
        var one = new byte[32];
        var other = new byte[32];
        Commitments.Consent(new byte[32], "ab"u8, "c"u8, ""u8, one);
        Commitments.Consent(new byte[32], "a"u8, "bc"u8, ""u8, other);
        Assert.NotEqual(one, other);
        Commitments.Consent(new byte[32], "ab"u8, ""u8, "c"u8, other);
        Assert.NotEqual(one, other);
        Commitments.Consent([1, .. new byte[31]], "ab"u8, "c"u8, ""u8, other);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Long_parts_are_hashed_whole()
    {
        var one = new byte[32];
        var other = new byte[32];
        var reference = new byte[5000];
        Commitments.Consent(new byte[32], "a"u8, "b"u8, reference, one);
        reference[^1] = 1;
        Commitments.Consent(new byte[32], "a"u8, "b"u8, reference, other);
        Assert.NotEqual(one, other);
        Assert.Throws<ArgumentOutOfRangeException>(() => Commitments.Consent(new byte[31], "a"u8, "b"u8, ""u8, one));
    }
}
