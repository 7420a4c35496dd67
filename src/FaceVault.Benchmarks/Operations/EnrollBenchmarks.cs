using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace FaceVault.Benchmarks;

/// <summary>Consents and 512-d templates, durable when the call returns: a bulk import, a grant and an enrolment alone, grants that share a flush. A flush of the disk is part of it.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 2, iterationCount: 10, invocationCount: 1)]
[MemoryDiagnoser]
public class EnrollBenchmarks
{
    private const int Batch = 4096;
    private const int Callers = 16;
    private SyntheticVault synthetic = null!;
    private int granted;

    [Params(TemplateEncoding.Int8, TemplateEncoding.Float32)]
    public TemplateEncoding Encoding { get; set; }

    [GlobalSetup]
    public async Task Open()
    {
        synthetic = new SyntheticVault(Path.GetTempPath(), Encoding);
        await Import();
        await Grant();
        Gallery gallery = await synthetic.Vault.GetGalleryAsync(SyntheticVault.Purpose);
        BenchmarkCheck.That(gallery.Count == Batch);
        await synthetic.Vault.EnrollAsync(SyntheticVault.Consent(Batch), null, SyntheticVault.Embedding(Batch));
        BenchmarkCheck.That(gallery.Count == Batch + 1 && await synthetic.Vault.GetConsentAsync(SyntheticVault.Consent(Batch)) is not null);
        await synthetic.ReopenAsync(); // enrolments that are timed meet no open gallery
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<ImportResult> Import() => synthetic.ImportAsync(Batch);

    [Benchmark]
    public Task<ConsentReceipt> Grant() => synthetic.Vault.GrantConsentAsync(synthetic.NextGrant());

    [Benchmark(OperationsPerInvoke = Callers)]
    public Task GrantFromManyCallers() => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => synthetic.Vault.GrantConsentAsync(synthetic.NextGrant())));

    [IterationSetup(Targets = [nameof(Enroll)])]
    public void GrantFirst()
    {
        granted = synthetic.People;
        Grant().GetAwaiter().GetResult();
    }

    [Benchmark]
    public Task Enroll() => synthetic.Vault.EnrollAsync(SyntheticVault.Consent(granted), null, SyntheticVault.Embedding(granted));

    [GlobalCleanup]
    public void Close() => synthetic.Dispose();
}
