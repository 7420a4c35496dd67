using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault.Tests.Erasure;

/// <summary>docs/formats.md suffices: a verifier that shares no code with the library comes to the same answers.</summary>
[Trait("Claim", "E7")]
public sealed class IndependentVerifierTests
{
    private static readonly string Key = CertificateSample.Key.ToString();

    [Fact]
    public void The_second_verifier_accepts_what_the_library_accepts()
    {
        Assert.Null(IndependentVerifier.Check(new CertificateSample().Make().ToJson(), Key));
        foreach (int following in (int[])[0, 1, 2, 3, 34, 35, 97, 98])
            Assert.Null(IndependentVerifier.Check(new CertificateSample().Make(following).ToJson(), Key));
        Assert.Null(IndependentVerifier.Check(
            new CertificateSample { Trigger = DeletionTrigger.Erased, BodyTrigger = DeletionTrigger.Erased, RemovedReference = "order 5" }.Make().ToJson(), Key));
    }

    [Fact]
    public void The_second_verifier_finds_what_the_library_finds()
    {
        (string Step, CertificateSample Sample)[] falsified =
        [
            ("origin", new() { CheckpointOrigin = "vault.example/other" }),
            ("origin", new() { Vault = "vault.example/other" }),
            ("signature", new() { SignerSeed = new byte[32] }),
            ("signature", new() { SignerName = "vault.example/other" }),
            ("kinds", new() { InsteadOfCreated = LedgerEntry.HoldSet(CertificateSample.Time, 1) }),
            ("body", new() { BodyHashChange = 1 }),
            ("removed.created", new() { CreatedOffset = 1 }),
            ("completed.removed", new() { RemovedOffset = -1 }),
            ("order", new() { CompletedFirst = true }),
            ("templates", new() { TemplateCount = 1 }),
            ("key", new() { RemovedKey = 8 }),
            ("consent", new() { RemovedReference = "order 5" }),
            ("trigger", new() { BodyTrigger = DeletionTrigger.Expired }),
            ("epoch", new() { BodyEpochTo = 6 }),
            ("synthetic", new() { BodySynthetic = true }),
            ("time", new() { BodyLate = TimeSpan.FromSeconds(1) }),
            ("places", new() { Locations = [], ReadBack = [] }),
            ("read back", new() { ReadBack = [] }),
        ];
        foreach ((string step, CertificateSample sample) in falsified)
        {
            DeletionCertificate certificate = sample.Make();
            Assert.Equal(step, IndependentVerifier.Check(certificate.ToJson(), Key));
            Assert.False(DeletionCertificate.Check(certificate.ToJson(), CertificateSample.Key).IsValid);
        }
    }

    [Fact]
    public void Both_verifiers_agree_about_changed_bytes()
    {
        byte[] json = new CertificateSample().Make().ToJson();
        for (int i = 0; i < json.Length; i += 7)
        {
            byte original = json[i];
            json[i] ^= 1;
            Assert.False(Holds(json), $"byte {i}");
            json[i] = original;
        }

        static bool Holds(byte[] json)
        {
            try
            {
                return IndependentVerifier.Check(json, Key) is null;
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException or NullReferenceException or ArgumentException or IndexOutOfRangeException or System.Text.Json.JsonException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void The_consent_commitment_is_what_the_document_says_it_hashes()
    {
        var commitment = new byte[32];
        Blake2b.Hash(CertificateSample.Salt, IndependentVerifier.CommitmentInput("emp-1042", "c-17", "order 5"), commitment);
        Assert.Equal(CertificateSample.ConsentCommitment("order 5"), commitment);
        Blake2b.Hash([.. Enumerable.Repeat((byte)7, 32)], Encoding.ASCII.GetBytes("facevault/kcmt01"), commitment);
        Assert.Equal(CertificateSample.KeyCommitment(7), commitment);
    }
}
