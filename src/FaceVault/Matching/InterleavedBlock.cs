using System.Buffers.Binary;

namespace FaceVault.Matching;

/// <summary>A view of one block (<see cref="BlockLayout"/>) in native memory: writing, wiping and naming its lanes. The owner orders the accesses.</summary>
/// <remarks>
/// A lane's factor turns a raw dot product into a score: 1 for float32, one over the length of the integer vector for int8, and NaN for a lane that is empty,
/// purged or past its use end. No comparison lets a NaN through, so a masked lane can never become a candidate.
/// </remarks>
internal readonly unsafe struct InterleavedBlock(BlockLayout layout, byte* memory)
{
    public byte* Memory => memory;

    public float* Factors => (float*)(memory + layout.FactorOffset);

    public uint* Slots => (uint*)(memory + layout.SlotOffset);

    /// <summary>Unix minutes from which on the lane may no longer be used; <see cref="uint.MaxValue"/> = never.</summary>
    public uint* UseEnds => (uint*)(memory + layout.UseEndsOffset);

    /// <summary>The gallery's change number at which the lane was last purged; 0 = never.</summary>
    public uint* Purged => (uint*)(memory + layout.PurgedOffset);

    public ushort* Ordinals => (ushort*)(memory + layout.OrdinalOffset);

    public byte* Panel(int index) => memory + (nint)index * layout.PanelBytes;

    /// <summary>Marks every lane of a fresh, zeroed block as empty.</summary>
    public void Initialize() => new Span<float>(Factors, layout.Lanes).Fill(float.NaN);

    /// <summary>Puts a template into an empty lane, which stays masked until <see cref="Publish"/>.</summary>
    /// <param name="lane">0 to lanes - 1.</param>
    /// <param name="slot">The slot of the consent.</param>
    /// <param name="ordinal">Which of the slot's templates.</param>
    /// <param name="useEnds">Unix minutes from which on it may not be used.</param>
    /// <param name="encoded">What the codec wrote: d floats, or a float scale and d signed bytes, little-endian.</param>
    /// <returns>The lane's factor.</returns>
    public float Fill(int lane, uint slot, ushort ordinal, uint useEnds, ReadOnlySpan<byte> encoded)
    {
        float factor = layout.IsInt8 ? WriteBytes(lane, encoded[4..]) : WriteFloats(lane, encoded);
        Slots[lane] = slot;
        Ordinals[lane] = ordinal;
        UseEnds[lane] = useEnds;
        return factor;
    }

    /// <summary>Lets searches see a lane that was filled: whoever reads a factor that is a number may read the lane.</summary>
    public void Publish(int lane, float factor) => Volatile.Write(ref Factors[lane], factor);

    /// <summary>Zeroes a lane: its values, its names, its factor's magnitude. What is left says only that it was purged.</summary>
    public void Purge(int lane, uint change)
    {
        uint* column = Column(lane);
        for (int row = 0; row < layout.Rows; row++)
            Volatile.Write(ref column[(nint)row * layout.LanesPerPanel], 0u);
        Factors[lane] = float.NaN;
        Slots[lane] = 0;
        Ordinals[lane] = 0;
        UseEnds[lane] = 0;
        Purged[lane] = change;
    }

    private uint* Column(int lane) => (uint*)Panel(lane / layout.LanesPerPanel) + lane % layout.LanesPerPanel;

    private float WriteFloats(int lane, ReadOnlySpan<byte> values)
    {
        uint* column = Column(lane);
        for (int row = 0; row < layout.Rows; row++)
            column[(nint)row * 32] = BinaryPrimitives.ReadUInt32LittleEndian(values[(4 * row)..]);
        return 1f;
    }

    private float WriteBytes(int lane, ReadOnlySpan<byte> values)
    {
        uint* column = Column(lane);
        int whole = layout.Dimensions / 4;
        for (int row = 0; row < whole; row++)
            column[(nint)row * 16] = BinaryPrimitives.ReadUInt32LittleEndian(values[(4 * row)..]);
        if (whole < layout.Rows)
        {
            Span<byte> last = stackalloc byte[4];
            last.Clear();
            values[(4 * whole)..].CopyTo(last);
            column[(nint)whole * 16] = BinaryPrimitives.ReadUInt32LittleEndian(last);
        }

        return IntegerLength.Reciprocal(values);
    }
}
