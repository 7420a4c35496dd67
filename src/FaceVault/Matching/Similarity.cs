using System.Buffers.Binary;
using System.Security.Cryptography;
using FaceVault.Templates;

namespace FaceVault.Matching;

/// <summary>One probe against one template (1:1), with the same bits as a search of a gallery gives.</summary>
internal static class Similarity
{
    /// <summary>The cosine similarity, -1 to 1.</summary>
    /// <param name="model">The model of both.</param>
    /// <param name="encoded">As <see cref="TemplateCodec"/> writes it.</param>
    /// <param name="probe">An embedding of the model, of any length.</param>
    /// <param name="rotation">How the template was turned; null = not at all.</param>
    /// <exception cref="ArgumentException">Wrong length, NaN, infinity or the zero vector.</exception>
    public static float Score(TemplateModel model, ReadOnlySpan<byte> encoded, ReadOnlySpan<float> probe, Rotation? rotation = null)
    {
        ProbeBatch.Check(model, probe, nameof(probe));
        if (encoded.Length != TemplateCodec.EncodedSize(model))
            throw Error.EncodedTemplateLength(nameof(encoded));
        Span<byte> prepared = stackalloc byte[encoded.Length];
        TemplateCodec.Encode(model, rotation, probe, prepared);
        float score = Compare(model, encoded, prepared);
        CryptographicOperations.ZeroMemory(prepared);
        return score;
    }

    /// <summary>The cosine similarity of a template and a probe that is encoded as one.</summary>
    public static float Compare(TemplateModel model, ReadOnlySpan<byte> template, ReadOnlySpan<byte> probe) =>
        Math.Clamp(model.Encoding == TemplateEncoding.Int8 ? Bytes(template[4..], probe[4..]) : Floats(template, probe), -1f, 1f);

    private static float Floats(ReadOnlySpan<byte> template, ReadOnlySpan<byte> probe)
    {
        float sum = 0;
        for (int i = 0; i < probe.Length; i += 4)
            sum = MathF.FusedMultiplyAdd(BinaryPrimitives.ReadSingleLittleEndian(probe[i..]), BinaryPrimitives.ReadSingleLittleEndian(template[i..]), sum);
        return sum;
    }

    private static float Bytes(ReadOnlySpan<byte> template, ReadOnlySpan<byte> probe)
    {
        int dot = 0;
        for (int i = 0; i < probe.Length; i++)
            dot += unchecked((sbyte)template[i] * (sbyte)probe[i]);
        return dot * IntegerLength.Reciprocal(template) * IntegerLength.Reciprocal(probe);
    }
}
