using System.Text;
using FaceVault.Cryptography;

namespace FaceVault.Tests.Cryptography;

/// <summary>Published vectors: the primitives behind our names are the ones everybody else means.</summary>
public sealed class VectorTests
{
    /// <summary>draft-irtf-cfrg-xchacha-03, appendix A.3.1.</summary>
    [Fact]
    public void XChaCha20_Poly1305_opens_the_vector_of_its_draft()
    {
        byte[] key = Hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        byte[] blob = Hex(
            "404142434445464748494a4b4c4d4e4f5051525354555657" +
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452" +
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e" +
            "c0875924c1c7987947deafd8780acf49");
        var opened = new byte[blob.Length - Aead.Overhead];
        Assert.True(Aead.TryOpen(key, blob, Hex("50515253c0c1c2c3c4c5c6c7"), opened));
        Assert.Equal("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.", Encoding.ASCII.GetString(opened));
    }

    /// <summary>RFC 7693 appendix A, and the same input with 32 bytes of output.</summary>
    [Theory]
    [InlineData("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    [InlineData("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    public void BLAKE2b_hashes_abc_as_its_RFC_says(string expected)
    {
        var hash = new byte[expected.Length / 2];
        Blake2b.Hash([], "abc"u8, hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    /// <summary>The reference implementation's blake2-kat.json: key 00…3f, inputs of 0 and 255 bytes.</summary>
    [Theory]
    [InlineData(0, "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568")]
    [InlineData(255, "142709d62e28fcccd0af97fad0f8465b971e82201dc51070faa0372aa43e92484be1c1e73ba10906d5d1853db6a4106e0a7bf9800d373d6dee2d46d62ef2a461")]
    public void Keyed_BLAKE2b_gives_the_known_answers(int length, string expected)
    {
        byte[] key = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        byte[] input = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        var hash = new byte[64];
        Blake2b.Hash(key, input, hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    /// <summary>RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_signs_as_its_RFC_says(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.PublicKeyOf(Hex(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(Hex(seed), Hex(message))));
        Assert.True(Ed25519.Verify(Hex(publicKey), Hex(message), Hex(signature)));
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
