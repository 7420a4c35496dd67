using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Templates;

/// <summary>What one sealed template is: the fields that its seal is bound to.</summary>
/// <remarks>Associated data, integers little-endian: <c>"facevault/tmpl01" ‖ vault id 16 ‖ slot 4 ‖ ordinal 2 ‖ consent tag 16 ‖ purpose version 4 ‖ dimensions 2 ‖ encoding 1 ‖ name length 1 ‖ name</c>.</remarks>
internal readonly ref struct TemplateContext
{
    public const int MaxSize = FixedSize + TemplateModel.MaxNameLength;

    private const int FixedSize = 16 + 16 + 4 + 2 + 16 + 4 + 2 + 1 + 1;

    private readonly ReadOnlySpan<byte> vaultId;
    private readonly ReadOnlySpan<byte> consentTag;
    private readonly uint slot;
    private readonly ushort ordinal;
    private readonly uint purposeVersion;

    /// <param name="vaultId">16 bytes.</param>
    /// <param name="slot">From 1.</param>
    /// <param name="ordinal">The template's number within the slot.</param>
    /// <param name="consentTag">16 bytes.</param>
    /// <param name="purposeVersion">Purpose number &lt;&lt; 16 | version.</param>
    /// <param name="model">The model that made the template.</param>
    public TemplateContext(ReadOnlySpan<byte> vaultId, uint slot, ushort ordinal, ReadOnlySpan<byte> consentTag, uint purposeVersion, TemplateModel model)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vaultId.Length, 16);
        ArgumentOutOfRangeException.ThrowIfZero(slot);
        ArgumentOutOfRangeException.ThrowIfNotEqual(consentTag.Length, 16);
        ArgumentNullException.ThrowIfNull(model);
        this.vaultId = vaultId;
        this.consentTag = consentTag;
        this.slot = slot;
        this.ordinal = ordinal;
        this.purposeVersion = purposeVersion;
        Model = model;
    }

    public TemplateModel Model { get; }

    /// <summary>Writes the associated data and returns its length, at most <see cref="MaxSize"/>.</summary>
    public int Write(Span<byte> destination)
    {
        Labels.Template.CopyTo(destination);
        vaultId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], slot);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[36..], ordinal);
        consentTag.CopyTo(destination[38..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[54..], purposeVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[58..], (ushort)Model.Dimensions);
        destination[60] = (byte)Model.Encoding;
        destination[61] = (byte)Model.Name.Length;
        return FixedSize + System.Text.Encoding.ASCII.GetBytes(Model.Name, destination[FixedSize..]);
    }
}
