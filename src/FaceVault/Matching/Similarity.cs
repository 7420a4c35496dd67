using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FaceVault.Matching;

/// <summary>One probe against one template (1:1), with the same bits as a search of a gallery gives.</summary>
internal static class Similarity
{
    /// <summary>The cosine similarity, -1 to 1.</summary>
    /// <param name="model">The model of both.</param>
    /// <param name="encoded">As the codec writes it: d floats, or a float scale and d signed bytes.</param>
    /// <param name="probe">An embedding of the model, of any length.</param>
    /// <exception cref="ArgumentException">Wrong length, NaN, infinity or the zero vector.</exception>
    public static float Score(TemplateModel model, ReadOnlySpan<byte> encoded, ReadOnlySpan<float> probe)
    {
        double length = ProbeBatch.Check(model, probe, nameof(probe));
        bool bytes = model.Encoding == TemplateEncoding.Int8;
        if (encoded.Length != (bytes ? 4 + model.Dimensions : 4 * model.Dimensions))
            throw Error.EncodedTemplateLength(nameof(encoded));
        return Math.Clamp(bytes ? Bytes(encoded[4..], probe) : Floats(encoded, probe, length), -1f, 1f);
    }

    private static float Floats(ReadOnlySpan<byte> encoded, ReadOnlySpan<float> probe, double length)
    {
        float sum = 0;
        for (int i = 0; i < probe.Length; i++)
            sum = MathF.FusedMultiplyAdd((float)(probe[i] / length), BinaryPrimitives.ReadSingleLittleEndian(encoded[(4 * i)..]), sum);
        return sum;
    }

    private static float Bytes(ReadOnlySpan<byte> values, ReadOnlySpan<float> probe)
    {
        Span<byte> quantized = stackalloc byte[probe.Length];
        float factor = Quantization.Quantize(probe, quantized);
        int dot = 0;
        for (int i = 0; i < quantized.Length; i++)
            dot += unchecked((sbyte)values[i] * (sbyte)quantized[i]);
        CryptographicOperations.ZeroMemory(quantized);
        return dot * Quantization.Factor(values) * factor;
    }
}
