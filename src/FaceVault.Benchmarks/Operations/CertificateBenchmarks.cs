using BenchmarkDotNet.Attributes;

namespace FaceVault.Benchmarks;

/// <summary>What an auditor does with a deletion certificate, offline: read its bytes and check signatures, proofs and statements.</summary>
[MemoryDiagnoser]
public class CertificateBenchmarks
{
    private VerifierKey key = null!;
    private byte[] json = null!;

    [Params(10_000)]
    public int Consents { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        using var synthetic = new SyntheticVault(Path.GetTempPath());
        await synthetic.ImportAsync(Consents);
        key = synthetic.Vault.VerifierKey;
        json = (await synthetic.Vault.WithdrawConsentAsync(SyntheticVault.Consent(Consents / 2))).ToJson();
        BenchmarkCheck.That(Check() == CertificateFinding.Valid);
        using var other = new SyntheticVault(Path.GetTempPath());
        BenchmarkCheck.That(DeletionCertificate.Check(json, other.Vault.VerifierKey) is not (CertificateFinding.Valid or CertificateFinding.ValidWithUnconfirmedPlaces));
    }

    [Benchmark]
    public CertificateFinding Check() => DeletionCertificate.Check(json, key);

    [Benchmark]
    public DeletionCertificate Parse() => DeletionCertificate.Parse(json);
}
