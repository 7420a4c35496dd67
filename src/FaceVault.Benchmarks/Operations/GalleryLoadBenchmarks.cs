using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace FaceVault.Benchmarks;

/// <summary>The first use of a gallery in a vault that was just opened: every template is read, decrypted and laid out.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 8, invocationCount: 1)]
[MemoryDiagnoser]
public class GalleryLoadBenchmarks
{
    private SyntheticVault synthetic = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [Params(100_000)]
    public int Templates { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        synthetic = new SyntheticVault(Path.GetTempPath(), Encoding);
        await synthetic.ImportAsync(Templates);
        await synthetic.ReopenAsync();
        Gallery gallery = await Load();
        BenchmarkCheck.That(gallery.Count == Templates);
        IReadOnlyList<Match> found = await gallery.IdentifyAsync(SyntheticVault.Embedding(61), 1, Threshold.RankOnly);
        BenchmarkCheck.That(found[0] is { Score: > 0.99f } best && best.Consent == SyntheticVault.Consent(61));
    }

    [IterationSetup]
    public void Reopen() => synthetic.ReopenAsync().GetAwaiter().GetResult();

    [Benchmark]
    public Task<Gallery> Load() => synthetic.Vault.GetGalleryAsync(SyntheticVault.Purpose);

    [GlobalCleanup]
    public void Cleanup() => synthetic.Dispose();
}
