using BenchmarkDotNet.Attributes;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>1:1: one probe against the template of one consent, opened for it and wiped again; and the comparison alone.</summary>
[MemoryDiagnoser]
public class VerifyBenchmarks
{
    private static readonly Threshold Half = Threshold.At(0.5f);
    private SyntheticVault synthetic = null!;
    private TemplateModel model = null!;
    private byte[] encoded = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [Params(10_000)]
    public int Templates { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        synthetic = new SyntheticVault(Path.GetTempPath(), Encoding, kind: PurposeKind.Verification);
        await synthetic.ImportAsync(Templates);
        model = new TemplateModel(SyntheticVault.Model, SyntheticVault.Dimensions, Encoding);
        encoded = new byte[TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, SyntheticVault.Embedding(7).Span, encoded);
        BenchmarkCheck.That((await VerifyFace()).Outcome == VerificationOutcome.Match);
        BenchmarkCheck.That((await synthetic.Vault.VerifyFaceAsync(SyntheticVault.Consent(7), SyntheticVault.Embedding(8), Half)).Outcome == VerificationOutcome.NoMatch);
        BenchmarkCheck.That(Compare() > 0.99f && Similarity.Score(model, encoded, SyntheticVault.Embedding(8).Span) < 0.5f);
    }

    [Benchmark]
    public Task<FaceVerification> VerifyFace() => synthetic.Vault.VerifyFaceAsync(SyntheticVault.Consent(7), SyntheticVault.Embedding(7), Half);

    [Benchmark]
    public float Compare() => Similarity.Score(model, encoded, SyntheticVault.Embedding(7).Span);

    [GlobalCleanup]
    public void Cleanup() => synthetic.Dispose();
}
