using System.Buffers.Binary;
using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault.Tests.Ledger;

/// <summary>Notes, checkpoints and proof texts that others published are read as their specifications say.</summary>
[Trait("Claim", "E7")]
public sealed class PublishedNoteTests
{
    private const string GoKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string EnochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private const string GoText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string PeterLine = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    private const string EnochLine = "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
    private const string SumKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    /// <summary>A checkpoint of the staging log Arche2025h1 (Certificate Transparency, static), with signatures of its own of types 0x05 and 0x01 and cosignatures of four witnesses.</summary>
    private const string ArcheText = "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n";

    private const string ArcheLines =
        "\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n" +
        "\u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n" +
        "\u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n" +
        "\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n" +
        "\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n" +
        "\u2014 witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";

    /// <summary>The verifier keys (type 0x04) that these witnesses' operators publish.</summary>
    private static readonly string[] WitnessKeys =
    [
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
    ];

    /// <summary>golang.org/x/mod/sumdb/note, note_test.go, TestOpen.</summary>
    [Fact]
    public void Notes_of_the_Go_tests_are_verified_as_Go_verifies_them()
    {
        VerifierKey peter = VerifierKey.Parse(GoKey);
        VerifierKey enoch = VerifierKey.Parse(EnochKey);
        SignedNote both = SignedNote.Parse(GoText + "\n" + PeterLine + EnochLine);
        Assert.Equal((NoteFinding.Signed, NoteFinding.Signed), (both.Check(peter), both.Check(enoch)));
        Assert.Equal((NoteFinding.NotSignedByKey, NoteFinding.Signed), (SignedNote.Parse(GoText + "\n" + EnochLine).Check(peter), SignedNote.Parse(GoText + "\n" + EnochLine).Check(enoch)));
        string broken = PeterLine[..60] + "ABCD" + PeterLine[60..];
        Assert.Equal(NoteFinding.BadSignature, SignedNote.Parse(GoText + "\n" + broken).Check(peter));
        Assert.Equal(NoteFinding.Signed, SignedNote.Parse(GoText + "\n" + PeterLine + PeterLine + EnochLine + EnochLine + EnochLine[..60] + "ABCD" + EnochLine[60..]).Check(peter));
        Assert.Equal(NoteFinding.NotSignedByKey, SignedNote.Parse(GoText + "\n" + PeterLine.Replace("PeterNeumann", "CarmenSandiego", StringComparison.Ordinal)).Check(peter));
        Assert.Equal(NoteFinding.NotSignedByKey, SignedNote.Parse(GoText + "\n" + PeterLine.Replace("x08g", "xxxx", StringComparison.Ordinal)).Check(peter));
        foreach (string malformed in (string[])[GoText, GoText + "\n", GoText + "\n" + PeterLine[..^1], "\u0001" + GoText + "\n" + PeterLine, GoText + "\n" + PeterLine.Replace("PeterNeumann", "Bad Name", StringComparison.Ordinal)[..^1],
            GoText + "\n" + PeterLine + "Unexpected line.\n", GoText + "\n" + string.Concat(Enumerable.Repeat(PeterLine, 101))])
            Assert.Throws<FormatException>(() => SignedNote.Parse(malformed));
    }

    /// <summary>C2SP signed-note, the example at its beginning (its key is not published): a text with an empty line in it.</summary>
    [Fact]
    public void The_poem_of_the_specification_is_split_at_its_last_empty_line()
    {
        const string text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n";
        const string line = "\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
        SignedNote note = SignedNote.Parse(text + "\n" + line);
        Assert.Equal(text, note.Text);
        NoteSignature signature = Assert.Single(note.Signatures);
        Assert.Equal(("quasimodo.example/salvatore", 0x367ba04bu, 64), (signature.Name, signature.KeyId, signature.Signature.Length));
        Assert.Equal(text + "\n" + line, note.ToString());
    }

    /// <summary>golang.org/x/mod/sumdb/tlog, note_test.go: a tree head, which is a checkpoint; extension lines are not ours.</summary>
    [Fact]
    public void The_tree_head_of_the_Go_tests_is_written_and_read()
    {
        const string golden = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n";
        var checkpoint = new TreeHead("go.sum database tree", 123456789012, MerkleHash.OfEntry("hello world"u8));
        Assert.Equal(golden, checkpoint.ToString());
        Assert.Equal(checkpoint, TreeHead.Parse(golden));
        foreach (string bad in (string[])["go.sum database tree\n0xabcdef\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n", golden + "JOE", golden + "JOE\n"])
            Assert.Throws<FormatException>(() => TreeHead.Parse(bad));
    }

    /// <summary>github.com/transparency-dev/formats, log/checkpoint_test.go: what is no checkpoint there is none here.</summary>
    [Theory]
    [InlineData("Head\n9944\n")]
    [InlineData("\n9944\ndGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==\n")]
    [InlineData("Log\n123\nYmFuYW5hcw==")]
    [InlineData("Log\nbananas\ndGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==\n")]
    [InlineData("Log\n-34\ndGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==\n")]
    [InlineData("Log\n3438945738945739845734895735\ndGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==\n")]
    [InlineData("Log\n123\nThisIsn'tBase64\n")]
    [InlineData("Log\n123\nYmFuYW5hcw==\n")]
    public void Malformed_checkpoints_of_the_formats_tests_are_refused(string text) => Assert.Throws<FormatException>(() => TreeHead.Parse(text));

    /// <summary>sum.golang.org at the sizes that C2SP tlog-checkpoint (under another origin) and the tests of filippo.io/torchwood show.</summary>
    [Theory]
    [InlineData(20852163, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=")]
    [InlineData(35225469, "vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=", "Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=")]
    public void Checkpoints_of_the_Go_checksum_database_are_verified(long size, string root, string signature)
    {
        SignedNote note = SignedNote.Parse($"go.sum database tree\n{size}\n{root}\n\n\u2014 sum.golang.org {signature}\n");
        Assert.Equal(NoteFinding.Signed, note.Check(VerifierKey.Parse(SumKey)));
        Assert.Equal(size, TreeHead.Parse(note.Text).Size);
        SignedNote other = SignedNote.Parse($"example.com/behind-the-sofa\n{size}\n{root}\n\n\u2014 sum.golang.org {signature}\n");
        Assert.Equal(NoteFinding.BadSignature, other.Check(VerifierKey.Parse(SumKey)));
    }

    [Fact]
    public void A_real_checkpoint_with_signatures_of_four_types_is_verified_by_the_one_key_that_is_ours()
    {
        // Published as type 0x01 under this id; the vkey of the log: type byte 1 and the Ed25519 key.
        VerifierKey key = VerifierKey.Parse("arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f");
        SignedNote note = SignedNote.Parse(ArcheText + "\n" + ArcheLines);
        Assert.Equal(6, note.Signatures.Count);
        Assert.Equal(NoteFinding.Signed, note.Check(key));
        Assert.Equal(1432088532, TreeHead.Parse(note.Text).Size);
        Assert.Equal(ArcheText + "\n" + ArcheLines, note.ToString());
        Assert.Equal(NoteFinding.BadSignature, SignedNote.Parse(ArcheText.Replace("1432088532", "42", StringComparison.Ordinal) + "\n" + ArcheLines).Check(key));
        InclusionProof proof = InclusionProof.Parse(new InclusionProof(0, []).Format(note), out SignedNote carried);
        Assert.Equal((0L, note.ToString()), (proof.Index, carried.ToString()));
    }

    /// <summary>C2SP tlog-cosignature: 8 bytes of POSIX time and an Ed25519 signature over <c>cosignature/v1</c>, the time and the whole text. The keys are of type 0x04.</summary>
    [Fact]
    public void Cosignatures_of_real_witnesses_are_what_the_specification_says()
    {
        SignedNote note = SignedNote.Parse(ArcheText + "\n" + ArcheLines);
        foreach (string witness in WitnessKeys)
        {
            VerifierKey key = VerifierKey.Parse(witness);
            Assert.Equal((true, witness), (key.IsWitness, key.ToString()));
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(0x6a122120), note.CosignedAt(key));
            Assert.Null(SignedNote.Parse(note.ToString().Replace('\n' + note.Text.Split('\n')[1] + '\n', "\n1\n", StringComparison.Ordinal)).CosignedAt(key));
            string[] parts = witness.Split('+', 3);
            byte[] typed = Convert.FromBase64String(parts[2]);
            byte[] id = System.Security.Cryptography.SHA256.HashData([.. Encoding.UTF8.GetBytes(parts[0]), (byte)'\n', .. typed]);
            Assert.Equal((0x04, parts[1]), (typed[0], Convert.ToHexStringLower(id.AsSpan(0, 4))));

            NoteSignature line = Assert.Single(note.Signatures, s => s.Name == parts[0]);
            Assert.Equal((BinaryPrimitives.ReadUInt32BigEndian(id), 72), (line.KeyId, line.Signature.Length));
            ulong time = BinaryPrimitives.ReadUInt64BigEndian(line.Signature.Span);
            Assert.Equal(0x6a122120ul, time);
            Assert.True(Ed25519.Verify(typed.AsSpan(1), Encoding.UTF8.GetBytes($"cosignature/v1\ntime {time}\n{note.Text}"), line.Signature.Span[8..]));
            Assert.False(Ed25519.Verify(typed.AsSpan(1), Encoding.UTF8.GetBytes($"cosignature/v1\ntime {time + 1}\n{note.Text}"), line.Signature.Span[8..]));
            Assert.False(Ed25519.Verify(typed.AsSpan(1), Encoding.UTF8.GetBytes(note.Text), line.Signature.Span[8..]));
        }
    }

    /// <summary>C2SP tlog-proof (its example, whose signatures are abbreviated there) and github.com/transparency-dev/formats, proof/tlog_proof_test.go.</summary>
    [Fact]
    public void The_proof_of_the_specification_is_read_without_its_extra_line()
    {
        string[] hashes = ["gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=", "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=", "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=", "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk="];
        string note = "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n\u2014 example.com/fancylog " + Convert.ToBase64String(new byte[68]) + "\n";
        string text = $"c2sp.org/tlog-proof@v1\nindex 73894\n{string.Join('\n', hashes)}\n\n{note}";
        InclusionProof proof = InclusionProof.Parse(text, out SignedNote checkpoint);
        Assert.Equal(73894, proof.Index);
        Assert.Equal(hashes, proof.Hashes.Select(hash => hash.ToBase64()));
        Assert.Equal(109482, TreeHead.Parse(checkpoint.Text).Size);
        Assert.Equal(text, proof.Format(checkpoint));

        string hash64 = Convert.ToBase64String(new byte[64]);
        foreach (string refused in (string[])["c2sp.org/tlog-proof@v1\nextra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ\nindex 73894\n\n" + note, "wrong-header\nindex 0\n\n" + note, "c2sp.org/tlog-proof@v1\n\n\n" + note,
            "c2sp.org/tlog-proof@v1\nindex notanumber\n\n" + note, "c2sp.org/tlog-proof@v1\nindex -5\n\n" + note, "c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!\n\n" + note, $"c2sp.org/tlog-proof@v1\nindex 0\n{hash64}\n\n{note}",
            "c2sp.org/tlog-proof@v1\nindex 0\n" + new string('a', 65 * 1024) + "\n"])
            Assert.Throws<FormatException>(() => InclusionProof.Parse(refused, out _));
    }
}
