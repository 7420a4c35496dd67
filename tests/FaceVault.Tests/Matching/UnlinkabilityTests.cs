using System.Globalization;
using FaceVault.Benchmarks;
using Xunit.Abstractions;

namespace FaceVault.Tests.Matching;

/// <summary>Rule S4 (ISO/IEC 24745): scores between the templates of two purposes do not tell who is whose mate.</summary>
public class UnlinkabilityTests(ITestOutputHelper output)
{
    private const int Purposes = 16;

    [RealFacesFact]
    public void Real_faces_with_512_numbers_are_not_linked_between_purposes() => Check(FaceSet.Read(RealFaces.Folder!, FaceSet.Wide));

    [RealFacesFact]
    public void Real_faces_with_128_numbers_are_not_linked_between_purposes() => Check(FaceSet.Read(RealFaces.Folder!, FaceSet.Narrow));

    /// <summary>Nobody's faces, made as uneven as real ones: some directions hold most of what tells people apart, and the mean is not zero.</summary>
    [Theory]
    [InlineData(128)]
    [InlineData(200)]
    [InlineData(512)]
    public void Synthetic_faces_are_not_linked_between_purposes(int dimensions) => Check(Synthetic(dimensions));

    [Fact]
    public void The_measure_sees_a_link_where_there_is_one()
    {
        Assert.Equal(1, Unlinkability.Auc([0.9f, 0.8f], [0.7f, 0.1f, 0.2f]));
        Assert.Equal(0.5, Unlinkability.Auc([0.5f, 0.1f], [0.4f, 0.2f]));
        Assert.Equal(0, Unlinkability.Auc([0.1f], [0.4f, 0.2f]));
    }

    private void Check(FaceSet faces)
    {
        int seed = Random.Shared.Next();
        UnlinkabilityFigure figure = new Unlinkability(faces).Measure(Purposes, seed);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}, {figure.Pairs.Length} pairs of purposes: AUC {figure.Pooled:F4}, by pair {figure.Pairs.Min():F3} to {figure.Pairs.Max():F3}, {figure.Within(0.02)} within 0.02; of one image {figure.PooledOfOneImage:F4}, {figure.PairsOfOneImage.Min():F3} to {figure.PairsOfOneImage.Max():F3}; rank-1 {100 * figure.Rank1:F3} %, by chance {100.0 / faces.Enrolled.Length:F3} %"));
        Assert.InRange(figure.Pooled, 0.48, 0.52);
        Assert.InRange(figure.PooledOfOneImage, 0.48, 0.52);
        Assert.All(figure.Pairs.Concat(figure.PairsOfOneImage), auc => Assert.InRange(auc, 0.3, 0.7)); // which way a pair leans is chance, and nobody without mates knows it
        Assert.InRange(figure.Rank1, 0, 10.0 / faces.Enrolled.Length);
    }

    private static FaceSet Synthetic(int dimensions)
    {
        const int people = 400;
        var random = new Random(dimensions);
        double[] spread = [.. Enumerable.Range(0, dimensions).Select(i => Math.Exp(-4.0 * i / dimensions))];
        float[][] people0 = [.. Enumerable.Range(0, people).Select(_ => Vector(null))];
        return new FaceSet([.. people0.Select(Vector)], [.. people0.Concat(people0).Select(Vector)], [.. Enumerable.Range(0, 2 * people).Select(i => i % people)]);

        float[] Vector(float[]? near) =>
            [.. spread.Select((s, i) => (float)((near is null ? 0.3 * s : near[i]) + (near is null ? 1 : 0.3) * s * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
