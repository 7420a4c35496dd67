namespace FaceVault.Matching;

/// <summary>
/// Where everything lies in a block of templates. A block is a row of panels followed by a few columns about its lanes; a panel holds
/// <see cref="LanesPerPanel"/> templates interleaved: for each dimension (float32) or group of four dimensions (int8) the values of all lanes lie side by side.
/// </summary>
/// <remarks>
/// <code>
/// float32  panel = d rows of 32 lanes × 4 bytes                 value (lane l, dimension i) at 128·i + 4·l
/// int8     panel = ⌈d/4⌉ rows of 16 lanes × 4 bytes             value (lane l, dimension i) at 64·⌊i/4⌋ + 4·l + i mod 4, zero from d on
/// block    = panels ‖ factor float[lanes] ‖ slot uint[lanes] ‖ use ends uint[lanes] ‖ purged uint[lanes] ‖ ordinal ushort[lanes], rounded up to 64 bytes
/// </code>
/// A block is about half a megabyte, so that it stays in a second-level cache while a batch of probes passes over it, and is never so large that a worker
/// holds it longer than a purge may wait.
/// </remarks>
internal sealed class BlockLayout
{
    private const int PanelBytesPerBlock = 512 * 1024;
    private const int MaxLanesPerBlock = 1024;

    /// <summary>Panels that are read side by side where one probe alone has to fill the memory bus.</summary>
    public const int Streams = 4;

    public BlockLayout(int dimensions, TemplateEncoding encoding)
    {
        Dimensions = dimensions;
        Encoding = encoding;
        LanesPerPanel = encoding == TemplateEncoding.Int8 ? 16 : 32;
        Rows = encoding == TemplateEncoding.Int8 ? (dimensions + 3) / 4 : dimensions;
        PanelBytes = Rows * LanesPerPanel * 4;
        Panels = Math.Clamp(PanelBytesPerBlock / PanelBytes / Streams * Streams, Streams, MaxLanesPerBlock / LanesPerPanel);
        Lanes = Panels * LanesPerPanel;
        FactorOffset = Panels * PanelBytes;
        SlotOffset = FactorOffset + 4 * Lanes;
        UseEndsOffset = SlotOffset + 4 * Lanes;
        PurgedOffset = UseEndsOffset + 4 * Lanes;
        OrdinalOffset = PurgedOffset + 4 * Lanes;
        BlockBytes = (OrdinalOffset + 2 * Lanes + 63) / 64 * 64;
    }

    public int Dimensions { get; }

    public TemplateEncoding Encoding { get; }

    public bool IsInt8 => Encoding == TemplateEncoding.Int8;

    public int LanesPerPanel { get; }

    /// <summary>Rows of a panel: dimensions, or groups of four of them.</summary>
    public int Rows { get; }

    public int PanelBytes { get; }

    /// <summary>Panels in a block, a multiple of <see cref="Streams"/>.</summary>
    public int Panels { get; }

    /// <summary>Templates in a block.</summary>
    public int Lanes { get; }

    public int FactorOffset { get; }

    public int SlotOffset { get; }

    public int UseEndsOffset { get; }

    public int PurgedOffset { get; }

    public int OrdinalOffset { get; }

    public int BlockBytes { get; }

    /// <summary>Bytes of a template as the codec writes it: d floats, or a float scale and d signed bytes.</summary>
    public int EncodedSize => IsInt8 ? 4 + Dimensions : 4 * Dimensions;
}
