using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace FaceVault.Benchmarks;

/// <summary>Withdrawals to the signed certificate: one alone, a thousand in one call. Flushes of the disk are most of it.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 8, invocationCount: 1)]
[MemoryDiagnoser]
public class WithdrawBenchmarks
{
    private const int Many = 1000;
    private SyntheticVault synthetic = null!;
    private int next;

    [Params(20 * Many)]
    public int Consents { get; set; }

    [GlobalSetup]
    public async Task Open()
    {
        synthetic = new SyntheticVault(Path.GetTempPath());
        await synthetic.ImportAsync(Consents);
        Gallery gallery = await synthetic.Vault.GetGalleryAsync(SyntheticVault.Purpose);
        DeletionCertificate certificate = await WithdrawOne();
        BenchmarkCheck.That(certificate.Check(synthetic.Vault.VerifierKey) == CertificateFinding.Valid && gallery.Count == Consents - 1);
    }

    [GlobalCleanup]
    public void Close() => synthetic.Dispose();

    [Benchmark]
    public Task<DeletionCertificate> WithdrawOne() => synthetic.Vault.WithdrawConsentAsync(SyntheticVault.Consent(next++));

    [Benchmark(OperationsPerInvoke = Many)]
    public Task<IReadOnlyList<DeletionCertificate>> WithdrawThousand()
    {
        ConsentId[] consents = [.. Enumerable.Range(next, Many).Select(SyntheticVault.Consent)];
        next += Many;
        return synthetic.Vault.WithdrawConsentsAsync(consents);
    }
}
