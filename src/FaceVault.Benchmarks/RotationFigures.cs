using System.Numerics;
using FaceVault.Cryptography;
using FaceVault.Templates;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>What turning a vector costs, beside encoding the same vector as int8 and beside multiplying it by a matrix.</summary>
internal sealed class RotationFigures(FigureTable table)
{
    private const int Rounds = 15;

    public void Measure()
    {
        foreach (int dimensions in (int[])[128, 512, 1000, 1024, 4096])
            Measure(new TemplateModel("rotation", dimensions, TemplateEncoding.Int8));
    }

    private void Measure(TemplateModel model)
    {
        int d = model.Dimensions, times = 2_000_000 / d, products = Math.Max(1, 20_000_000 / (d * d));
        Note(Text($"rotation, {d} dimensions"));
        using var rotation = new Rotation(new RotationSeed([.. Enumerable.Range(1, SecretKey.Size).Select(i => (byte)i)]), model);
        var random = new Random(d);
        float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)random.NextDouble() - 0.5f)], turned = [.. vector], product = new float[d];
        float[] matrix = [.. Enumerable.Range(0, d * d).Select(_ => (float)random.NextDouble() - 0.5f)];
        byte[] encoded = new byte[TemplateCodec.EncodedSize(model)];
        var againstEncoding = AlternatingRounds.Measure(() => Repeat(times, () => TemplateCodec.Encode(model, vector, encoded)), () => Repeat(times, () => rotation.Apply(turned)), Rounds);
        var againstProduct = AlternatingRounds.Measure(() => Repeat(products, () => Multiply(matrix, vector, product)), () => Repeat(products, () => rotation.Apply(turned)), Rounds);
        if (!encoded.AsSpan().ContainsAnyExcept((byte)0) || product.All(x => x == 0) || turned.SequenceEqual(vector))
            throw new InvalidOperationException("Nothing was computed; nothing is timed.");
        table.Row(Text($"turning a vector of {d:N0} numbers"), Text($"{Median(againstEncoding.Second) / times * 1e9:N0} ns"));
        table.Row(Text($"  against encoding it as int8 (10-90 % of {Rounds} rounds)"), AlternatingRounds.Percent(againstEncoding.Ratios));
        table.Row(Text($"  against a product with a matrix of {d:N0} x {d:N0}"), AlternatingRounds.Percent(againstProduct.Ratios));
    }

    private static void Repeat(int times, Action action)
    {
        for (int i = 0; i < times; i++)
            action();
    }

    private static void Multiply(float[] matrix, float[] vector, float[] product)
    {
        for (int row = 0; row < vector.Length; row++)
        {
            Vector<float> sum = default;
            int i = 0, first = row * vector.Length;
            for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
                sum += new Vector<float>(matrix, first + i) * new Vector<float>(vector, i);
            product[row] = Vector.Sum(sum);
            for (; i < vector.Length; i++)
                product[row] += matrix[first + i] * vector[i];
        }
    }
}
