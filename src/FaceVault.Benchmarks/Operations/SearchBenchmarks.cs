using BenchmarkDotNet.Attributes;

namespace FaceVault.Benchmarks;

/// <summary>The other bulk searches over an open gallery of 512-d templates, 64 probes, one thread: all who reach a threshold, every score, the ten best scored again. One operation is a whole batch.</summary>
[MemoryDiagnoser]
public class SearchBenchmarks
{
    private const int Probes = 64;
    private static readonly Threshold Half = Threshold.At(0.5f);
    private static readonly SearchOptions Again = new() { Rescore = true };
    private readonly HitBuffer hits = new(Probes, 10_000);
    private readonly MatchBuffer best = new(Probes, 10);
    private Gallery gallery = null!;
    private ProbeBatch probes = null!;
    private GallerySnapshot snapshot = null!;
    private float[] scores = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [Params(100_000)]
    public int Templates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var model = new TemplateModel("synthetic", 512, Encoding);
        gallery = SyntheticGallery.Create(model, Templates, threads: 1);
        probes = SyntheticGallery.Probes(model, Probes, Templates);
        snapshot = gallery.TakeSnapshot();
        scores = new float[Probes * snapshot.Count];
        gallery.Identify(probes, Threshold.RankOnly, best);
        SyntheticGallery.Check(best, Templates);
        FindAll();
        Score();
        for (int probe = 0; probe < Probes; probe++)
        {
            Candidate mate = best[probe][0];
            BenchmarkCheck.That(scores[probe * snapshot.Count + (int)mate.Slot - 1] == mate.Score);
            BenchmarkCheck.That(hits.IsComplete && (probe % 2 == 0 ? hits[probe].SequenceEqual([mate]) : hits[probe].IsEmpty)); // no other template comes near
        }

        IdentifyScoredAgain();
        SyntheticGallery.Check(best, Templates);
    }

    [Benchmark]
    public void FindAll() => gallery.FindAll(probes, Half, hits);

    [Benchmark]
    public void Score() => gallery.Score(probes, snapshot, scores);

    [Benchmark]
    public void IdentifyScoredAgain() => gallery.Identify(probes, Threshold.RankOnly, best, Again);

    [GlobalCleanup]
    public void Cleanup()
    {
        probes.Dispose();
        gallery.Dispose();
    }
}
