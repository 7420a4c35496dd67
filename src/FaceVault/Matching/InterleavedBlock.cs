namespace FaceVault.Matching;

/// <summary>A view of one block (<see cref="BlockLayout"/>) in native memory: its panels and the columns about its lanes. The owner orders the accesses.</summary>
/// <remarks>
/// A lane's factor turns a raw dot product into a score: 1 for float32, one over the length of the integer vector for int8, and NaN for a lane that is empty,
/// purged or past its use end. No comparison lets a NaN through, so a masked lane can never become a candidate.
/// </remarks>
/// <param name="layout">Where everything lies.</param>
/// <param name="memory">The block.</param>
/// <param name="panels">Its panels: in the block itself, or in the scratch of whoever reads it; null where nobody does.</param>
internal readonly unsafe struct InterleavedBlock(BlockLayout layout, byte* memory, byte* panels)
{
    public byte* Memory => memory;

    public float* Factors => (float*)(memory + layout.FactorOffset);

    public uint* Slots => (uint*)(memory + layout.SlotOffset);

    /// <summary>Unix minutes from which on the lane may no longer be used; <see cref="uint.MaxValue"/> = never.</summary>
    public uint* UseEnds => (uint*)(memory + layout.UseEndsOffset);

    /// <summary>The gallery's change number at which the lane was last purged; 0 = never.</summary>
    public uint* Purged => (uint*)(memory + layout.PurgedOffset);

    public ushort* Ordinals => (ushort*)(memory + layout.OrdinalOffset);

    public byte* Panel(int index) => panels + (nint)index * layout.PanelBytes;

    /// <summary>Marks every lane of a fresh, zeroed block as empty.</summary>
    public void Initialize() => new Span<float>(Factors, layout.Lanes).Fill(float.NaN);

    /// <summary>Says whose template a filled lane holds and lets searches see it: whoever reads a factor that is a number may read the lane.</summary>
    public void Publish(int lane, LaneName name, float factor)
    {
        Slots[lane] = name.Slot;
        Ordinals[lane] = name.Ordinal;
        UseEnds[lane] = name.UseEnds;
        Volatile.Write(ref Factors[lane], factor);
    }

    /// <summary>Zeroes what stands about a lane. What is left says only that it was purged.</summary>
    public void Forget(int lane, uint change)
    {
        Factors[lane] = float.NaN;
        Slots[lane] = 0;
        Ordinals[lane] = 0;
        UseEnds[lane] = 0;
        Purged[lane] = change;
    }
}

/// <summary>Whose template a lane holds.</summary>
/// <param name="Slot">The slot of the consent, 1 or more.</param>
/// <param name="Ordinal">Which of the slot's templates, from 0.</param>
/// <param name="UseEnds">Unix minutes from which on it may no longer be found.</param>
internal readonly record struct LaneName(uint Slot, ushort Ordinal, uint UseEnds);
