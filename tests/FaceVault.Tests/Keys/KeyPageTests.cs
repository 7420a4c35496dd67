using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Tests.Keys;

[Trait("Claim", "E2")]
public sealed class KeyPageTests
{
    private static readonly byte[] VaultId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    [Fact]
    public void A_sealed_page_is_nonce_ciphertext_and_tag_bound_to_label_vault_and_number()
    {
        using SecretKey key = SecretKey.Random();
        using var page = new KeyPage(PageKind.Leaf, 0x01020304);
        page.Entry((0x01020304 * 64) + 3).DangerousTemplateKey.Fill(9);
        byte[] blob = page.Seal(new PageKey(key.DangerousBytes), VaultId);
        Assert.Equal(8104, blob.Length);

        // Opened by hand, from docs/formats.md alone.
        byte[] bound = [.. "facevault/leaf01"u8, .. VaultId, 4, 3, 2, 1];
        var plain = new byte[8064];
        Assert.True(Aead.TryOpen(key.DangerousBytes, blob, bound, plain));
        Assert.Equal(Enumerable.Repeat((byte)9, 32), plain[(2 * 126)..((2 * 126) + 32)]);
        Assert.Equal(32, plain.Count(b => b != 0));

        using var branch = new KeyPage(PageKind.Branch, 5);
        branch.DangerousChildKey((5 * 252) + 251).Fill(3);
        Assert.True(Aead.TryOpen(key.DangerousBytes, branch.Seal(new PageKey(key.DangerousBytes), VaultId), [.. "facevault/brch01"u8, .. VaultId, 5, 0, 0, 0], plain));
        Assert.Equal(Enumerable.Repeat((byte)3, 32), plain[(251 * 32)..]);
    }

    [Fact]
    public void A_page_with_any_byte_changed_does_not_open_and_leaves_nothing_behind()
    {
        using SecretKey key = SecretKey.Random();
        using var page = new KeyPage(PageKind.Leaf, 3);
        page.Entry(193).DangerousTemplateKey.Fill(0xff);
        byte[] blob = page.Seal(new PageKey(key.DangerousBytes), VaultId);
        using var opened = new KeyPage(PageKind.Leaf, 3);
        for (int i = 0; i < blob.Length; i++)
        {
            blob[i] ^= (byte)(1 << (i % 8));
            Assert.False(opened.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob), $"byte {i}");
            blob[i] ^= (byte)(1 << (i % 8));
        }

        Assert.True(opened.IsEmpty);
        Assert.False(opened.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob.AsSpan(1)));
        Assert.False(opened.TryOpen(new PageKey(key.DangerousBytes), VaultId, [.. blob, 0]));
        Assert.False(opened.TryOpen(new PageKey(key.DangerousBytes), VaultId, []));
        Assert.True(opened.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob));
        Assert.True(opened.Entry(193).IsLiving);
    }

    [Fact]
    public void A_page_opens_only_as_its_own_kind_number_vault_and_version_of_key()
    {
        using SecretKey key = SecretKey.Random(), other = SecretKey.Random();
        using var page = new KeyPage(PageKind.Leaf, 3);
        page.Entry(200).DangerousTemplateKey.Fill(1);
        byte[] blob = page.Seal(new PageKey(key.DangerousBytes), VaultId);
        using var asBranch = new KeyPage(PageKind.Branch, 3);
        using var elsewhere = new KeyPage(PageKind.Leaf, 4);
        using var same = new KeyPage(PageKind.Leaf, 3);
        Assert.False(asBranch.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob));
        Assert.False(elsewhere.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob));
        Assert.False(same.TryOpen(new PageKey(other.DangerousBytes), VaultId, blob));
        Assert.False(same.TryOpen(new PageKey(key.DangerousBytes), new byte[16], blob));
        Assert.True(same.TryOpen(new PageKey(key.DangerousBytes), VaultId, blob));
    }

    [Fact]
    public void Tags_are_keyed_hashes_with_a_label_for_each_use()
    {
        using SecretKey key = SecretKey.Random();
        Span<byte> tag = stackalloc byte[16], byHand = stackalloc byte[16];
        foreach (byte[] id in (byte[][])[[1], "emp-1042"u8.ToArray(), new byte[256]])
        {
            Tags.Subject(new TagKey(key.DangerousBytes), id, tag);
            Blake2b.Hash(key.DangerousBytes, (byte[])[.. "facevault/stag01"u8, .. id], byHand);
            Assert.True(tag.SequenceEqual(byHand));
            Tags.Consent(new TagKey(key.DangerousBytes), id, byHand);
            Assert.False(tag.SequenceEqual(byHand));
            Blake2b.Hash(key.DangerousBytes, (byte[])[.. "facevault/ctag01"u8, .. id], tag);
            Assert.True(tag.SequenceEqual(byHand));
        }

        Assert.Equal(16, Tags.Size);
        Assert.Equal(0x04030201u, BinaryPrimitives.ReadUInt32LittleEndian(VaultId));
    }
}
