using FaceVault.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Ledger;

[Trait("Claim", "E7")]
public sealed class ProofTextTests
{
    private static readonly byte[] Seed = new byte[32];

    private static (InclusionProof Proof, ConsistencyProof Consistency, SignedNote Note) Sample(int index = 5, int size = 11)
    {
        var log = new MerkleLog();
        for (int i = 0; i < size; i++)
            log.Append(MerkleHash.OfEntry([(byte)i]));
        SignedNote note = SignedNote.Sign(new TreeHead("vault.example/a", size, log.Root(size)).ToString(), "vault.example/a", Seed);
        return (log.ProveInclusion(index, size), log.ProveConsistency(index, size), note);
    }

    [Fact]
    public void A_proof_is_written_as_C2SP_tlog_proof()
    {
        // The leaf hashes and the layout are those of the tests of github.com/transparency-dev/formats/proof.
        MerkleHash first = new(System.Security.Cryptography.SHA256.HashData("hash1"u8));
        MerkleHash second = new(System.Security.Cryptography.SHA256.HashData("hash2"u8));
        SignedNote note = Sample().Note;
        string text = new InclusionProof(5, [first, second]).Format(note);
        Assert.Equal($"c2sp.org/tlog-proof@v1\nindex 5\n{first}\n{second}\n\n{note}", text);
        Assert.Equal($"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}", new InclusionProof(0, []).Format(note));
    }

    [Fact]
    public void Proofs_read_back_are_the_proofs_written()
    {
        (InclusionProof proof, ConsistencyProof consistency, SignedNote note) = Sample();
        string text = proof.Format(note);
        InclusionProof read = InclusionProof.Parse(text, out SignedNote checkpoint);
        Assert.Equal((5L, note.ToString()), (read.Index, checkpoint.ToString()));
        Assert.Equal(proof.Hashes, read.Hashes);
        Assert.Equal(text, read.Format(checkpoint));
        string grown = consistency.Format(new Checkpoint(note));
        ConsistencyProof readConsistency = ConsistencyProof.Parse(grown, out Checkpoint newer);
        Assert.Equal(consistency.Hashes, readConsistency.Hashes);
        Assert.Equal(grown, readConsistency.Format(newer));
    }

    [Fact]
    public void Another_spelling_is_no_proof()
    {
        (InclusionProof proof, _, SignedNote note) = Sample();
        string text = proof.Format(note);
        string line = proof.Hashes[0].ToBase64();
        foreach ((string from, string to) in ((string, string)[])[("tlog-proof@v1", "tlog-proof@v2"), ("index 5", "index 05"), ("index 5", "index +5"), ("index 5", "index  5"), ("index 5", "index -5"), ("index 5", "index 5\0"),
            ("index 5", "index 9223372036854775808"), ("index 5\n", "extra AAAA\nindex 5\n"), ("index 5\n", "index 5\n\n"), (line, line[..^1]), (line, line + "="), (line, " " + line), ("\n", "\r\n"),
            (line + "\n", string.Concat(Enumerable.Repeat(line + "\n", 64)))])
        {
            string changed = text.Replace(from, to, StringComparison.Ordinal);
            Assert.NotEqual(text, changed);
            Assert.ThrowsAny<FormatException>(() => InclusionProof.Parse(changed, out _));
        }
        Assert.Throws<FormatException>(() => InclusionProof.Parse(text + new string('a', SignedNote.MaxLength), out _));
    }

    [Theory]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n")]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n")]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")]
    [InlineData("a\n1\0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    public void Another_spelling_is_no_checkpoint(string text) => Assert.Throws<FormatException>(() => TreeHead.Parse(text));

    [Fact]
    public void Parsers_answer_every_change_with_a_format_error_or_the_same_text()
    {
        (InclusionProof proof, ConsistencyProof consistency, SignedNote note) = Sample();
        string[] texts = [proof.Format(note), consistency.Format(new Checkpoint(note)), note.ToString(), note.Text, VerifierKey.FromSeed("vault.example/a", Seed).ToString()];
        Func<string, string>[] parsers =
        [
            text => InclusionProof.Parse(text, out SignedNote n).Format(n),
            text => ConsistencyProof.Parse(text, out Checkpoint n).Format(n),
            text => SignedNote.Parse(text).ToString(),
            text => TreeHead.Parse(text).ToString(),
            text => VerifierKey.Parse(text).ToString(),
        ];
        Gen<(int, int, int, char, int)> changes =
            from which in Gen.Choose(0, texts.Length - 1)
            from at in Gen.Choose(0, texts[which].Length - 1)
            from length in Gen.Choose(0, 3)
            from c in Gen.Elements('\n', ' ', '=', '+', '/', '0', '5', 'A', '\u2014', '\0', '\ud800', 'é', '\r')
            from times in Gen.Choose(0, 2)
            select (which, at, length, c, times);
        Check.One(Deep.Config(3000), Prop.ForAll(Arb.From(changes), change =>
        {
            (int which, int at, int length, char c, int times) = change;
            string text = texts[which];
            string changed = text[..at] + new string(c, times) + text[Math.Min(text.Length, at + length)..];
            try
            {
                return parsers[which](changed) == changed;
            }
            catch (FormatException)
            {
                return true;
            }
        }));
    }
}
