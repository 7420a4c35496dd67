using FaceVault.Matching;
using FaceVault.Templates;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace FaceVault.Tests.Matching;

/// <summary>Int8 galleries scored again in float32: exactly what scoring every decoded template would give, and the float32 gallery's answer wherever gaps exceed the quantiser's bound (docs/matching.md).</summary>
public class RescoreTests(ITestOutputHelper output)
{
    private static readonly SearchOptions Again = new() { Rescore = true };

    public static TheoryData<int, int> Sizes() => new()
    {
        { 1, 40 }, { 2, 3000 }, { 3, 3000 }, { 5, 3000 }, { 31, 2000 }, { 128, 2000 }, { 512, 700 }, { 4096, 150 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_answer_is_that_of_scoring_every_decoded_template_with_the_probe_as_it_is(int dimensions, int count)
    {
        TemplateModel model = MatchingData.Model(dimensions, TemplateEncoding.Int8);
        float[][] vectors = MatchingData.Vectors(count, dimensions, 1);
        float[][] probes = [.. MatchingData.Vectors(6, dimensions, 2), vectors[3], vectors[4]];
        for (int i = 0; i < count; i += 5) // many scores close to the list's last
            vectors[i] = [.. vectors[i].Zip(probes[i % 6], (a, b) => (0.3f * a) + b)];
        Gallery[] galleries = [.. MatchingData.Modes.Select(mode => MatchingData.Gallery(model, vectors, MatchingData.Options(2, mode)))];
        byte[][] encoded = [.. vectors.Select(v => MatchingData.Encode(model, v))];
        for (int i = 0; i < probes.Length; i++)
        {
            float[] scores = [.. encoded.Select(t => Exact(t, probes[i]))];
            Candidate[] expected = [.. scores.Select((score, j) => new Candidate((uint)j + 1, 0, score)).OrderByDescending(c => c.Score).ThenBy(c => c.Slot)];
            foreach (Gallery gallery in galleries)
            {
                foreach (int top in (int[])[1, 10, 1000])
                    Assert.Equal(expected[..Math.Min(top, count)], MatchingData.Find(gallery, [probes[i]], top, options: Again)[0]);
                float floor = expected[count / 20].Score;
                Assert.Equal(expected.TakeWhile(c => c.Score >= floor), All(gallery, probes[i], Threshold.At(floor)));
                if (floor < 1)
                    Assert.Equal(expected.TakeWhile(c => c.Score > floor), All(gallery, probes[i], Threshold.At(MathF.BitIncrement(floor))));
            }
        }

        Assert.Equal(MatchingData.Find(galleries[0], probes, 7, options: Again), probes.Select(probe => MatchingData.Find(galleries[1], [probe], 7, options: Again)[0]));
        foreach (Gallery gallery in galleries)
            gallery.Dispose();
    }

    [Fact]
    public void A_float32_gallery_answers_as_without_it()
    {
        float[][] vectors = MatchingData.Vectors(300, 20, 1);
        using Gallery gallery = MatchingData.Gallery(MatchingData.Model(20), vectors);
        Assert.Equal(MatchingData.Find(gallery, vectors[..5], 9), MatchingData.Find(gallery, vectors[..5], 9, options: Again));
    }

    [Fact]
    public void Threads_and_kernels_change_no_bit()
    {
        TemplateModel model = MatchingData.Model(67, TemplateEncoding.Int8);
        float[][] vectors = MatchingData.Vectors(6000, 67, 5), probes = MatchingData.Vectors(14, 67, 6);
        Candidate[][]? expected = null;
        foreach (int threads in (int[])[1, 3])
            foreach (ByteKernel kernel in Enum.GetValues<ByteKernel>().Where(DotKernels.IsSupported))
            {
                using Gallery gallery = MatchingData.Gallery(model, vectors, MatchingData.Options(threads) with { ByteKernel = kernel });
                Candidate[][] found = MatchingData.Find(gallery, probes, 30, options: Again);
                expected ??= found;
                Assert.Equal(expected, found);
            }
    }

    /// <summary>Random galleries, galleries whose scores stand just above the bound apart, and galleries of few dimensions whose numbers lie half-way between two steps, where the quantiser errs most.</summary>
    [Fact]
    public void Where_gaps_exceed_the_bound_the_answer_is_that_of_the_float32_gallery()
    {
        int gaps = 0, planted = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            Gen.Frequency((6, Gen.Elements(1, 2, 3, 4)), (6, Gen.Elements(5, 7, 16, 33, 64, 100, 128)), (2, Gen.Elements(255, 512, 1000)), (1, Gen.Elements(2049, 4096))).ToArbitrary(),
            Gen.Elements("random", "spaced", "half-way").ToArbitrary(),
            (seed, dimensions, kind) =>
            {
                float[][] vectors = kind switch
                {
                    "spaced" when dimensions > 1 => Spaced(seed, dimensions),
                    "half-way" => HalfWay(seed, dimensions),
                    _ => MatchingData.Vectors(2 + seed % 40, dimensions, seed),
                };
                float[] probe = kind == "random" || dimensions == 1 ? MatchingData.Vectors(1, dimensions, seed + 1)[0] : Axis(dimensions);
                int checkedGaps = Check(vectors, probe, 1 + seed % 15);
                gaps += checkedGaps;
                planted += kind == "random" ? 0 : checkedGaps;
            }).Check(Deep.Config(1200));
        output.WriteLine($"{gaps} gaps above the bound, {planted} of them planted");
        Assert.True(planted > 1000, $"{planted} planted gaps");
        Assert.True(gaps > planted, "no gap of a random gallery");
    }

    /// <summary>So the bound is not larger than it has to be by more than that: these two templates stand 0.7 bounds apart and become one.</summary>
    [Fact]
    public void A_gap_of_seven_tenths_of_the_bound_can_be_lost()
    {
        float[][] vectors = [[127, 10.501f], [127, 11.499f]]; // both are rounded to (127, 11)
        float[] probe = [0, 1];
        float bound = Bound(vectors);
        using Gallery floats = MatchingData.Gallery(MatchingData.Model(2), vectors), bytes = MatchingData.Gallery(MatchingData.Model(2, TemplateEncoding.Int8), vectors);
        Candidate[] wanted = MatchingData.Find(floats, [probe], 2)[0], found = MatchingData.Find(bytes, [probe], 2, options: Again)[0];
        Assert.InRange((wanted[0].Score - wanted[1].Score) / bound, 0.69f, 0.71f);
        Assert.Equal([2u, 1u], wanted.Select(c => c.Slot));
        Assert.Equal([1u, 2u], found.Select(c => c.Slot));
    }

    /// <summary>Twice the largest angle by which a template can turn when it is quantised, and what both searches may round away.</summary>
    private static float Bound(float[][] vectors)
    {
        int dimensions = vectors[0].Length;
        double turn = vectors.Max(v => Math.Asin(Math.Sqrt(dimensions) * v.Max(Math.Abs) / Math.Sqrt(v.Sum(x => (double)x * x)) / 254));
        return (float)((2 * turn) + (2 * (dimensions + 8) * Math.Pow(2, -24)));
    }

    /// <summary>How many of the float32 list's gaps exceed the bound. At each, the int8 list has the same consents up to there.</summary>
    private static int Check(float[][] vectors, float[] probe, int top)
    {
        int dimensions = probe.Length, gaps = 0;
        float bound = Bound(vectors);
        using Gallery floats = MatchingData.Gallery(MatchingData.Model(dimensions), vectors), bytes = MatchingData.Gallery(MatchingData.Model(dimensions, TemplateEncoding.Int8), vectors);
        Candidate[] wanted = MatchingData.Find(floats, [probe], top + 1)[0], found = MatchingData.Find(bytes, [probe], top, options: Again)[0];
        for (int i = 1; i <= Math.Min(top, wanted.Length - 1); i++)
        {
            if (wanted[i - 1].Score - wanted[i].Score <= bound)
                continue;
            gaps++;
            Assert.Equal(wanted[..i].Select(c => c.Slot).Order(), found[..i].Select(c => c.Slot).Order());
        }

        return gaps;
    }

    /// <summary>Templates whose cosines with the first axis stand a little more than the bound apart; the bound follows from the templates, so it is tried a few times.</summary>
    private static float[][] Spaced(int seed, int dimensions)
    {
        var random = new Random(seed);
        float gap = 0.001f;
        float[][] vectors = [];
        for (int attempt = 0; attempt < 8; attempt++)
        {
            var again = new Random(seed);
            int count = Math.Max(2, Math.Min(12, (int)(1.8f / gap)));
            float highest = 0.95f - Math.Max(0, 0.9f - (gap * count)) * random.NextSingle();
            vectors = [.. Enumerable.Range(0, count).Select(i => AtCosine(again, dimensions, Math.Max(-0.999f, highest - (i * gap))))];
            float bound = Bound(vectors);
            if (gap > bound && gap < bound * 1.01f)
                break;
            gap = bound * 1.002f;
        }

        random.Shuffle(vectors);
        return vectors;
    }

    private static float[] AtCosine(Random random, int dimensions, float cosine)
    {
        float[] vector = MatchingData.Vectors(1, dimensions, random.Next())[0];
        vector[0] = 0;
        double length = Math.Sqrt(vector.Sum(x => (double)x * x)), sine = Math.Sqrt(1 - ((double)cosine * cosine));
        for (int i = 0; i < dimensions; i++)
            vector[i] = (float)(vector[i] / length * sine);
        vector[0] = cosine;
        return vector;
    }

    /// <summary>The numbers along the first axis lie just above or below the middle between two steps of 1/127 of the largest.</summary>
    private static float[][] HalfWay(int seed, int dimensions)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 12).Select(_ =>
        {
            var vector = new float[dimensions];
            vector[^1] = 127;
            if (dimensions > 1)
                vector[0] = random.Next(-40, 40) + 0.5f + (random.Next(2) == 0 ? 0.001f : -0.001f);
            return vector;
        })];
    }

    private static float[] Axis(int dimensions)
    {
        var probe = new float[dimensions];
        probe[0] = 1;
        return probe;
    }

    private static Candidate[] All(Gallery gallery, float[] probe, Threshold threshold)
    {
        using ProbeBatch batch = MatchingData.Batch(gallery.Model, [probe]);
        var buffer = new HitBuffer(1, 5000);
        gallery.FindAll(batch, threshold, buffer, Again);
        return buffer[0].ToArray();
    }

    /// <summary>The normalised float32 numbers with the template's integers, four sums in double, over the integers' length.</summary>
    private static float Exact(byte[] encoded, float[] probe)
    {
        var numbers = new float[probe.Length];
        EmbeddingMath.Scale(probe, 1 / Math.Sqrt(EmbeddingMath.SumOfSquares(probe)), numbers);
        Span<double> sums = stackalloc double[4];
        for (int i = 0; i < numbers.Length; i++)
            sums[i % 4] += (double)numbers[i] * unchecked((sbyte)encoded[4 + i]);
        return Math.Clamp((float)((sums[0] + sums[1] + (sums[2] + sums[3])) * IntegerLength.Reciprocal(encoded.AsSpan(4))), -1f, 1f);
    }
}
