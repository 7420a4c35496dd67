using System.Runtime.InteropServices;
using FaceVault.Matching;

namespace FaceVault.Benchmarks.Peers;

/// <summary>Contestants that are compiled here and take rows and packed probes by pointer.</summary>
internal abstract unsafe class RowsPeer : Peer
{
    private readonly DataSet data;
    private readonly float* probes;
    private readonly float[] scores = new float[DataSet.MostProbes * Top];

    protected RowsPeer(string engine, string mode, TemplateEncoding encoding, DataSet data)
        : base(engine, mode, encoding)
    {
        this.data = data;
        probes = (float*)NativeMemory.AlignedAlloc((nuint)DataSet.MostProbes * (nuint)data.Dimensions * sizeof(float), 64);
        for (int i = 0; i < DataSet.MostProbes; i++)
            data.Probes[i].CopyTo(new Span<float>(probes + (nint)i * data.Dimensions, data.Dimensions));
    }

    protected DataSet Data => data;

    protected float* Probes => probes;

    protected Span<float> Scores => scores;

    public override (int Row, float Score)[] Found(int probe) => [.. Enumerable.Range(probe * Top, Top).Select(i => (RowAt(i), ScoreAt(scores[i])))];

    public override void Dispose()
    {
        NativeMemory.AlignedFree(probes);
        base.Dispose();
    }

    protected abstract int RowAt(int place);

    protected virtual float ScoreAt(float value) => value;
}

/// <summary>OpenBLAS: a product, then a selection.</summary>
internal sealed unsafe class SgemmPeer(DataSet data, int threads) : RowsPeer("sgemm", "product", TemplateEncoding.Float32, data)
{
    private const string Install = "eng/peers.sh, or apt-get install g++ libopenblas-dev";
    private readonly nint library = NativePeer.Load("sgemm.cpp", Install, "openblas");
    private readonly uint[] rows = new uint[DataSet.MostProbes * Top];

    public override string Remark => "OpenBLAS " + Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "sgemm_build"))());

    public override void Search(int probes)
    {
        fixed (float* scores = Scores)
        fixed (uint* ids = rows)
            _ = ((delegate* unmanaged<float*, long, int, float*, int, int, int, float*, uint*, int>)NativeLibrary.GetExport(library, "sgemm_search"))(
                Data.Rows, Data.Count, Data.Dimensions, Probes, probes, Top, threads, scores, ids);
    }

    protected override int RowAt(int place) => (int)rows[place];
}

/// <summary>The float32 search in C++: the same panels and tiles.</summary>
internal sealed unsafe class TwinPeer : RowsPeer
{
    private readonly int threads;
    private readonly nint library;
    private readonly GalleryMemory panels;
    private readonly long panelCount;
    private readonly int dimensions;
    private readonly float* tiles;
    private readonly uint[] rows = new uint[DataSet.MostProbes * Top];

    public TwinPeer(DataSet data, int threads)
        : base("cpp-twin", "open", TemplateEncoding.Float32, data)
    {
        this.threads = threads;
        library = NativePeer.Load("twin.cpp", NativePeer.Compiler);
        dimensions = data.Dimensions;
        panelCount = (data.Count + 127) / 128 * 4;
        panels = new GalleryMemory(panelCount * 32 * dimensions * sizeof(float));
        for (int i = 0; i < data.Count; i++)
            for (int d = 0; d < dimensions; d++)
                ((float*)panels.Start)[((nint)(i / 32) * dimensions + d) * 32 + i % 32] = data.Row(i)[d];
        tiles = (float*)NativeMemory.AlignedAlloc((nuint)(DataSet.MostProbes / 12 + 1) * 12 * (nuint)dimensions * sizeof(float), 64);
    }

    public override string Remark => "g++ -O3 -march=native";

    public override void Search(int probes)
    {
        Pack(probes);
        fixed (float* scores = Scores)
        fixed (uint* ids = rows)
            if (((delegate* unmanaged<float*, long, int, float*, int, int, int, float*, uint*, int>)NativeLibrary.GetExport(library, "twin_search"))(
                (float*)panels.Start, panelCount, dimensions, tiles, probes, Top, threads, scores, ids) != 0)
                throw new InvalidOperationException("The twin refused its panels.");
    }

    public override void Dispose()
    {
        panels.Dispose();
        NativeMemory.AlignedFree(tiles);
        base.Dispose();
    }

    protected override int RowAt(int place) => (int)rows[place];

    private int packed;

    /// <summary>Once for each number of probes: packing is not timed, nor is it for the others.</summary>
    private void Pack(int probes)
    {
        if (packed == probes)
            return;
        packed = probes;
        new Span<float>(tiles, (DataSet.MostProbes / 12 + 1) * 12 * dimensions).Clear();
        for (int i = 0; i < probes; i++)
            for (int d = 0; d < dimensions; d++)
                tiles[((nint)(i / 12) * dimensions + d) * 12 + i % 12] = Probes[(nint)i * dimensions + d];
    }
}

/// <summary>FAISS: flat, scalar quantiser, or a graph.</summary>
internal sealed unsafe class FaissPeer : RowsPeer
{
    private const string Install = "eng/peers.sh, or apt-get install g++ libfaiss-dev libopenblas-dev";
    private const int Effort = 128;
    private readonly nint library;
    private readonly nint index;
    private readonly int kind;
    private readonly int threads;
    private readonly long[] rows = new long[DataSet.MostProbes * Top];

    public FaissPeer(DataSet data, string engine, int threads)
        : base(engine, engine == "hnsw" ? "graph" : "open", engine == "faiss-sq8" ? TemplateEncoding.Int8 : TemplateEncoding.Float32, data)
    {
        this.threads = threads;
        kind = engine switch { "faiss-flat" => 0, "faiss-sq8" => 1, _ => 2 };
        library = NativePeer.Load("faiss.cpp", Install, "faiss", "openblas");
        index = ((delegate* unmanaged<int, float*, long, int, int, nint>)NativeLibrary.GetExport(library, "faiss_make"))(
            kind, data.Rows, data.Count, data.Dimensions, kind == 2 ? Environment.ProcessorCount : threads);
        if (index == 0)
            throw new PeerAbsentException(Install, "FAISS made no index.");
    }

    public override bool IsSlow => kind != 0;

    public override bool IsApproximate => kind == 2;

    public override string Remark => $"FAISS{(kind == 2 ? ", 16 links, 40 candidates while building, " + Effort + " while searching" : "")}; BLAS: "
        + (File.ReadLines("/proc/self/maps").FirstOrDefault(l => l.Contains("openblas", StringComparison.Ordinal)) is { } map ? Path.GetFileName(map) : "not OpenBLAS")
        + ", kernels for " + Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "faiss_blas"))());

    public override void Search(int probes)
    {
        fixed (float* scores = Scores)
        fixed (long* ids = rows)
            if (((delegate* unmanaged<nint, float*, int, int, int, int, float*, long*, int>)NativeLibrary.GetExport(library, "faiss_find"))(
                index, Probes, probes, Top, Effort, threads, scores, ids) != 0)
                throw new InvalidOperationException("FAISS did not search.");
    }

    public override void Dispose()
    {
        ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "faiss_drop"))(index);
        base.Dispose();
    }

    protected override int RowAt(int place) => (int)rows[place];
}

/// <summary>USearch's exact search over the rows.</summary>
internal sealed unsafe class UsearchPeer : RowsPeer
{
    public const string Install = "eng/peers.sh";

    private const int InnerProduct = 2, Float32 = 1;
    private readonly nint library;
    private readonly int threads;
    private readonly ulong[] rows = new ulong[DataSet.MostProbes * Top];

    public UsearchPeer(DataSet data, int threads)
        : base("usearch", "exact", TemplateEncoding.Float32, data)
    {
        this.threads = threads;
        if (!NativeLibrary.TryLoad("libusearch_c.so", out library) && !NativeLibrary.TryLoad(Path.GetFullPath("artifacts/peers/usearch/libusearch_c.so"), out library))
            throw new PeerAbsentException(Install, "libusearch_c.so is not found.");
    }

    public override string Remark => "USearch " + Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "usearch_version"))());

    public override void Search(int probes)
    {
        nint error = 0;
        nuint row = (nuint)Data.Dimensions * sizeof(float);
        fixed (float* distances = Scores)
        fixed (ulong* keys = rows)
            ((delegate* unmanaged<float*, nuint, nuint, float*, nuint, nuint, int, nuint, int, nuint, nuint, ulong*, nuint, float*, nuint, nint*, void>)NativeLibrary.GetExport(library, "usearch_exact_search"))(
                Data.Rows, (nuint)Data.Count, row, Probes, (nuint)probes, row, Float32, (nuint)Data.Dimensions, InnerProduct, Top, (nuint)threads, keys, Top * sizeof(ulong), distances, Top * sizeof(float), &error);
        if (error != 0)
            throw new InvalidOperationException("USearch: " + Marshal.PtrToStringUTF8(error));
    }

    protected override int RowAt(int place) => (int)rows[place];

    /// <summary>USearch gives distances: one less the product.</summary>
    protected override float ScoreAt(float value) => 1 - value;
}
