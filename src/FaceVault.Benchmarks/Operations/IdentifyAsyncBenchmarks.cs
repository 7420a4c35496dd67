using BenchmarkDotNet.Attributes;

namespace FaceVault.Benchmarks;

/// <summary>Callers who ask at the same moment who somebody is, top 5 with names. One operation is one answer.</summary>
[MemoryDiagnoser]
public class IdentifyAsyncBenchmarks
{
    private const int AtOnce = 64;
    private const int Top = 5;
    private SyntheticVault synthetic = null!;
    private Gallery gallery = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [Params(100_000)]
    public int Templates { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        synthetic = new SyntheticVault(Path.GetTempPath(), Encoding);
        await synthetic.ImportAsync(Templates);
        gallery = await synthetic.Vault.GetGalleryAsync(SyntheticVault.Purpose);
        foreach (int person in (int[])[0, 61, 1999])
            BenchmarkCheck.That((await AskAsync(person))[0] is { Score: > 0.99f } best && best.Consent == SyntheticVault.Consent(person));
    }

    [Benchmark]
    public Task<IReadOnlyList<Match>> OneCaller() => AskAsync(61);

    [Benchmark(OperationsPerInvoke = AtOnce)]
    public Task SixtyFourCallers() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(caller => AskAsync(caller * 61)));

    [GlobalCleanup]
    public void Cleanup() => synthetic.Dispose();

    private Task<IReadOnlyList<Match>> AskAsync(int person) => gallery.IdentifyAsync(SyntheticVault.Embedding(person), Top, Threshold.RankOnly);
}
