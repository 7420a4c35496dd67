namespace FaceVault.Matching;

/// <summary>How the templates of a gallery stand in its blocks: the one thing in which open and sealed galleries differ. The store orders the accesses.</summary>
internal abstract unsafe class TemplateBody
{
    public static TemplateBody Create(BlockLayout layout) => layout.Mode == GalleryMode.Sealed ? new SealedTemplates(layout) : new OpenPanels(layout);

    /// <summary>Bytes that a reader needs of its own to read a block, 0 for none.</summary>
    public abstract int ScratchSize { get; }

    /// <summary>What reading a block costs beside comparing it, as if so many more probes passed over its panels.</summary>
    public abstract int ProbesPerReading { get; }

    /// <summary>Prepares fresh, zeroed memory of a block.</summary>
    public abstract void Initialize(byte* block);

    /// <summary>Puts templates into masked lanes of one panel that lie side by side. Several threads may do so at once, in other lanes.</summary>
    /// <param name="block">The block.</param>
    /// <param name="lane">The first lane, 0 to lanes - 1.</param>
    /// <param name="names">Whose templates they are.</param>
    /// <param name="values">The first template: d floats or d signed bytes, little-endian.</param>
    /// <param name="stride">Bytes from one template to the next. What fills a whole panel is zero from its end to the panel's last row.</param>
    public abstract void Write(InterleavedBlock block, int lane, ReadOnlySpan<LaneName> names, byte* values, nint stride);

    /// <summary>Zeroes every byte of a template.</summary>
    public abstract void Wipe(InterleavedBlock block, int lane);

    /// <summary>The panels of a block. Lanes whose factor is NaN may hold anything.</summary>
    /// <param name="block">The block.</param>
    /// <param name="factors">A copy of its factors, read before anything else of it.</param>
    /// <param name="scratch">The reader's own <see cref="ScratchSize"/> bytes, zeroed, which the reader wipes when it is done.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: a template is not what was written.</exception>
    public abstract byte* Panels(InterleavedBlock block, float* factors, byte* scratch);
}
