using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault.Benchmarks;

/// <summary>The kernels alone over templates of their own, in the order in which a search uses them: no barrier, no selection, no other thread. What a search takes beyond it is what selecting and keeping order cost.</summary>
internal sealed unsafe class BareLoop : IDisposable
{
    private readonly GalleryStore store;
    private readonly BlockLayout layout;
    private readonly ProbeBatch probes;
    private readonly nint[] panels;
    private readonly nint[] factors;
    private readonly float* scores = (float*)NativeMemory.AlignedAlloc(DotKernels.ScoresPerCall * sizeof(float), 64);
    private bool sideBySide;

    /// <param name="model">The model of templates and probes.</param>
    /// <param name="templates">A multiple of the templates in a block.</param>
    /// <param name="probes">Not changed, not disposed.</param>
    public BareLoop(TemplateModel model, int templates, ProbeBatch probes)
    {
        layout = new BlockLayout(model.Dimensions, model.Encoding);
        ArgumentOutOfRangeException.ThrowIfNotEqual(templates % layout.Lanes, 0);
        store = new GalleryStore(layout, requireLock: false);
        this.probes = probes;
        SyntheticGallery.Fill(model, templates, (slot, encoded) => store.Add(slot, 0, uint.MaxValue, encoded));
        InterleavedBlock[] blocks = [.. Enumerable.Range(0, store.BlockCount).Select(store.Block)];
        panels = [.. blocks.Select(block => (nint)store.Body.Panels(block, block.Factors, null))];
        factors = [.. blocks.Select(block => (nint)block.Factors)];
        sideBySide = probes.Count == 1 && PrefersFourStreams();
        Run();
        Check(model, templates);
    }

    public void Run()
    {
        for (int block = 0; block < panels.Length; block++)
            if (probes.Count == 1)
                One((byte*)panels[block], (float*)factors[block]);
            else if (layout.IsInt8)
                Bytes((byte*)panels[block], (float*)factors[block]);
            else
                Floats((byte*)panels[block], (float*)factors[block]);
    }

    public void Dispose()
    {
        store.Dispose();
        NativeMemory.AlignedFree(scores);
    }

    /// <summary>Whether the last scores are those of the last probe and the last template.</summary>
    private void Check(TemplateModel model, int templates)
    {
        float[] vector = new float[model.Dimensions];
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        SyntheticGallery.Vector(templates - 1, vector);
        TemplateCodec.Encode(model, vector, encoded);
        SyntheticGallery.Probe(probes.Count - 1, templates, vector);
        int tile = layout.IsInt8 ? DotKernels.ByteTile : DotKernels.FloatTile;
        int last = probes.Count == 1 ? BlockLayout.Streams : (probes.Count - 1) % tile + 1;
        BenchmarkCheck.That(scores[last * layout.LanesPerPanel - 1] == Similarity.Score(model, encoded, vector));
    }

    private void One(byte* block, float* lanes)
    {
        int quarter = layout.Panels / BlockLayout.Streams, apart = sideBySide ? quarter : 1;
        nint stride = (nint)apart * layout.PanelBytes / 4;
        for (int i = 0; i < quarter; i++)
        {
            int panel = sideBySide ? i : i * BlockLayout.Streams;
            byte* at = block + (nint)panel * layout.PanelBytes;
            float* factor = lanes + panel * layout.LanesPerPanel;
            if (layout.IsInt8)
                DotKernels.ScoreOne(
                    DotKernels.BestByte, sideBySide, (int*)at, stride, (int*)probes.Tile(0), layout.Rows, probes.Sums[0], probes.Factors[0], factor, apart * layout.LanesPerPanel, scores);
            else
                DotKernels.ScoreOne(DotKernels.BestFloat, sideBySide, (float*)at, stride, (float*)probes.Tile(0), layout.Rows, factor, apart * layout.LanesPerPanel, scores);
        }
    }

    /// <summary>Whether this processor reads a block faster as four streams: what a search finds out as well.</summary>
    private bool PrefersFourStreams()
    {
        double one = double.MaxValue, four = double.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            sideBySide = false;
            one = Math.Min(one, AlternatingRounds.Seconds(Run));
            sideBySide = true;
            four = Math.Min(four, AlternatingRounds.Seconds(Run));
        }

        return four < one;
    }

    private void Floats(byte* block, float* lanes)
    {
        for (int panel = 0; panel < layout.Panels; panel++)
            for (int probe = 0, tile = 0; probe < probes.Count; probe += DotKernels.FloatTile, tile++)
                DotKernels.ScoreTile(
                    DotKernels.BestFloat, (float*)(block + (nint)panel * layout.PanelBytes), (float*)probes.Tile(tile), Math.Min(DotKernels.FloatTile, probes.Count - probe), layout.Rows,
                    lanes + panel * layout.LanesPerPanel, scores);
    }

    private void Bytes(byte* block, float* lanes)
    {
        int tiles = (probes.Count + DotKernels.ByteTile - 1) / DotKernels.ByteTile;
        for (int panel = 0; panel < layout.Panels; panel++)
            for (int tile = 0; tile < tiles; tile++)
            {
                int at = tile * DotKernels.ByteTile;
                byte* here = block + (nint)panel * layout.PanelBytes;
                if (panel + 1 < layout.Panels)
                    Fetch(here + layout.PanelBytes, tile, tiles);
                DotKernels.ScoreTile(
                    DotKernels.BestByte, (int*)here, (int*)probes.Tile(tile), Math.Min(DotKernels.ByteTile, probes.Count - at), layout.Rows,
                    probes.Sums + at, probes.Factors + at, lanes + panel * layout.LanesPerPanel, scores);
            }
    }

    private void Fetch(byte* next, int tile, int tiles)
    {
        if (!Sse.IsSupported)
            return;
        nint share = (layout.PanelBytes / tiles + 63) / 64 * 64, end = Math.Min(layout.PanelBytes, (tile + 1) * share);
        for (nint line = tile * share; line < end; line += 64)
            Sse.Prefetch1(next + line);
    }
}
