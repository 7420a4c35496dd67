using FaceVault.Cryptography;
using FaceVault.Interop;

namespace FaceVault.Matching;

/// <summary>Templates that stand sealed, each under a random key of its own that exists in this gallery only, with its slot and ordinal as associated data. Whoever reads a block opens the lanes in use into scratch of its own.</summary>
/// <remarks>
/// <code>
/// scratch = panels ‖ one row for each lane of a panel: its opened values, zero from there on
/// </code>
/// The keys of fresh lanes are drawn together when a block is made; a lane that was wiped gets a new one when it is filled again, so no key ever seals twice.
/// </remarks>
internal sealed unsafe class SealedTemplates(BlockLayout layout) : TemplateBody
{
    /// <summary>slot uint ‖ ordinal ushort.</summary>
    private const int AssociatedSize = 6;

    /// <summary>From one row to the next: 64 bytes more than needed, so that rows of a round length do not meet in the cache.</summary>
    private readonly int rowStride = (layout.Rows * 4 + 63) / 64 * 64 + 64;

    public override int ScratchSize => layout.PanelsSize + layout.LanesPerPanel * rowStride;

    public override int ProbesPerReading => 16;

    public override void Initialize(byte* block) => SecureRandom.FillMuch(new Span<byte>(block + layout.KeyOffset, layout.Lanes * SecretKey.Size));

    public override void Write(InterleavedBlock block, int lane, ReadOnlySpan<LaneName> names, byte* values, nint stride)
    {
        byte* associated = stackalloc byte[AssociatedSize];
        foreach (LaneName name in names)
        {
            Span<byte> key = Key(block, lane);
            if (!key.ContainsAnyExcept((byte)0))
                SecureRandom.Fill(key);
            Associate(name.Slot, name.Ordinal, associated);
            Aead.Seal(key, new ReadOnlySpan<byte>(values, layout.ValuesSize), new ReadOnlySpan<byte>(associated, AssociatedSize), Blob(block, lane));
            lane++;
            values += stride;
        }
    }

    public override void Wipe(InterleavedBlock block, int lane)
    {
        fixed (byte* key = Key(block, lane), blob = Blob(block, lane))
        {
            Libsodium.sodium_memzero(key, SecretKey.Size);
            Libsodium.sodium_memzero(blob, (nuint)layout.BlobSize);
        }
    }

    public override byte* Panels(InterleavedBlock block, float* factors, byte* scratch)
    {
        byte* rows = scratch + layout.PanelsSize, end = rows + layout.LanesPerPanel * rowStride;
        byte* blob = block.Memory, key = block.Memory + layout.KeyOffset;
        int blobSize = layout.BlobSize, lane = 0;
        byte* associated = stackalloc byte[AssociatedSize];
        for (byte* panel = scratch; panel < rows; panel += layout.PanelBytes)
        {
            bool isUsed = false;
            for (byte* row = rows; row < end; row += rowStride, blob += blobSize, key += SecretKey.Size, lane++)
            {
                if (float.IsNaN(factors[lane]))
                    continue;
                isUsed = true;
                Associate(block.Slots[lane], block.Ordinals[lane], associated);
                if (!Aead.TryOpen(key, blob, blobSize, associated, AssociatedSize, row))
                    throw Error.GalleryDamaged();
            }

            if (isUsed)
                Interleaving.WritePanel(layout, panel, rows, rowStride);
        }

        return scratch;
    }

    private Span<byte> Key(InterleavedBlock block, int lane) => new(block.Memory + layout.KeyOffset + lane * SecretKey.Size, SecretKey.Size);

    private Span<byte> Blob(InterleavedBlock block, int lane) => new(block.Memory + (nint)lane * layout.BlobSize, layout.BlobSize);

    private static void Associate(uint slot, ushort ordinal, byte* associated)
    {
        *(uint*)associated = slot;
        *(ushort*)(associated + sizeof(uint)) = ordinal;
    }
}
