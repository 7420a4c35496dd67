using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Probes turned and encoded as a purpose's templates are, for many 1:1 comparisons, in native memory that is left out of dumps and wiped on dispose.</summary>
/// <remarks>Beside the probes as they were given, these tell how the purpose turns its templates: they are never copied to managed memory.</remarks>
internal sealed unsafe class PreparedProbes : IDisposable
{
    private readonly TemplateModel model;
    private readonly GalleryMemory memory;
    private readonly int size;

    public PreparedProbes(TemplateModel model, Rotation? rotation, IReadOnlyList<LabelledProbe> probes)
    {
        this.model = model;
        Count = probes.Count;
        size = TemplateCodec.EncodedSize(model);
        memory = new GalleryMemory((long)size * Count);
        for (int i = 0; i < Count; i++)
            TemplateCodec.Encode(model, rotation, probes[i].Embedding.Span, Probe(i));
    }

    public int Count { get; }

    /// <summary>What <see cref="Similarity.Score"/> gives for that probe.</summary>
    public float Score(int probe, ReadOnlySpan<byte> template) => Similarity.Compare(model, template, Probe(probe));

    public void Dispose() => memory.Dispose();

    private Span<byte> Probe(int number) => new(memory.Start + (long)size * number, size);
}
