using System.Globalization;
using FaceVault.Benchmarks;
using FaceVault.Cryptography;
using FaceVault.Templates;
using Xunit.Abstractions;

namespace FaceVault.Tests.Attack;

/// <summary>What the rotation of rule S4 is and is not: somebody who holds templates of two purposes in the clear learns the map between them from people whose templates in both are known, one direction for each, and nothing without them and without the seed.</summary>
public class StolenRotationTests(ITestOutputHelper output)
{
    private const int Dimensions = 64, People = 600;

    [Fact]
    public void Without_known_people_nothing_is_linked_each_one_helps_and_with_as_many_as_there_are_dimensions_everything_is()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var found = new (double Auc, double Rank1)[4];
        int[] known = [0, 1, (int)Math.Sqrt(Dimensions), Dimensions];
        const int rounds = 20;
        for (int round = 0; round < rounds; round++)
        {
            using Rotation one = Unlinkability.Turn(random, Dimensions), two = Unlinkability.Turn(random, Dimensions);
            float[][] faces = [.. Enumerable.Range(0, People + Dimensions).Select(_ => Vector(random))];
            float[][] first = [.. faces.Select(face => Turned(one, face))], second = [.. faces.Select(face => Turned(two, face))];
            for (int i = 0; i < known.Length; i++)
            {
                (double auc, double rank1) = Linked(first, second, known[i]);
                found[i] = (found[i].Auc + (auc / rounds), found[i].Rank1 + (rank1 / rounds));
            }
        }

        for (int i = 0; i < known.Length; i++)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {Dimensions} dimensions, {known[i]} known people: AUC {found[i].Auc:F4}, rank-1 among {People} {100 * found[i].Rank1:F2} %"));
        Assert.InRange(found[0].Auc, 0.46, 0.54);
        Assert.InRange(found[0].Rank1, 0, 5.0 / People);
        Assert.InRange(found[1].Auc, 0.6, 0.9); // the limit is not far: one known person leans the scores already,
        Assert.InRange(found[1].Rank1, 0, 0.05); // though it names nobody
        Assert.InRange(found[2].Auc, found[1].Auc, 0.999);
        Assert.Equal(1, found[3].Auc, 1e-4);
        Assert.Equal(1, found[3].Rank1, 1e-9);
    }

    [Fact]
    public void Who_has_the_seed_turns_every_template_back()
    {
        byte[] seed = [.. Enumerable.Range(7, 32).Select(i => (byte)i)];
        foreach (int dimensions in new[] { 64, 100, 128 })
        {
            using var rotation = new Rotation(new RotationSeed(seed), new TemplateModel("faces", dimensions, TemplateEncoding.Float32));
            float[] face = [.. Enumerable.Range(0, dimensions).Select(i => MathF.Sin(i + 1))];
            byte[] back = new StolenRotation(seed, "faces", dimensions).Undo(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Turned(rotation, face)).ToArray())!;
            Assert.All(face.Zip(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(back).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    /// <summary>How well people who are not among the known are told from others, by the map of the known: each of them and what is left of it after those before gives one direction in either purpose.</summary>
    private static (double Auc, double Rank1) Linked(float[][] first, float[][] second, int known)
    {
        var from = new List<double[]>();
        var to = new List<double[]>();
        for (int i = 0; i < known; i++)
        {
            double[] a = [.. first[i].Select(x => (double)x)], b = [.. second[i].Select(x => (double)x)];
            for (int j = 0; j < from.Count; j++)
            {
                double share = Dot(a, from[j]);
                for (int k = 0; k < a.Length; k++)
                    (a[k], b[k]) = (a[k] - share * from[j][k], b[k] - share * to[j][k]);
            }

            double length = Math.Sqrt(Dot(a, a));
            from.Add([.. a.Select(x => x / length)]);
            to.Add([.. b.Select(x => x / length)]);
        }

        double[][] a0 = [.. first.Skip(Dimensions).Select(x => Seen(x, from))], b0 = [.. second.Skip(Dimensions).Select(y => Seen(y, to))];
        float[] mated = [.. a0.Zip(b0, (x, y) => (float)Dot(x, y))];
        float[] others = [.. a0.Select((x, i) => (float)Dot(x, b0[(i + 1) % People]))];
        int right = a0.Where((x, i) => b0.All(y => Dot(x, y) <= Dot(x, b0[i]))).Count();
        return (Unlinkability.Auc(mated, others), (double)right / People);
    }

    /// <summary>What of a template lies in the known directions; all of it where none is known.</summary>
    private static double[] Seen(float[] template, List<double[]> directions)
    {
        double[] numbers = [.. template.Select(x => (double)x)];
        return directions.Count == 0 ? numbers : [.. directions.Select(direction => Dot(numbers, direction))];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static float[] Turned(Rotation rotation, float[] face)
    {
        float[] turned = [.. face];
        rotation.Apply(turned);
        return turned;
    }

    private static float[] Vector(Random random)
    {
        float[] vector = [.. Enumerable.Range(0, Dimensions).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        float length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
