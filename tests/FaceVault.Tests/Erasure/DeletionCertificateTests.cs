using System.Text;
using FaceVault.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Erasure;

[Trait("Claim", "E7")]
[Trait("Rule", "D5")]
public sealed class DeletionCertificateTests
{

    private static readonly string Cosignature = "\u2014 witness.example/w " + Convert.ToBase64String([1, 2, 3, 4, .. new byte[72]]) + "\n";

    private static CertificateFinding Check(CertificateSample sample) => CheckText(sample.Make().ToString());

    private static CertificateFinding CheckText(string text)
    {
        CertificateFinding finding = DeletionCertificate.Check(Encoding.UTF8.GetBytes(text), CertificateSample.Key);
        return finding;
    }

    /// <summary>A JSON string's inside: what stands in the file for this text.</summary>
    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    [Fact]
    public void A_certificate_holds_and_says_what_happened()
    {
        DeletionCertificate certificate = DeletionCertificate.Parse(new CertificateSample().Make().ToJson());
        Assert.Equal(CertificateFinding.Valid, certificate.Check(CertificateSample.Key));
        Assert.True(certificate.Check(CertificateSample.Key).IsValid);
        Assert.Equal((CertificateSample.Origin, DeletionTrigger.Withdrawn, 4L, 5L), (certificate.Vault, certificate.Trigger, certificate.EpochFrom, certificate.EpochTo));
        Assert.Equal((20L, 28L, 29L), (certificate.CreatedIndex, certificate.RemovedIndex, certificate.CompletedIndex));
        Assert.Equal(("door \"main\"", 1), (certificate.Purpose, certificate.PurposeVersion));
        Assert.Equal(Convert.ToHexStringLower(CertificateSample.KeyCommitment(7)), certificate.KeyCommitment);
        Assert.Equal((certificate.Created.Consent, certificate.Created.Time, certificate.Removed.Time), (certificate.ConsentCommitment, certificate.CreatedAt, certificate.RemovedAt));
        Assert.Equal((1, 3, false), (certificate.Galleries, certificate.TemplateCount, certificate.Synthetic));
        Assert.Equal([Convert.ToHexStringLower(CertificateSample.KeyCommitment(50)), Convert.ToHexStringLower(CertificateSample.KeyCommitment(51))], certificate.TemplateDigests);
        Assert.Equal(CertificateSample.Time.AddHours(2), certificate.MadeAt);
        Assert.Contains("the signed statement of vault.example/door, made at 2026-11-22T01:59:08Z by its own clock", certificate.Limits, StringComparison.Ordinal);
        Assert.Equal(new CertificateSample().Locations, certificate.Locations);
        Assert.Equal(new CertificateSample().ReadBack, certificate.ReadBack);
    }

    [Fact]
    public void What_is_read_is_written_as_it_was_and_canonical()
    {
        byte[] json = new CertificateSample().Make().ToJson();
        Assert.True(CanonicalJson.IsCanonical(json));
        Assert.Equal(json, DeletionCertificate.Parse(json).ToJson());
        Assert.StartsWith("{\"body\":{\"created\":\"{", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_proofs_are_tlog_proof_texts_that_other_tools_can_read()
    {
        using var json = System.Text.Json.JsonDocument.Parse(new CertificateSample().Make().ToJson());
        foreach (System.Text.Json.JsonProperty proof in json.RootElement.GetProperty("evidence").GetProperty("proofs").EnumerateObject())
        {
            InclusionProof parsed = InclusionProof.Parse(proof.Value.GetString()!, out SignedNote checkpoint);
            Assert.Equal(proof.Value.GetString(), parsed.Format(checkpoint));
        }
    }

    [Fact]
    public void It_holds_for_a_single_destruction_at_the_end_of_the_ledger_too() =>
        Assert.Equal(CertificateFinding.Valid, CheckText(new CertificateSample().Make(following: 0).ToString()));

    [Fact]
    public void What_a_certificate_without_the_right_entries_says_is_nothing_and_not_a_failure()
    {
        DeletionCertificate certificate = DeletionCertificate.Parse(new CertificateSample { InsteadOfCreated = LedgerEntry.HoldSet(CertificateSample.Time, 1) }.Make().ToJson());
        Assert.Equal(("", 0, "", ""), (certificate.Purpose, certificate.PurposeVersion, certificate.KeyCommitment, certificate.ConsentCommitment));
        Assert.Equal(CertificateFinding.WrongEntryKind, certificate.Check(CertificateSample.Key));
    }

    public static TheoryData<CertificateFinding> Findings() => [.. Enum.GetValues<CertificateFinding>()];

    [Theory]
    [MemberData(nameof(Findings))]
    public void Each_finding_is_produced_by_what_it_names(CertificateFinding finding)
    {
        byte[] other = new byte[32];
        string text = new CertificateSample().Make().ToString();
        LedgerEntry hold = LedgerEntry.HoldSet(CertificateSample.Time, 1);
        CertificateFinding found = finding switch
        {
            CertificateFinding.None => default,
            CertificateFinding.Valid => CheckText(text),
            CertificateFinding.ValidWithUnconfirmedPlaces =>
                Check(new() { Locations = [.. new CertificateSample().Locations, new(LocationType.Mirror, "SQLite file on nfs", "not reached", false)] }),
            CertificateFinding.Malformed => CheckText(text + "\n"),
            CertificateFinding.OtherVault => Check(new() { CheckpointOrigin = "vault.example/other" }),
            CertificateFinding.OtherSigningKey => Check(new() { SignerSeed = other }),
            CertificateFinding.NotSigned => Check(new() { SignerName = "vault.example/other" }),
            CertificateFinding.BadSignature => CheckText(WithBadSignature(text)),
            CertificateFinding.DifferentCheckpoints => CheckText(WithAnotherCheckpoint()),
            CertificateFinding.WrongEntryKind => Check(new() { InsteadOfCreated = hold }),
            CertificateFinding.CreatedNotInLedger => CheckText(text.Replace("\\\"cause\\\":\\\"granted\\\"", "\\\"cause\\\":\\\"replaced\\\"", StringComparison.Ordinal)),
            CertificateFinding.RemovedNotInLedger => CheckText(text.Replace("\\\"trigger\\\":\\\"withdrawn\\\"", "\\\"trigger\\\":\\\"expired\\\"", StringComparison.Ordinal)),
            CertificateFinding.CompletedNotInLedger => CheckText(text.Replace("\\\"removed\\\":28", "\\\"removed\\\":27", StringComparison.Ordinal)),
            CertificateFinding.BodyMismatch => Check(new() { BodyHashChange = 1 }),
            CertificateFinding.CreatedIndexMismatch => Check(new() { CreatedOffset = 1 }),
            CertificateFinding.RemovedIndexMismatch => Check(new() { RemovedOffset = -1 }),
            CertificateFinding.KeyMismatch => Check(new() { RemovedKey = 8 }),
            CertificateFinding.ConsentMismatch => Check(new() { RemovedReference = "order 5" }),
            CertificateFinding.TriggerMismatch => Check(new() { BodyTrigger = DeletionTrigger.Expired }),
            CertificateFinding.EpochMismatch => Check(new() { BodyEpochTo = 6 }),
            CertificateFinding.SyntheticMismatch => Check(new() { BodySynthetic = true }),
            CertificateFinding.TimeMismatch => Check(new() { BodyLate = TimeSpan.FromSeconds(1) }),
            CertificateFinding.PlacesMissing => Check(new() { Locations = new CertificateSample().Locations[2..] }),
            CertificateFinding.NotReadBack => Check(new() { ReadBack = [new(LocationType.Store, true, 2, true), new(LocationType.Mirror, true, 2, false)] }),
            CertificateFinding.ReceiptMismatch => new CertificateSample().Make().Check(CertificateSample.Key, Receipt() with { Subject = new SubjectId("emp-1043") }),
            CertificateFinding.NotCosigned => new CertificateSample().Make().Check(CertificateSample.Key, VerifierKey.FromWitness("witness.example/w1", CertificateSample.Key.PublicKey)),
            _ => throw new ArgumentOutOfRangeException(nameof(finding)),
        };
        Assert.Equal(finding, found);
        Assert.Equal(finding is CertificateFinding.Valid or CertificateFinding.ValidWithUnconfirmedPlaces, found.IsValid);
        Assert.EndsWith(".", found.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_ways_to_the_same_findings_are_found_too()
    {
        Assert.Equal(CertificateFinding.OtherVault, Check(new() { Vault = "vault.example/other" }));
        Assert.Equal(CertificateFinding.OtherVault, new CertificateSample().Make().Check(VerifierKey.FromSeed("vault.example/other", CertificateSample.Seed)));
        Assert.Equal(CertificateFinding.OtherSigningKey, new CertificateSample().Make().Check(VerifierKey.FromSeed(CertificateSample.Origin, new byte[32])));
        Assert.Equal(CertificateFinding.RemovedIndexMismatch, Check(new() { CompletedFirst = true }));
        Assert.Equal(CertificateFinding.Malformed, Check(new() { TemplateCount = 1 }));
        Assert.Equal(CertificateFinding.EpochMismatch, Check(new() { BodyEpochTo = 4, EpochTo = 4 }));
        Assert.Equal(CertificateFinding.PlacesMissing, Check(new() { Locations = new CertificateSample().Locations[..2] }));
        Assert.Equal(CertificateFinding.PlacesMissing, Check(new() { Locations = [.. new CertificateSample().Locations.Select(location => location with { Confirmed = false })], ReadBack = [] }));
        Assert.Equal(CertificateFinding.NotReadBack, Check(new() { ReadBack = [new(LocationType.Store, true, 2, true)] }));
        Assert.Equal(CertificateFinding.NotReadBack, Check(new() { ReadBack = [new(LocationType.Store, false, 2, true), new(LocationType.Mirror, true, 2, true)] }));
        Assert.Equal(CertificateFinding.NotReadBack, Check(new() { ReadBack = [] }));
        Assert.Throws<ArgumentException>(() => new CertificateSample().Make().Check(VerifierKey.FromWitness(CertificateSample.Origin, CertificateSample.Key.PublicKey)));
        Assert.False(default(CertificateFinding).IsValid);
        Assert.Throws<ArgumentOutOfRangeException>(() => ((CertificateFinding)200).Explanation);
    }

    [Fact]
    public void An_erasure_may_carry_a_reference_that_the_receipt_does_not_know()
    {
        DeletionCertificate certificate = new CertificateSample { Trigger = DeletionTrigger.Erased, BodyTrigger = DeletionTrigger.Erased, RemovedReference = "order 5" }.Make();
        Assert.Equal(CertificateFinding.Valid, certificate.Check(CertificateSample.Key));
        Assert.Equal(CertificateFinding.Valid, certificate.Check(CertificateSample.Key, Receipt()));
    }

    [Fact]
    public void The_receipt_shows_whose_consent_it_was()
    {
        DeletionCertificate certificate = new CertificateSample().Make();
        Assert.True(certificate.CheckReceipt(Receipt()));
        Assert.True(certificate.CheckConsent(CertificateSample.Salt, "emp-1042"u8, "c-17"u8));
        Assert.False(certificate.CheckReceipt(Receipt() with { Consent = new ConsentId("c-18") }));
        Assert.False(certificate.CheckReceipt(Receipt() with { Salt = new byte[32] }));
        Assert.False(certificate.CheckReceipt(Receipt() with { Version = 2 }));
        Assert.False(certificate.CheckReceipt(Receipt() with { Purpose = new PurposeId("door") }));
        Assert.Equal(CertificateFinding.Malformed, DeletionCertificate.Check("{}"u8, CertificateSample.Key, Receipt()));
    }

    [Fact]
    public void Witness_cosignatures_are_ignored_and_sixteen_are_accepted()
    {
        string text = new CertificateSample().Make().ToString();
        string more = string.Concat(Enumerable.Repeat(Escaped(Cosignature), 16));
        string cosigned = text.Replace("\\n\\n\u2014", "\\n\\n" + more + "\u2014", StringComparison.Ordinal);
        Assert.Equal(16 * 3, cosigned.Split("witness.example").Length - 1);
        Assert.Equal(CertificateFinding.Valid, CheckText(cosigned));
        // One proof cosigned, the others not: still one and the same checkpoint.
        int first = text.IndexOf("\\n\\n\u2014", StringComparison.Ordinal);
        Assert.Equal(CertificateFinding.Valid, CheckText(text[..first] + "\\n\\n" + more + text[(first + 4)..]));
    }

    [Fact]
    public void Any_changed_byte_outside_the_lines_of_unknown_keys_fails()
    {
        string text = new CertificateSample().Make().ToString();
        text = text.Replace("=\\n\"", "=\\n" + Escaped(Cosignature) + "\"", StringComparison.Ordinal);
        byte[] json = Encoding.UTF8.GetBytes(text);
        Assert.Equal(CertificateFinding.Valid, DeletionCertificate.Check(json, CertificateSample.Key));
        byte[] cosignature = Encoding.UTF8.GetBytes(Escaped(Cosignature));
        int unknown = 0;
        for (int i = 0; i < json.Length; i++)
        {
            if (json.AsSpan(i).StartsWith(cosignature))
            {
                i += cosignature.Length - 1;
                unknown++;
                continue;
            }
            byte original = json[i];
            foreach (byte changed in (ReadOnlySpan<byte>)[(byte)(original ^ 1), (byte)(original ^ 0x20), (byte)' ', 0xFF])
            {
                json[i] = changed;
                if (changed != original && DeletionCertificate.Check(json, CertificateSample.Key).IsValid)
                    Assert.Fail($"byte {i} changed from {(char)original} to {(char)changed} and the certificate still holds");
            }
            json[i] = original;
        }
        Assert.Equal(3, unknown);
    }

    [Fact]
    public void No_byte_can_be_dropped_or_added()
    {
        byte[] json = new CertificateSample().Make().ToJson();
        for (int i = 0; i < json.Length; i++)
        {
            Assert.False(DeletionCertificate.Check([.. json[..i], .. json[(i + 1)..]], CertificateSample.Key).IsValid);
            Assert.False(DeletionCertificate.Check([.. json[..i], (byte)' ', .. json[i..]], CertificateSample.Key).IsValid);
        }
    }

    [Theory]
    [InlineData("{\"body\":", "{ \"body\":")]
    [InlineData(",\"evidence\":", ",\"extra\":1,\"evidence\":")]
    [InlineData(",\"evidence\":", ",\"evidence\":1,\"evidence\":")]
    [InlineData("\"galleries\":1", "\"galleries\":1,\"galleries\":1")]
    [InlineData("\"galleries\":1", "\"galleries\":1.0")]
    [InlineData("\"galleries\":1", "\"galleries\":-1")]
    [InlineData("\"galleries\":1", "\"galleries\":99999999999")]
    [InlineData("\"galleries\":1,", "")]
    [InlineData("\"galleries\":1", "\"galleries\":null")]
    [InlineData("\"confirmed\":true", "\"confirmed\":1")]
    [InlineData("\"type\":\"root\"", "\"type\":\"route\"")]
    [InlineData("\"format\":\"facevault-deletion-certificate/v1\"", "\"format\":\"facevault-deletion-certificate/v2\"")]
    [InlineData("\"tool\":\"FaceVault\"", "\"tool\":\"\"")]
    [InlineData("It does not prove", "It does prove")]
    [InlineData("made at 2026", "made at 3026-")]
    [InlineData("\"sha256\":[\"", "\"sha256\":[\"\",\"")]
    [InlineData("\"trigger\":\"withdrawn\"", "\"trigger\":\"\"")]
    [InlineData("key-created", "kez-created")]
    [InlineData("c2sp.org/tlog-proof@v1\\nindex", "c2sp.org/tlog-proof@v1\\nextra AAAA\\nindex")]
    [InlineData("c2sp.org\\u002f", "c2sp.org/")]
    public void Another_spelling_is_malformed(string from, string to)
    {
        string text = new CertificateSample().Make().ToString();
        string changed = text.Contains(from, StringComparison.Ordinal) ? text.Replace(from, to, StringComparison.Ordinal) : text.Replace(to, from, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        Assert.Equal(CertificateFinding.Malformed, CheckText(changed));
    }

    [Fact]
    public void Members_in_another_order_are_malformed()
    {
        string text = new CertificateSample().Make().ToString();
        int split = text.IndexOf(",\"evidence\":", StringComparison.Ordinal);
        Assert.Equal(CertificateFinding.Malformed, CheckText("{" + text[(split + 1)..^1] + "," + text[1..split] + "}"));
        foreach (string other in (string[])["", "null", "[]", "{}", "\"\"", "{\"body\":{},\"evidence\":{}}", "{\"body\":[],\"evidence\":[]}"])
            Assert.Equal(CertificateFinding.Malformed, CheckText(other));
        Assert.Throws<FormatException>(() => DeletionCertificate.Parse(new byte[DeletionCertificate.MaxLength + 1]));
        Assert.Throws<FormatException>(() => DeletionCertificate.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]));
    }

    [Fact]
    public void Parsing_answers_every_change_with_a_format_error_or_the_same_file()
    {
        string text = new CertificateSample().Make(following: 3).ToString();
        Gen<(int, int, char, int)> changes =
            from at in Gen.Choose(0, text.Length - 1)
            from length in Gen.Choose(0, 4)
            from c in Gen.Elements('\n', ' ', '"', '\\', '{', '}', '[', ',', '0', '9', 'a', 'Z', '=', '\0', '\u2014', 'é')
            from times in Gen.Choose(0, 3)
            select (at, length, c, times);
        FsCheck.Check.One(Deep.Config(1500), Prop.ForAll(Arb.From(changes), change =>
        {
            (int at, int length, char c, int times) = change;
            string changed = text[..at] + new string(c, times) + text[Math.Min(text.Length, at + length)..];
            try
            {
                return DeletionCertificate.Parse(Encoding.UTF8.GetBytes(changed)).ToString() == changed;
            }
            catch (FormatException)
            {
                return true;
            }
        }));
    }

    /// <summary>Claim E8.</summary>
    [Fact]
    public void A_certificate_contains_no_identifier_and_no_hash_of_one()
    {
        string text = new CertificateSample { Trigger = DeletionTrigger.Erased, BodyTrigger = DeletionTrigger.Erased, RemovedReference = "order 5" }.Make().ToString();
        foreach (string id in (string[])["emp-1042", "c-17", "order 5", "emp-1042c-17", Convert.ToBase64String(CertificateSample.Salt)])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(id);
            var blake = new byte[32];
            FaceVault.Cryptography.Blake2b.Hash([], bytes, blake);
            foreach (byte[] secret in (byte[][])[bytes, System.Security.Cryptography.SHA256.HashData(bytes), System.Security.Cryptography.SHA512.HashData(bytes), blake])
            {
                Assert.DoesNotContain(Convert.ToHexStringLower(secret), text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(Convert.ToBase64String(secret), text, StringComparison.Ordinal);
            }
            Assert.DoesNotContain(id, text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Convert.ToHexStringLower(CertificateSample.Salt), text, StringComparison.Ordinal);
    }

    private static ConsentReceipt Receipt() => new()
    {
        Vault = CertificateSample.Origin,
        Consent = new ConsentId("c-17"),
        Subject = new SubjectId("emp-1042"),
        Purpose = new PurposeId("door \"main\""),
        Version = 1,
        GivenAt = CertificateSample.Time,
        ExpiresAt = CertificateSample.Time.AddYears(1),
        UseEndsAt = CertificateSample.Time.AddYears(1),
        LedgerIndex = 20,
        Salt = CertificateSample.Salt,
    };

    private static string WithBadSignature(string text)
    {
        int at = text.IndexOf("\u2014 " + CertificateSample.Origin, StringComparison.Ordinal) + CertificateSample.Origin.Length + 20;
        return text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
    }

    private static string WithAnotherCheckpoint()
    {
        // The proof of the completing entry under a checkpoint of its own, signed too, and right for itself.
        string one = new CertificateSample().Make(following: 30).ToString();
        string other = new CertificateSample().Make(following: 31).ToString();
        const string lead = "\"proofs\":{\"completed\":\"";
        const string tail = "\",\"created\":\"";
        int from = other.IndexOf(lead, StringComparison.Ordinal);
        int oneFrom = one.IndexOf(lead, StringComparison.Ordinal);
        string proof = other[from..other.IndexOf(tail, from, StringComparison.Ordinal)];
        return one[..oneFrom] + proof + one[one.IndexOf(tail, oneFrom, StringComparison.Ordinal)..];
    }
}
