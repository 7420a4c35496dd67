using BenchmarkDotNet.Attributes;

namespace FaceVault.Benchmarks;

/// <summary>The bulk search over a gallery of 512-d templates, open or sealed: from packed probes to a filled buffer, top 10. One operation is a whole batch.</summary>
[MemoryDiagnoser]
public class IdentifyBenchmarks
{
    private Gallery gallery = null!;
    private ProbeBatch probes = null!;
    private MatchBuffer buffer = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [Params(100_000)]
    public int Templates { get; set; }

    [Params(GalleryMode.Open, GalleryMode.Sealed)]
    public GalleryMode Mode { get; set; }

    [Params(1, 64, 256)]
    public int Probes { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var model = new TemplateModel("synthetic", 512, Encoding);
        gallery = SyntheticGallery.Create(model, Templates, Threads, Mode);
        probes = SyntheticGallery.Probes(model, Probes, Templates);
        buffer = new MatchBuffer(Probes, 10);
        Identify();
        SyntheticGallery.Check(buffer, Templates);
    }

    [Benchmark]
    public void Identify() => gallery.Identify(probes, Threshold.RankOnly, buffer);

    [GlobalCleanup]
    public void Cleanup()
    {
        probes.Dispose();
        gallery.Dispose();
    }
}
