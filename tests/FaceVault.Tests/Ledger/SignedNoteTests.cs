using System.Text;
using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

[Trait("Claim", "E7")]
public sealed class SignedNoteTests
{
    // C2SP signed-note, the example of the specification.
    private const string SpecificationKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string SpecificationNote =
        "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    // golang.org/x/mod/sumdb/note, the package's documentation.
    private const string GoKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string GoSeed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private const string GoText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string GoSignature = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private static readonly byte[] Seed = Convert.FromBase64String(GoSeed)[1..];

    [Fact]
    public void The_example_of_the_specification_is_signed_by_its_key()
    {
        SignedNote note = SignedNote.Parse(SpecificationNote);
        Assert.Equal("This is an example message.\n", note.Text);
        Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse(SpecificationKey)));
        Assert.Equal(NoteFinding.NotSignedByKey, note.Check(VerifierKey.Parse(GoKey)));
        Assert.Equal(SpecificationNote, note.ToString());
    }

    [Fact]
    public void The_signature_of_the_Go_implementation_is_ours_byte_for_byte()
    {
        Assert.Equal(GoKey, VerifierKey.FromSeed("PeterNeumann", Seed).ToString());
        Assert.Equal(GoSignature, NoteSigner.SignLine("PeterNeumann", Seed, GoText));
        Assert.Equal(NoteFinding.Signed, SignedNote.Parse(GoText + "\n" + GoSignature).Check(VerifierKey.Parse(GoKey)));
    }

    [Fact]
    public void A_checkpoint_of_the_Go_checksum_database_is_read_and_verified()
    {
        // https://sum.golang.org/latest at size 65,209,736.
        const string text = "go.sum database tree\n65209736\n5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n";
        const string line = "\u2014 sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n";
        SignedNote note = SignedNote.Parse(text + "\n" + line);
        Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")));
        TreeHead checkpoint = TreeHead.Parse(note.Text);
        Assert.Equal(("go.sum database tree", 65_209_736L), (checkpoint.Origin, checkpoint.Size));
        Assert.Equal(text, checkpoint.ToString());
    }

    [Fact]
    public void The_text_ends_at_the_last_empty_line()
    {
        SignedNote note = SignedNote.Sign("one\n\ntwo\n\n\nthree\n", "PeterNeumann", Seed);
        Assert.Equal("one\n\ntwo\n\n\nthree\n", note.Text);
        Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse(GoKey)));
    }

    [Fact]
    public void Unknown_signatures_are_ignored_wherever_they_stand_and_at_least_sixteen_are_accepted()
    {
        SignedNote signed = SignedNote.Parse(GoText + "\n" + GoSignature);
        string cosignature = "\u2014 witness.example/w " + Convert.ToBase64String(new byte[76]) + "\n";
        string sameNameOtherId = "\u2014 PeterNeumann " + Convert.ToBase64String(new byte[68]) + "\n";
        string otherNameSameId = GoSignature.Replace("PeterNeumann", "NeumannPeter", StringComparison.Ordinal);
        SignedNote note = SignedNote.Parse(GoText + "\n" + cosignature + sameNameOtherId + GoSignature + otherNameSameId);
        for (int i = 0; i < 16; i++)
            note = note.WithSignature(cosignature);
        Assert.Equal(20, note.Signatures.Count);
        Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse(GoKey)));
        Assert.Single(signed.Signatures);
        while (note.Signatures.Count < SignedNote.MaxSignatures)
            note = note.WithSignature(cosignature);
        Assert.Throws<FormatException>(() => note.WithSignature(cosignature));
    }

    [Fact]
    public void One_bad_signature_by_the_known_key_rejects_the_note()
    {
        string bad = GoSignature.Replace("x08go/ZJ", "x08go/ZK", StringComparison.Ordinal);
        string shortened = "\u2014 PeterNeumann x08goww=\n";
        VerifierKey key = VerifierKey.Parse(GoKey);
        Assert.Equal(NoteFinding.BadSignature, SignedNote.Parse(GoText + "\n" + GoSignature + bad).Check(key));
        Assert.Equal(NoteFinding.BadSignature, SignedNote.Parse(GoText + "\n" + shortened).Check(key));
        Assert.Equal(NoteFinding.BadSignature, SignedNote.Parse("x" + GoText + "\n" + GoSignature).Check(key));
        Assert.Equal(NoteFinding.NotSignedByKey, SignedNote.Parse("a\n\n\u2014 b " + Convert.ToBase64String(new byte[68]) + "\n").Check(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a\n")]
    [InlineData("a\n\n")]
    [InlineData("a\n\nb\n")]
    [InlineData("a\n\n- b AAAAAAA=\n")]
    [InlineData("a\n\n\u2014 b AAAAAAA=")]
    [InlineData("a\n\n\u2014 b AAAAAAB=\n")]
    [InlineData("a\n\n\u2014 b  AAAAAAA=\n")]
    [InlineData("a\n\n\u2014  AAAAAAA=\n")]
    [InlineData("a\n\n\u2014 b AAAAAAA= \n")]
    [InlineData("a\n\n\u2014 b AAAAAAA=\n\n")]
    [InlineData("a\n\n\u2014 b+c AAAAAAA=\n")]
    [InlineData("a\n\n\u2014 b\u2003c AAAAAAA=\n")]
    [InlineData("a\n\n\u2014 b AAAA\n")]
    [InlineData("a\n\n\u2014 b AAAAAA==\n")]
    [InlineData("a\r\n\r\n\u2014 b AAAAAAA=\r\n")]
    [InlineData("a\t\n\n\u2014 b AAAAAAA=\n")]
    [InlineData("a\n\n\u2014 b AAA AAAA=\n")]
    public void Another_spelling_is_no_note(string text) => Assert.Throws<FormatException>(() => SignedNote.Parse(text));

    [Fact]
    public void A_lone_surrogate_is_no_note() => Assert.Throws<FormatException>(() => SignedNote.Parse("a\ud800\n\n\u2014 b AAAAAAA=\n"));

    [Fact]
    public void An_overlong_note_is_refused_before_it_is_read() =>
        Assert.Throws<FormatException>(() => SignedNote.Parse(new string('a', SignedNote.MaxLength) + "\n\n\u2014 b AAAAAAA=\n"));

    [Fact]
    public void No_part_and_no_changed_character_of_a_key_is_a_key()
    {
        foreach (string key in (string[])[SpecificationKey, GoKey])
        {
            Assert.Equal(key, VerifierKey.Parse(key).ToString());
            for (int i = 0; i < key.Length; i++)
            {
                for (int j = i; j <= key.Length; j++)
                {
                    if (i != 0 || j != key.Length)
                        Assert.Throws<FormatException>(() => VerifierKey.Parse(key[i..j]));
                }
                string changed = key[..i] + (char)(key[i] + 1) + key[(i + 1)..];
                Assert.Throws<FormatException>(() => VerifierKey.Parse(changed));
            }
        }
        // Wrong length and unknown algorithm, each with the key id that goes with it (from the Go implementation's tests).
        Assert.Throws<FormatException>(() => VerifierKey.Parse("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="));
        Assert.Throws<FormatException>(() => VerifierKey.Parse("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
        Assert.Throws<FormatException>(() => VerifierKey.Parse(GoKey.Replace("c74f20a3", "C74F20A3", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => VerifierKey.Parse(new string('a', 5000) + GoKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("a\nb")]
    [InlineData("a\u00a0b")]
    public void Names_with_spaces_or_plus_are_refused(string name) =>
        Assert.Throws<ArgumentException>(() => VerifierKey.FromPublicKey(name, new byte[32]));

    [Fact]
    public void A_text_that_cannot_stand_in_a_note_is_not_signed()
    {
        foreach (string text in (string[])["", "a", "a\r\n", "\ud800\n"])
            Assert.Throws<ArgumentException>(() => NoteSigner.SignLine("a", Seed, text));
    }

    [Fact]
    public void Signatures_are_over_UTF_8()
    {
        SignedNote note = SignedNote.Sign("trafitto da un raggio di sole: è subito sera 夜\n", "quasimodo.example/salvatore", Seed);
        Assert.True(VerifierKey.Parse(GoKey).Verify(Encoding.UTF8.GetBytes(note.Text), note.Signatures[0].Signature.Span));
    }
}
