using FaceVault.Cryptography;

namespace FaceVault.Matching;

/// <summary>
/// Where everything lies in a block of templates. A block is its templates followed by a few columns about its lanes. Searches read panels: a panel holds
/// <see cref="LanesPerPanel"/> templates interleaved, so that for each dimension (float32) or group of four dimensions (int8) the values of all lanes lie side by side.
/// An open gallery keeps the panels themselves, a sealed one sealed templates and their keys, from which panels are made in the scratch of whoever reads.
/// </summary>
/// <remarks>
/// <code>
/// float32  panel = d rows of 32 lanes × 4 bytes                 value (lane l, dimension i) at 128·i + 4·l
/// int8     panel = ⌈d/4⌉ rows of 16 lanes × 4 bytes             value + 128 (lane l, dimension i) at 64·⌊i/4⌋ + 4·l + i mod 4, anything from d on
/// open     block = panels ‖ columns
/// sealed   block = blob[lanes], rounded up to 64 bytes ‖ key 32 [lanes] ‖ columns
///          blob  = nonce 24 ‖ ciphertext, as long as the values: d floats or d signed bytes ‖ tag 16
/// columns        = factor float[lanes] ‖ slot uint[lanes] ‖ use ends uint[lanes] ‖ purged uint[lanes] ‖ ordinal ushort[lanes], rounded up to 64 bytes
/// </code>
/// The panels of an open block take about half a megabyte, so that they stay in a second-level cache while a batch of probes passes over them, and are never so large
/// that a worker holds the block longer than a purge may wait. Those of a sealed one take 32 KiB, or four panels: they are written, read and wiped in the
/// nearest caches, and opening a block takes less than 0.1 ms (2 ms where four panels are 2 MiB: float32 with 4,096 dimensions).
/// </remarks>
internal sealed class BlockLayout
{
    private const int OpenPanelBytesPerBlock = 512 * 1024;
    private const int SealedPanelBytesPerBlock = 32 * 1024;
    private const int MaxLanesPerBlock = 1024;

    public const int MostLanesPerPanel = 32;

    /// <summary>Panels that are read side by side where one probe alone has to fill the memory bus.</summary>
    public const int Streams = 4;

    public BlockLayout(int dimensions, TemplateEncoding encoding, GalleryMode mode = GalleryMode.Open)
    {
        Dimensions = dimensions;
        Encoding = encoding;
        Mode = mode;
        LanesPerPanel = encoding == TemplateEncoding.Int8 ? 16 : 32;
        Rows = encoding == TemplateEncoding.Int8 ? (dimensions + 3) / 4 : dimensions;
        PanelBytes = Rows * LanesPerPanel * 4;
        int panelBytes = mode == GalleryMode.Sealed ? SealedPanelBytesPerBlock : OpenPanelBytesPerBlock;
        Panels = Math.Clamp(panelBytes / PanelBytes / Streams * Streams, Streams, MaxLanesPerBlock / LanesPerPanel);
        Lanes = Panels * LanesPerPanel;
        KeyOffset = (Lanes * BlobSize + 63) / 64 * 64;
        FactorOffset = mode == GalleryMode.Sealed ? KeyOffset + SecretKey.Size * Lanes : PanelsSize;
        SlotOffset = FactorOffset + 4 * Lanes;
        UseEndsOffset = SlotOffset + 4 * Lanes;
        PurgedOffset = UseEndsOffset + 4 * Lanes;
        OrdinalOffset = PurgedOffset + 4 * Lanes;
        BlockBytes = (OrdinalOffset + 2 * Lanes + 63) / 64 * 64;
    }

    public int Dimensions { get; }

    public TemplateEncoding Encoding { get; }

    public GalleryMode Mode { get; }

    public bool IsInt8 => Encoding == TemplateEncoding.Int8;

    /// <summary>What four values are combined with (exclusive or) on their way into a panel and out of it: signed bytes become unsigned ones.</summary>
    public uint SignBits => IsInt8 ? 0x80808080 : 0;

    public int LanesPerPanel { get; }

    /// <summary>Rows of a panel: dimensions, or groups of four of them.</summary>
    public int Rows { get; }

    public int PanelBytes { get; }

    /// <summary>Panels in a block, a multiple of <see cref="Streams"/>.</summary>
    public int Panels { get; }

    /// <summary>Bytes of all panels of a block.</summary>
    public int PanelsSize => Panels * PanelBytes;

    /// <summary>Templates in a block.</summary>
    public int Lanes { get; }

    /// <summary>Where the keys of a sealed block begin.</summary>
    public int KeyOffset { get; }

    public int FactorOffset { get; }

    public int SlotOffset { get; }

    public int UseEndsOffset { get; }

    public int PurgedOffset { get; }

    public int OrdinalOffset { get; }

    public int BlockBytes { get; }

    /// <summary>Bytes of a template's numbers: d floats or d signed bytes.</summary>
    public int ValuesSize => IsInt8 ? Dimensions : 4 * Dimensions;

    /// <summary>Bytes of a template as the codec writes it: d floats, or a float scale and d signed bytes.</summary>
    public int EncodedSize => IsInt8 ? 4 + ValuesSize : ValuesSize;

    /// <summary>Bytes of a sealed template, its key apart.</summary>
    public int BlobSize => Aead.Overhead + ValuesSize;
}
