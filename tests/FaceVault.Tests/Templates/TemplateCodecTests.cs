using FaceVault.Templates;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Templates;

[Trait("Claim", "E2")]
public class TemplateCodecTests
{
    private static readonly TemplateModel Float4 = new("m", 4, TemplateEncoding.Float32);
    private static readonly TemplateModel Int4 = new("m", 4, TemplateEncoding.Int8);

    [Fact]
    public void Float32_is_the_vector_divided_by_its_length_little_endian()
    {
        Assert.Equal("9A99193F000000000000000 0CDCC4CBF".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Encode(Float4, [3, 0, 0, -4])));
        Assert.Equal([0.6f, 0, 0, -0.8f], Decode(Float4, Encode(Float4, [3, 0, 0, -4])));
    }

    [Fact]
    public void Int8_is_a_scale_and_signed_bytes_rounded_to_even()
    {
        // max = 127 · 2, so that one step is 2: 5 / 2 = 2.5 goes to 2, 7 / 2 = 3.5 goes to 4, -254 / 2 = -127.
        byte[] encoded = Encode(Int4, [5, 7, -254, 254]);
        Assert.Equal([2, 4, 0x81, 127], encoded[4..]);
        double length = Math.Sqrt(25 + 49 + 2 * 254 * 254);
        Assert.Equal((float)(254 / (127 * length)), BitConverter.ToSingle(encoded));
    }

    [Theory]
    [InlineData(TemplateEncoding.Float32)]
    [InlineData(TemplateEncoding.Int8)]
    public void Every_number_comes_back_within_the_stated_error_at_every_length(TemplateEncoding encoding)
    {
        Gen<float> number = Gen.OneOf(
            Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 1e6f), Gen.Choose(-38, 38).Select(e => (float)(1.7 * Math.Pow(10, e))), Gen.Elements(0f, -0f, float.Epsilon, -float.MaxValue, 1e-40f));
        Arbitrary<float[]> vectors = Gen.Choose(1, 70).SelectMany(d => number.ArrayOf(d)).Where(v => v.Any(x => x != 0)).ToArbitrary();
        Prop.ForAll(vectors, vector =>
        {
            var model = new TemplateModel("m", vector.Length, encoding);
            float[] values = Decode(model, Encode(model, vector));
            double length = Math.Sqrt(vector.Sum(x => (double)x * x));
            double step = encoding == TemplateEncoding.Int8 ? vector.Max(x => Math.Abs((double)x)) / length / 127 : 0;
            return vector.Zip(values).All(pair => Math.Abs(pair.First / length - pair.Second) <= step * (0.5 + 127e-7) + 6e-8 * Math.Abs(pair.First / length) + 1e-45);
        }).Check(Deep.Config(500));
    }

    [Fact]
    public void The_vectorised_passes_give_the_bytes_of_a_plain_loop_at_every_length()
    {
        var random = new Random(7);
        for (int d = 1; d <= 130; d++)
        {
            float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)(random.NextDouble() * 2 - 1))];
            byte[] encoded = Encode(new TemplateModel("m", d, TemplateEncoding.Int8), vector);
            double largest = vector.Max(Math.Abs);
            Assert.Equal(vector.Select(x => (byte)(sbyte)Math.Round(x * (127 / largest))), encoded[4..]);
            double length = Math.Sqrt(vector.Sum(x => (double)x * x));
            Assert.Equal(largest / (127 * length), BitConverter.ToSingle(encoded), 1e-7);
        }
    }

    [Fact]
    public void The_squares_are_added_in_one_order_whatever_the_processor_has()
    {
        var random = new Random(8);
        for (int d = 1; d <= 130; d++)
        {
            float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)(random.NextDouble() * 2 - 1))];
            double[] sums = new double[4];
            for (int i = 0; i < d; i++)
                sums[i < d / 4 * 4 ? i % 4 : 0] += (double)vector[i] * vector[i];
            Assert.Equal((sums[0] + sums[1]) + (sums[2] + sums[3]), EmbeddingMath.SumOfSquares(vector));
        }
    }

    [Fact]
    public void Vectors_of_the_smallest_and_the_largest_numbers_have_a_direction()
    {
        foreach (float magnitude in new[] { float.Epsilon, 1e-40f, float.MaxValue })
        {
            Assert.Equal([0.5f, -0.5f, 0.5f, 0.5f], Decode(Float4, Encode(Float4, [magnitude, -magnitude, magnitude, magnitude])));
            Assert.Equal([127, 0x81, 127, 127], Encode(Int4, [magnitude, -magnitude, magnitude, magnitude])[4..]);
        }

        Assert.Equal([1f, 0, 0, 0], Decode(Float4, Encode(Float4, [float.MaxValue, float.Epsilon, 0, 0])));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_refused_wherever_it_stands(float bad)
    {
        for (int d = 1; d <= 40; d++)
        {
            for (int at = 0; at < d; at++)
            {
                float[] vector = [.. Enumerable.Repeat(0.5f, d)];
                vector[at] = bad;
                foreach (TemplateEncoding encoding in new[] { TemplateEncoding.Float32, TemplateEncoding.Int8 })
                {
                    var model = new TemplateModel("m", d, encoding);
                    Assert.Equal("embedding", Assert.Throws<ArgumentException>(() => Encode(model, vector)).ParamName);
                    Assert.Equal(ViolationCode.MalformedTemplate, Assert.Single(TemplateRules.Check(model, vector)).Code);
                }
            }
        }
    }

    [Fact]
    public void A_zero_vector_or_one_of_another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Encode(Float4, [0, -0f, 0, 0]));
        Assert.Throws<ArgumentException>(() => Encode(Int4, [0, -0f, 0, 0]));
        Assert.Throws<ArgumentException>(() => TemplateCodec.Encode(Float4, [1, 2, 3], new byte[16]));
        Assert.Throws<ArgumentException>(() => TemplateCodec.Encode(Float4, [], new byte[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemplateCodec.Encode(Float4, [1, 2, 3, 4], new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemplateCodec.Decode(Float4, new byte[15], new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemplateCodec.Decode(Float4, new byte[16], new float[5]));
    }

    [Fact]
    public void The_rules_name_everything_that_is_wrong_with_a_vector()
    {
        Assert.Empty(TemplateRules.Check(Float4, [1, 2, 3, 4]));
        Assert.Equal(["The vector does not have the model's 4 numbers.", "The vector holds a number that is not finite."], TemplateRules.Check(Float4, [1, float.NaN, 3]).Select(v => v.Reason));
        Assert.Equal(2, TemplateRules.Check(Float4, []).Count);
        Assert.Single(TemplateRules.Check(Float4, new float[4]));
        float[] pixels = [.. Enumerable.Range(0, 192).Select(i => (float)(i * 7 % 256))];
        Assert.Contains("image", Assert.Single(TemplateRules.Check(new TemplateModel("m", 192, TemplateEncoding.Int8), pixels)).Reason, StringComparison.Ordinal);
        Assert.Equal(2, TemplateRules.Check(Float4, pixels).Count);
        pixels[191] += 0.5f;
        Assert.Empty(TemplateRules.Check(new TemplateModel("m", 192, TemplateEncoding.Int8), pixels));
        Assert.All(TemplateRules.Check(Float4, pixels), violation => Assert.Equal(("S5", "embedding"), (violation.Rule, violation.Field)));
    }

    [Fact]
    public void Encoding_writes_nothing_outside_its_destination_and_allocates_nothing()
    {
        var model = new TemplateModel("m", 37, TemplateEncoding.Int8);
        float[] vector = [.. Enumerable.Range(1, 37).Select(i => 1f / i)];
        var guarded = new byte[16 + 41 + 16];
        TemplateCodec.Encode(model, vector, guarded.AsSpan(16, 41));
        Assert.All(guarded[..16].Concat(guarded[^16..]), b => Assert.Equal(0, b));
        TemplateRules.Check(model, vector);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TemplateCodec.Encode(model, vector, guarded.AsSpan(16, 41));
        TemplateRules.Check(model, vector);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Encode(TemplateModel model, float[] vector)
    {
        var encoded = new byte[TemplateCodec.EncodedSize(model)];
        TemplateCodec.Encode(model, vector, encoded);
        return encoded;
    }

    private static float[] Decode(TemplateModel model, byte[] encoded)
    {
        var values = new float[model.Dimensions];
        TemplateCodec.Decode(model, encoded, values);
        return values;
    }
}
