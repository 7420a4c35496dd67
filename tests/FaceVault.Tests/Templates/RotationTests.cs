using System.Buffers.Binary;
using FaceVault.Cryptography;
using FaceVault.Templates;

namespace FaceVault.Tests.Templates;

public class RotationTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherSeed = [.. Enumerable.Range(2, 32).Select(i => (byte)i)];

    [Fact]
    public void At_every_dimension_lengths_and_cosines_stay_and_the_way_back_leads_home()
    {
        var random = new Random(1);
        for (int d = 1; d <= TemplateModel.MaxDimensions; d += d < 300 ? 1 : 1 + random.Next(40))
        {
            using Rotation rotation = Make(d);
            float[] a = Vector(random, d), b = Vector(random, d);
            float[] turnedA = Turned(rotation, a), turnedB = Turned(rotation, b);
            Assert.Equal(1, Dot(turnedA, turnedA), 2e-6);
            Assert.Equal(Dot(a, b), Dot(turnedA, turnedB), 2e-6);
            rotation.Undo(turnedA);
            Assert.All(a.Zip(turnedA), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void The_matrix_times_its_transpose_is_one()
    {
        foreach (int d in new[] { 1, 2, 3, 5, 7, 8, 9, 12, 16, 31, 33, 63, 96, 100, 127, 128, 129, 255 })
        {
            float[][] rows = Matrix(d);
            for (int i = 0; i < d; i++)
                for (int j = 0; j <= i; j++)
                    Assert.Equal(i == j ? 1 : 0, Dot(rows[i], rows[j]), 2e-6);
        }
    }

    /// <summary>A plain program in double precision, of the definition in docs/formats.md alone.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(1023)]
    [InlineData(4096)]
    public void It_is_the_map_that_the_documentation_defines(int d)
    {
        using Rotation rotation = Make(d, "mobilefacenet");
        float[] vector = Vector(new Random(d), d);
        double[] expected = [.. vector.Select(x => (double)x)];
        int width = 1;
        while (2 * width <= d)
            width *= 2;
        int[] offsets = d == width ? [0, 0, 0] : [0, d - width, (d - width) / 2, 0, d - width, (d - width) / 2];
        for (int step = 0; step < offsets.Length; step++)
        {
            double[] block = expected[offsets[step]..(offsets[step] + width)];
            for (int i = 0; i < width; i++)
                block[i] *= Sign("mobilefacenet", d, (step * width) + i);
            for (int i = 0; i < width; i++)
                expected[offsets[step] + i] = Enumerable.Range(0, width).Sum(j => int.PopCount(i & j) % 2 == 0 ? block[j] : -block[j]) / Math.Sqrt(width);
        }

        Assert.All(expected.Zip(Turned(rotation, vector)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Each_number_is_spread_over_all()
    {
        foreach (int d in new[] { 64, 65, 96, 127, 128, 129, 200, 255, 256, 511, 512, 513 })
            Assert.All(Matrix(d), row => Assert.True(row.Max(Math.Abs) < 7 / Math.Sqrt(d), $"{d} dimensions: {row.Max(Math.Abs) * Math.Sqrt(d)}"));
    }

    [Fact]
    public void Another_seed_another_model_and_another_length_are_other_rotations()
    {
        float[] vector = Vector(new Random(3), 512);
        using Rotation one = Make(512), otherSeed = new(new RotationSeed(OtherSeed), Model(512, "m")), otherModel = Make(512, "n");
        float[] turned = Turned(one, vector);
        Assert.Equal(turned, Turned(one, vector));
        Assert.Equal(0, Dot(turned, Turned(otherSeed, vector)), 0.2);
        Assert.Equal(0, Dot(turned, Turned(otherModel, vector)), 0.2);
        Assert.NotEqual(0, Sign("m", 512, 0) * Sign("m", 512, 1));
        Assert.NotEqual(Enumerable.Range(0, 512).Select(i => Sign("m", 512, i)), Enumerable.Range(0, 512).Select(i => Sign("m", 1024, i)));
    }

    /// <summary>People of whom each purpose has an image: what is told of two purposes' templates of one person, beside those of two.</summary>
    [Fact]
    public void Scores_between_two_rotations_do_not_tell_who_is_whose_mate()
    {
        const int people = 200, d = 512;
        var random = new Random(4);
        float[][] faces = [.. Enumerable.Range(0, people).Select(_ => Vector(random, d))];
        int above = 0, pairs = 0;
        for (byte seed = 0; seed < 20; seed++)
        {
            using Rotation one = new(new RotationSeed([.. Seed[1..], seed]), Model(d, "m")), two = new(new RotationSeed([.. OtherSeed[1..], seed]), Model(d, "m"));
            float[][] first = [.. faces.Select(face => Turned(one, face))], second = [.. faces.Select(face => Turned(two, face))];
            double[] mated = [.. first.Zip(second, Dot)], strangers = [.. first.Zip(second.Skip(1), Dot)];
            above += mated.Sum(score => strangers.Count(other => score > other));
            pairs += mated.Length * strangers.Length;
        }

        Assert.Equal(0.5, (double)above / pairs, 0.02);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        using Rotation rotation = Make(500);
        float[] vector = Vector(new Random(5), 500);
        rotation.Apply(vector);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rotation.Apply(vector);
        rotation.Undo(vector);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_wiped_rotation_is_refused()
    {
        Rotation closed = Make(8), retired = Make(8);
        closed.Dispose();
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => closed.Apply(new float[8]));
        Assert.Throws<ObjectDisposedException>(() => closed.Undo(new float[8]));
        retired.Retire();
        Assert.Equal(VaultErrorCode.PurposeRetired, Assert.Throws<VaultException>(() => retired.Apply(new float[8])).Code);
        Assert.Equal(VaultErrorCode.PurposeRetired, Assert.Throws<VaultException>(() => retired.Undo(new float[8])).Code);
    }

    [Fact]
    public async Task Wiped_while_others_turn_it_gives_the_right_vector_or_none()
    {
        float[] vector = Vector(new Random(6), 256);
        using Rotation lasting = Make(256);
        float[] expected = Turned(lasting, vector);
        for (int round = 0; round < 30; round++)
        {
            Rotation rotation = Make(256);
            Task[] users = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                try
                {
                    while (true)
                        Assert.Equal(expected, Turned(rotation, vector));
                }
                catch (ObjectDisposedException)
                {
                }
            }))];
            await Task.Yield();
            rotation.Dispose();
            await Task.WhenAll(users);
        }
    }

    [Fact]
    public void Another_length_is_refused()
    {
        using Rotation rotation = Make(8);
        Assert.Throws<ArgumentOutOfRangeException>(() => rotation.Apply(new float[9]));
        Assert.Throws<ArgumentOutOfRangeException>(() => rotation.Undo(new float[7]));
    }

    private static TemplateModel Model(int d, string name) => new(name, d, TemplateEncoding.Float32);

    private static Rotation Make(int d, string name = "m") => new(new RotationSeed(Seed), Model(d, name));

    private static float[] Turned(Rotation rotation, float[] vector)
    {
        float[] turned = [.. vector];
        rotation.Apply(turned);
        return turned;
    }

    private static float[][] Matrix(int d)
    {
        using Rotation rotation = Make(d);
        return [.. Enumerable.Range(0, d).Select(i => Turned(rotation, [.. Enumerable.Range(0, d).Select(j => i == j ? 1f : 0f)]))];
    }

    private static int Sign(string name, int d, int index)
    {
        byte[] input = [.. "facevault/rota01"u8, 0, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(name)];
        BinaryPrimitives.WriteUInt16LittleEndian(input.AsSpan(16), (ushort)d);
        BinaryPrimitives.WriteUInt16LittleEndian(input.AsSpan(18), (ushort)(index / 512));
        byte[] hash = new byte[64];
        Blake2b.Hash(Seed, input, hash);
        return (hash[index % 512 / 8] >> (index % 8) & 1) == 1 ? -1 : 1;
    }

    private static float[] Vector(Random random, int d)
    {
        float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        double length = Math.Sqrt(Dot(vector, vector));
        return [.. vector.Select(x => (float)(x / length))];
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => (double)pair.First * pair.Second);
}
