using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>Opens stored templates of a consent whose model is not written beside them: the model is part of what the seal authenticates.</summary>
internal static class TemplateModels
{
    /// <summary>The model under which the caller wants to work: the named one, or the purpose's first.</summary>
    /// <exception cref="RefusedException">S5: the model was retired.</exception>
    /// <exception cref="ArgumentException">The purpose knows no such model.</exception>
    public static TemplateModel Choose(PurposeVersion purpose, string? name, string parameter) => purpose.Definition.FindModel(name)
        ?? (purpose.Retired.Any(model => model.Name == name) ? throw new RefusedException([Error.ModelRetired()]) : throw Error.ModelUnknown(parameter));

    /// <summary>Whether the purpose knows a model whose ciphertexts are of this size.</summary>
    public static bool Has(PurposeVersion purpose, int sealedSize)
    {
        foreach (TemplateModel model in purpose.Known)
        {
            if (TemplateCodec.SealedSize(model) == sealedSize)
                return true;
        }

        return false;
    }

    /// <summary>Whether a purpose version still admits a model that was chosen before.</summary>
    public static IReadOnlyList<Violation> Check(PurposeVersion purpose, TemplateModel model) => purpose.Admitted.Contains(model) ? [] : [Error.ModelRetired()];

    /// <summary>Opens a ciphertext under whichever known model of its size it was sealed for.</summary>
    /// <returns>The model and how many bytes of <paramref name="encoded"/> hold the template.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: none opens it.</exception>
    public static (TemplateModel Model, int Length) Open(PurposeVersion purpose, KeyEntry entry, byte[] vaultId, uint slot, ushort ordinal, ReadOnlySpan<byte> blob, Span<byte> encoded)
    {
        foreach (TemplateModel model in purpose.Known)
        {
            if (TemplateCodec.SealedSize(model) != blob.Length)
                continue;
            int length = TemplateCodec.EncodedSize(model);
            var context = new TemplateContext(vaultId, slot, ordinal, entry.ConsentTag, entry.PurposeVersion, model);
            if (TemplateCodec.TryOpen(entry.TemplateKey, context, blob, encoded[..length]))
                return (model, length);
        }

        throw Error.TemplateDamaged();
    }

    /// <summary>Seals an encoded template for a place in a slot.</summary>
    public static byte[] Seal(TemplateModel model, KeyEntry entry, byte[] vaultId, uint slot, ushort ordinal, ReadOnlySpan<byte> encoded)
    {
        var blob = new byte[TemplateCodec.SealedSize(model)];
        TemplateCodec.Seal(entry.TemplateKey, new TemplateContext(vaultId, slot, ordinal, entry.ConsentTag, entry.PurposeVersion, model), encoded, blob);
        return blob;
    }

    public const int MostEncodedBytes = (TemplateModel.MaxDimensions * sizeof(float)) + sizeof(float);
}
