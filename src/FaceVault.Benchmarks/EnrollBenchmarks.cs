using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace FaceVault.Benchmarks;

/// <summary>Consents with one 512-d template each, durable when the call returns. A flush of the disk is part of it.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 2, iterationCount: 10, invocationCount: 1)]
[MemoryDiagnoser]
public class EnrollBenchmarks
{
    private const int Batch = 4096;
    private const int Callers = 16;
    private SyntheticVault synthetic = null!;

    [Params(TemplateEncoding.Int8, TemplateEncoding.Float32)]
    public TemplateEncoding Encoding { get; set; }

    [GlobalSetup]
    public void Open() => synthetic = new SyntheticVault(Path.GetTempPath(), Encoding);

    [GlobalCleanup]
    public void Close() => synthetic.Dispose();

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task Import() => await synthetic.ImportAsync(Batch);

    [Benchmark]
    public async Task GrantAndEnrollOne()
    {
        int person = synthetic.People;
        await synthetic.Vault.GrantConsentAsync(synthetic.NextGrant());
        await synthetic.Vault.EnrollAsync(SyntheticVault.Consent(person), null, SyntheticVault.Embedding(person));
    }

    [Benchmark(OperationsPerInvoke = Callers)]
    public async Task GrantFromManyCallers() =>
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => synthetic.Vault.GrantConsentAsync(synthetic.NextGrant())));
}
