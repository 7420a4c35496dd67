using FaceVault.Interop;
using FaceVault.Matching;

namespace FaceVault;

/// <summary>Probes of one model, ready to be compared: normalised (or quantised, for an int8 model) and packed side by side for the kernels, in native memory that is left out of dumps and wiped on dispose.</summary>
/// <remarks>
/// A batch may be compared with any gallery of its model, any number of times, by several threads at once as long as nobody changes it meanwhile. Adding
/// costs about a nanosecond per number. Probes of an int8 model are quantised to 127 steps of their own largest number, so that the comparison is exact in
/// integers.
/// </remarks>
public sealed unsafe class ProbeBatch : IDisposable
{
    private readonly GalleryMemory memory;
    private readonly int tileProbes;
    private readonly int rows;
    private readonly long tileElements;
    private readonly long factorsOffset;
    private readonly long sumsOffset;
    private readonly long scratchOffset;

    /// <summary>An empty batch.</summary>
    /// <param name="model">The model of the probes.</param>
    /// <param name="capacity">How many probes it can hold, 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside its range.</exception>
    public ProbeBatch(TemplateModel model, int capacity)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1_000_000);
        Model = model;
        Capacity = capacity;
        bool bytes = model.Encoding == TemplateEncoding.Int8;
        tileProbes = bytes ? DotKernels.ByteTile : DotKernels.FloatTile;
        rows = bytes ? (model.Dimensions + 3) / 4 : model.Dimensions;
        tileElements = (long)rows * tileProbes;
        long tiles = (capacity + tileProbes - 1) / tileProbes;
        factorsOffset = 4 * tiles * tileElements;
        sumsOffset = factorsOffset + 4 * tiles * tileProbes;
        scratchOffset = sumsOffset + 4 * tiles * tileProbes;
        memory = new GalleryMemory(scratchOffset + model.Dimensions);
    }

    /// <summary>The model of the probes.</summary>
    public TemplateModel Model { get; }

    /// <summary>How many probes fit.</summary>
    public int Capacity { get; }

    /// <summary>How many probes there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a probe. What cannot be compared is refused and leaves the batch as it was.</summary>
    /// <param name="embedding">As many finite numbers as the model has dimensions, not all zero; of any length, it is normalised here.</param>
    /// <exception cref="ArgumentException">Wrong number of dimensions, NaN, infinity or the zero vector.</exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="ObjectDisposedException">The batch was wiped.</exception>
    public void Add(ReadOnlySpan<float> embedding)
    {
        _ = memory.Start;
        double length = Check(Model, embedding, nameof(embedding));
        if (Count == Capacity)
            throw Error.ProbeBatchFull();
        if (Model.Encoding == TemplateEncoding.Int8)
            AddBytes(embedding);
        else
            AddFloats(embedding, length);
        Count++;
    }

    /// <summary>Wipes and forgets the probes.</summary>
    /// <exception cref="ObjectDisposedException">The batch was wiped.</exception>
    public void Clear()
    {
        Libsodium.sodium_memzero(memory.Start, (nuint)(4 * ((Count + tileProbes - 1) / tileProbes) * tileElements));
        Libsodium.sodium_memzero(memory.Start + factorsOffset, (nuint)(scratchOffset - factorsOffset));
        Count = 0;
    }

    /// <summary>Wipes the probes.</summary>
    public void Dispose() => memory.Dispose();

    /// <summary>The length of an embedding that can be compared under a model; refuses all others.</summary>
    internal static double Check(TemplateModel model, ReadOnlySpan<float> embedding, string parameter)
    {
        if (embedding.Length != model.Dimensions)
            throw Error.ProbeDimensions(parameter, model.Dimensions);
        double sum = 0;
        foreach (float value in embedding)
            sum += (double)value * value;
        if (!double.IsFinite(sum))
            throw Error.ProbeNotFinite(parameter);
        return sum > 0 ? Math.Sqrt(sum) : throw Error.ProbeZero(parameter);
    }

    /// <summary>The elements (floats, or groups of four signed bytes) of the tile of that number.</summary>
    internal uint* Tile(int index) => (uint*)memory.Start + index * tileElements;

    /// <summary>One over the length of each int8 probe.</summary>
    internal float* Factors => (float*)(memory.Start + factorsOffset);

    /// <summary>The sum of the numbers of each int8 probe.</summary>
    internal int* Sums => (int*)(memory.Start + sumsOffset);

    /// <summary>The first element of the column of the probe that is being added.</summary>
    private uint* Column => Tile(Count / tileProbes) + Count % tileProbes;

    private void AddFloats(ReadOnlySpan<float> embedding, double length)
    {
        float* column = (float*)Column;
        for (int i = 0; i < embedding.Length; i++)
            column[(nint)i * DotKernels.FloatTile] = (float)(embedding[i] / length);
    }

    private void AddBytes(ReadOnlySpan<float> embedding)
    {
        sbyte* column = (sbyte*)Column;
        var quantized = new Span<byte>(memory.Start + scratchOffset, embedding.Length);
        Factors[Count] = Quantization.Quantize(embedding, quantized);
        int sum = 0;
        for (int i = 0; i < quantized.Length; i++)
        {
            var value = unchecked((sbyte)quantized[i]);
            column[(nint)(i / 4) * DotKernels.ByteTile * 4 + i % 4] = value;
            sum += value;
        }

        Sums[Count] = sum;
        quantized.Clear();
    }
}
