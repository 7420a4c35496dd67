using BenchmarkDotNet.Attributes;
using FaceVault.Cryptography;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>One template of 512 numbers: encoded (normalised, quantised), sealed under its consent's key, opened again.</summary>
[MemoryDiagnoser]
public class TemplateBenchmarks
{
    private readonly byte[] vault = new byte[16], tag = new byte[16];
    private byte[] keyBytes = null!;
    private TemplateModel model = null!;
    private float[] embedding = null!;
    private byte[] encoded = null!, sealedBytes = null!, opened = null!;

    [Params(TemplateEncoding.Float32, TemplateEncoding.Int8)]
    public TemplateEncoding Encoding { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        keyBytes = [.. Enumerable.Range(1, SecretKey.Size).Select(i => (byte)i)];
        model = new TemplateModel(SyntheticVault.Model, SyntheticVault.Dimensions, Encoding);
        embedding = SyntheticVault.Embedding(7).ToArray();
        encoded = new byte[TemplateCodec.EncodedSize(model)];
        opened = new byte[encoded.Length];
        sealedBytes = new byte[TemplateCodec.SealedSize(model)];
        Encode();
        Seal();
        BenchmarkCheck.That(Open() && opened.AsSpan().SequenceEqual(encoded) && opened.AsSpan().ContainsAnyExcept((byte)0));
        BenchmarkCheck.That(!TemplateCodec.TryOpen(new TemplateKey(new byte[SecretKey.Size]), Context(), sealedBytes, opened));
    }

    [Benchmark]
    public void Encode() => TemplateCodec.Encode(model, embedding, encoded);

    [Benchmark]
    public void Seal() => TemplateCodec.Seal(new TemplateKey(keyBytes), Context(), encoded, sealedBytes);

    [Benchmark]
    public bool Open() => TemplateCodec.TryOpen(new TemplateKey(keyBytes), Context(), sealedBytes, opened);

    private TemplateContext Context() => new(vault, 1, 0, tag, 1 << 16 | 1, model);
}
