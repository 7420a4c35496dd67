using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVault.Tests.Attack;

/// <summary>A rotation that was expanded from a stolen seed, as docs/formats.md has it, in double precision on plain arrays.</summary>
internal sealed class StolenRotation
{
    private readonly int dimensions;
    private readonly int width = 1;
    private readonly int[] offsets;
    private readonly int[] signs;

    public StolenRotation(byte[] seed, string model, int dimensions)
    {
        this.dimensions = dimensions;
        while (2 * width <= dimensions)
            width *= 2;
        int rest = dimensions - width;
        offsets = rest == 0 ? [0, 0, 0] : [0, rest, rest / 2, 0, rest, rest / 2];
        signs = new int[offsets.Length * width];
        byte[] input = [.. "facevault/rota01"u8, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(model)];
        BinaryPrimitives.WriteUInt16LittleEndian(input.AsSpan(16), (ushort)dimensions);
        for (int i = 0; i < signs.Length; i += 512)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(input.AsSpan(18), (ushort)(i / 512));
            byte[] hash = Cipher.Blake2b(64, seed, input);
            for (int bit = 0; bit < 512 && i + bit < signs.Length; bit++)
                signs[i + bit] = (hash[bit / 8] >> (bit % 8) & 1) == 1 ? -1 : 1;
        }
    }

    /// <summary>The vector that a float32 template was before it was turned; null where the length is another.</summary>
    public byte[]? Undo(byte[] encoded)
    {
        if (encoded.Length != dimensions * sizeof(float))
            return null;
        double[] numbers = [.. MemoryMarshal.Cast<byte, float>(encoded).ToArray().Select(x => (double)x)];
        for (int step = offsets.Length - 1; step >= 0; step--)
        {
            double[] block = numbers[offsets[step]..(offsets[step] + width)];
            for (int half = 1; half < width; half *= 2)
                for (int i = 0; i < width; i++)
                    if ((i & half) == 0)
                        (block[i], block[i + half]) = (block[i] + block[i + half], block[i] - block[i + half]);
            for (int i = 0; i < width; i++)
                numbers[offsets[step] + i] = block[i] * signs[(step * width) + i] / Math.Sqrt(width);
        }

        return MemoryMarshal.AsBytes<float>(numbers.Select(x => (float)x).ToArray()).ToArray();
    }
}
