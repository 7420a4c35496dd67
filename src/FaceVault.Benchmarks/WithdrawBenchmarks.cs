using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace FaceVault.Benchmarks;

/// <summary>Withdrawals to the signed certificate: one alone, a thousand in one call. Flushes of the disk are most of it.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 8, invocationCount: 1)]
public class WithdrawBenchmarks
{
    private const int Many = 1000;
    private SyntheticVault synthetic = null!;
    private int next;

    [GlobalSetup]
    public void Open()
    {
        synthetic = new SyntheticVault(Path.GetTempPath());
        synthetic.ImportAsync(20 * Many).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Close() => synthetic.Dispose();

    [Benchmark]
    public async Task<DeletionCertificate> WithdrawOne() => await synthetic.Vault.WithdrawConsentAsync(SyntheticVault.Consent(next++));

    [Benchmark(OperationsPerInvoke = Many)]
    public async Task<int> WithdrawThousand()
    {
        ConsentId[] consents = [.. Enumerable.Range(next, Many).Select(SyntheticVault.Consent)];
        next += Many;
        return (await synthetic.Vault.WithdrawConsentsAsync(consents)).Count;
    }
}
