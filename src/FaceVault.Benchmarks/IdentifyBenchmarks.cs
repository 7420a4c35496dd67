using BenchmarkDotNet.Attributes;

namespace FaceVault.Benchmarks;

/// <summary>1:N search over an open gallery of synthetic templates: probes at once, encoding, threads. One operation is a whole batch.</summary>
[MemoryDiagnoser]
public class IdentifyBenchmarks
{
    private Gallery gallery = null!;
    private ProbeBatch probes = null!;
    private MatchBuffer buffer = null!;

    /// <summary>How templates are kept.</summary>
    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    /// <summary>Templates in the gallery, 512 dimensions each.</summary>
    [Params(100_000)]
    public int Templates { get; set; }

    /// <summary>Probes in a batch.</summary>
    [Params(1, 16, 256)]
    public int Probes { get; set; }

    /// <summary>Threads per search.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Builds the gallery and checks the answers before anything is timed.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var model = new TemplateModel("synthetic", 512, Encoding);
        gallery = SyntheticGallery.Create(model, Templates, Threads);
        probes = SyntheticGallery.Probes(model, Probes, Templates);
        buffer = new MatchBuffer(Probes, 10);
        Identify();
        SyntheticGallery.Check(buffer, Templates);
    }

    /// <summary>The bulk path: from packed probes to a filled buffer, top 10.</summary>
    [Benchmark]
    public void Identify() => gallery.Identify(probes, Threshold.RankOnly, buffer);

    /// <summary>Wipes the gallery.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        probes.Dispose();
        gallery.Dispose();
    }
}
