namespace FaceVault.Matching;

/// <summary>Templates that stand open, interleaved in their panels: whoever reads a block reads it where it lies.</summary>
internal sealed unsafe class OpenPanels(BlockLayout layout) : TemplateBody
{
    public override int ScratchSize => 0;

    public override int ProbesPerReading => 0;

    public override void Initialize(byte* block)
    {
    }

    public override void Write(InterleavedBlock block, int lane, ReadOnlySpan<LaneName> names, byte* values, nint stride)
    {
        byte* panel = block.Memory + (nint)(lane / layout.LanesPerPanel) * layout.PanelBytes;
        if (names.Length == layout.LanesPerPanel)
        {
            Interleaving.WritePanel(layout, panel, values, stride);
            return;
        }

        for (int i = 0; i < names.Length; i++)
            Interleaving.WriteLane(layout, panel, lane % layout.LanesPerPanel + i, new ReadOnlySpan<byte>(values + i * stride, layout.ValuesSize));
    }

    public override void Wipe(InterleavedBlock block, int lane)
    {
        uint* column = (uint*)(block.Memory + (nint)(lane / layout.LanesPerPanel) * layout.PanelBytes) + lane % layout.LanesPerPanel;
        for (int row = 0; row < layout.Rows; row++)
            Volatile.Write(ref column[(nint)row * layout.LanesPerPanel], 0u);
    }

    public override byte* Panels(InterleavedBlock block, float* factors, byte* scratch) => block.Memory;
}
