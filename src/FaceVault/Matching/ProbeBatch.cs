using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceVault.Interop;
using FaceVault.Matching;
using FaceVault.Templates;

namespace FaceVault;

/// <summary>Probes for the galleries of one purpose and model, ready to be compared: normalised, turned as the purpose turns its templates (or quantised after that, for an int8 model) and packed side by side for the kernels, in native memory that is left out of dumps and wiped on dispose.</summary>
/// <remarks>
/// A batch may be compared with the gallery that it was made for, in either mode, any number of times, by several threads at once as long as nobody changes it meanwhile; a gallery of another purpose refuses it. Adding
/// costs three to four nanoseconds per number. Probes of an int8 model are quantised to 127 steps of their own largest number, so that the comparison is exact in
/// integers, and kept as float32 too, for <see cref="SearchOptions.Rescore"/>: five bytes a number.
/// </remarks>
public sealed unsafe class ProbeBatch : IDisposable
{
    private readonly GalleryMemory memory;
    private readonly int tileProbes;
    private readonly int rows;
    private readonly long tileElements;
    private readonly long factorsOffset;
    private readonly long sumsOffset;
    private readonly long numbersOffset;
    private readonly long scratchOffset;
    private readonly long turnedOffset;

    /// <summary>An empty batch for a gallery.</summary>
    /// <param name="gallery">The gallery that it will be compared with, or the other one of the same purpose and model, open or sealed, of the same opened vault.</param>
    /// <param name="capacity">How many probes it can hold, 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside its range.</exception>
    public ProbeBatch(Gallery gallery, int capacity)
        : this((gallery ?? throw new ArgumentNullException(nameof(gallery))).Model, capacity, gallery.Rotation)
    {
    }

    /// <summary>The same for galleries whose rotation is known; null = not turned.</summary>
    internal ProbeBatch(TemplateModel model, int capacity, Rotation? rotation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1_000_000);
        Model = model;
        Rotation = rotation;
        Capacity = capacity;
        bool bytes = model.Encoding == TemplateEncoding.Int8;
        tileProbes = bytes ? DotKernels.ByteTile : DotKernels.FloatTile;
        rows = bytes ? (model.Dimensions + 3) / 4 : model.Dimensions;
        tileElements = (long)rows * tileProbes;
        long tiles = (capacity + tileProbes - 1) / tileProbes;
        factorsOffset = 4 * tiles * tileElements;
        sumsOffset = factorsOffset + 4 * tiles * tileProbes;
        numbersOffset = sumsOffset + 4 * tiles * tileProbes;
        scratchOffset = numbersOffset + (bytes ? NumbersSize * capacity : 0);
        turnedOffset = scratchOffset + TemplateCodec.EncodedSize(model);
        memory = new GalleryMemory(turnedOffset + (rotation is null ? 0 : model.Dimensions * sizeof(float)));
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
    /// <exception cref="ObjectDisposedException">The batch was wiped, or the vault of its gallery closed.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>: the purpose of its gallery.</exception>
    public void Add(ReadOnlySpan<float> embedding)
    {
        _ = memory.Start;
        Check(Model, embedding, nameof(embedding));
        if (Count == Capacity)
            throw Error.ProbeBatchFull();
        if (Rotation is null)
        {
            AddAsItIs(embedding);
            return;
        }

        var turned = new Span<float>(memory.Start + turnedOffset, Model.Dimensions);
        try
        {
            TemplateCodec.Turn(Model, Rotation, embedding, turned);
            AddAsItIs(turned);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(turned));
        }
    }

    /// <summary>Wipes and forgets the probes.</summary>
    /// <exception cref="ObjectDisposedException">The batch was wiped.</exception>
    public void Clear()
    {
        Libsodium.sodium_memzero(memory.Start, (nuint)(4 * ((Count + tileProbes - 1) / tileProbes) * tileElements));
        Libsodium.sodium_memzero(memory.Start + factorsOffset, (nuint)(numbersOffset - factorsOffset));
        if (scratchOffset > numbersOffset)
            Libsodium.sodium_memzero(memory.Start + numbersOffset, (nuint)(NumbersSize * Count));
        Count = 0;
    }

    /// <summary>Wipes the probes.</summary>
    public void Dispose() => memory.Dispose();

    /// <summary>Refuses an embedding that cannot be compared under a model.</summary>
    internal static void Check(TemplateModel model, ReadOnlySpan<float> embedding, string parameter)
    {
        if (embedding.Length != model.Dimensions)
            throw Error.ProbeDimensions(parameter, model.Dimensions);
        double sum = EmbeddingMath.SumOfSquares(embedding);
        if (!double.IsFinite(sum))
            throw Error.ProbeNotFinite(parameter);
        if (sum == 0)
            throw Error.ProbeZero(parameter);
    }

    /// <summary>How the probes are turned; null = not at all.</summary>
    internal Rotation? Rotation { get; }

    /// <summary>Refuses a batch that was wiped.</summary>
    internal void ThrowIfDisposed() => _ = memory.Start;

    /// <summary>The elements (floats, or groups of four signed bytes) of the tile of that number.</summary>
    internal uint* Tile(int index) => (uint*)memory.Start + index * tileElements;

    /// <summary>One over the length of each int8 probe.</summary>
    internal float* Factors => (float*)(memory.Start + factorsOffset);

    /// <summary>The sum of the numbers of each int8 probe.</summary>
    internal int* Sums => (int*)(memory.Start + sumsOffset);

    /// <summary>The float32 numbers of an int8 probe, as long as four times the rows of a tile: of length one, and zero from the model's dimensions on.</summary>
    internal float* Numbers(int probe) => (float*)(memory.Start + numbersOffset + NumbersSize * probe);

    /// <summary>The angle between an int8 probe's float32 numbers and its integers, in radians; right to 10^-7.</summary>
    internal double QuantisedAngle(int probe)
    {
        float* numbers = Numbers(probe);
        sbyte* steps = (sbyte*)(Tile(probe / tileProbes) + probe % tileProbes);
        double dot = 0, numberSquares = 0, stepSquares = 0;
        for (int i = 0; i < Model.Dimensions; i++)
        {
            double number = numbers[i], step = steps[(nint)(i / 4) * DotKernels.ByteTile * 4 + i % 4];
            dot += number * step;
            numberSquares += number * number;
            stepSquares += step * step;
        }

        return Math.Acos(Math.Min(1, dot / Math.Sqrt(numberSquares * stepSquares)));
    }

    private long NumbersSize => 16L * rows;

    /// <summary>The first element of the column of the probe that is being added.</summary>
    private uint* Column => Tile(Count / tileProbes) + Count % tileProbes;

    /// <summary>Deals the encoded probe out to its column.</summary>
    private void AddFloats(ReadOnlySpan<byte> encoded)
    {
        uint* column = Column;
        for (int i = 0; i < rows; i++)
            column[(nint)i * DotKernels.FloatTile] = BinaryPrimitives.ReadUInt32LittleEndian(encoded[(4 * i)..]);
    }

    private void AddAsItIs(ReadOnlySpan<float> numbers)
    {
        var encoded = new Span<byte>(memory.Start + scratchOffset, TemplateCodec.EncodedSize(Model));
        TemplateCodec.Encode(Model, numbers, encoded);
        if (Model.Encoding == TemplateEncoding.Int8)
            AddBytes(numbers, encoded[4..]);
        else
            AddFloats(encoded);
        CryptographicOperations.ZeroMemory(encoded);
        Count++;
    }

    private void AddBytes(ReadOnlySpan<float> embedding, ReadOnlySpan<byte> steps)
    {
        EmbeddingMath.Scale(embedding, 1 / Math.Sqrt(EmbeddingMath.SumOfSquares(embedding)), new Span<float>(Numbers(Count), embedding.Length));
        byte* column = (byte*)Column;
        int sum = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            column[(nint)(i / 4) * DotKernels.ByteTile * 4 + i % 4] = steps[i];
            sum += unchecked((sbyte)steps[i]);
        }

        Factors[Count] = IntegerLength.Reciprocal(steps);
        Sums[Count] = sum;
    }
}
