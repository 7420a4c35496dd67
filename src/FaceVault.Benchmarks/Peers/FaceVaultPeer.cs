using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks.Peers;

/// <summary>A gallery of this library, searched on the bulk path.</summary>
internal sealed class FaceVaultPeer : Peer
{
    private readonly Gallery gallery;
    private readonly Dictionary<int, ProbeBatch> batches = [];
    private readonly MatchBuffer buffer = new(DataSet.MostProbes, Top);

    public FaceVaultPeer(DataSet data, TemplateEncoding encoding, GalleryMode mode, IReadOnlyList<int> probes, int threads)
        : base("facevault", mode == GalleryMode.Sealed ? "sealed" : "open", encoding)
    {
        var model = new TemplateModel("synthetic", data.Dimensions, encoding);
        gallery = new Gallery(model, new GalleryOptions { Mode = mode, Threads = threads, TimeProvider = TimeProvider.System });
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        for (int i = 0; i < data.Count; i++)
        {
            TemplateCodec.Encode(model, data.Vector(i), encoded);
            gallery.Add((uint)i + 1, 0, encoded);
        }

        foreach (int count in probes)
        {
            batches[count] = new ProbeBatch(model, count);
            foreach (float[] probe in data.Probes.AsSpan(0, count))
                batches[count].Add(probe);
        }
    }

    public override string Remark => $"kernels {DotKernels.BestFloat} and {DotKernels.BestByte}";

    public override void Search(int probes) => gallery.Identify(batches[probes], Threshold.RankOnly, buffer);

    public override (int Row, float Score)[] Found(int probe) => [.. buffer[probe].ToArray().Select(c => ((int)c.Slot - 1, c.Score))];

    public override void Dispose()
    {
        gallery.Dispose();
        foreach (ProbeBatch batch in batches.Values)
            batch.Dispose();
        base.Dispose();
    }
}
