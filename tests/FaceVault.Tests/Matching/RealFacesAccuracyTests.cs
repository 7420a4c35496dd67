using System.Globalization;
using FaceVault.Benchmarks;
using FaceVault.Templates;
using Xunit.Abstractions;

namespace FaceVault.Tests.Matching;

/// <summary>How well people are told apart, as the benchmark program prints it: the library's searches beside a brute force in double precision.</summary>
public class RealFacesAccuracyTests(ITestOutputHelper output)
{
    [RealFacesFact]
    public void With_512_numbers_int8_loses_next_to_nothing_of_double_precision() => Compare(FaceSet.Wide, points: 0.3);

    /// <summary>These scores lie in a narrow band: a step of the quantiser weighs more.</summary>
    [RealFacesFact]
    public void With_128_numbers_int8_loses_next_to_nothing_of_double_precision() => Compare(FaceSet.Narrow, points: 0.5);

    /// <param name="file">The model's embeddings.</param>
    /// <param name="points">How far the TAR of int8 may be from that of double, in percentage points.</param>
    private void Compare(string file, double points)
    {
        FaceSet faces = FaceSet.Read(RealFaces.Folder!, file);
        var measure = new AccuracyMeasure(faces, rounds: 1);
        AccuracyFigure exact = Show(measure.Double()), floats = Show(measure.Float32()), bytes = Show(measure.Int8()), again = Show(measure.Int8ScoredAgain(bytes));

        double twoPairs = 2.0 / faces.Probes.Length; // at the threshold the order of two scores may hang on a rounding
        Assert.Equal(exact.Hits, floats.Hits);
        Assert.InRange(floats.Mille.Tar, exact.Mille.Tar - twoPairs, exact.Mille.Tar + twoPairs);
        Assert.InRange(floats.Myriad.Tar, exact.Myriad.Tar - twoPairs, exact.Myriad.Tar + twoPairs);
        Assert.InRange(bytes.Rank1, exact.Rank1 - 0.003, 1);
        Assert.InRange(Math.Abs(bytes.Mille.Tar - exact.Mille.Tar), 0, points / 100);
        Assert.InRange(Math.Abs(bytes.Myriad.Tar - exact.Myriad.Tar), 0, points / 100);
        Assert.InRange(again.Hits, bytes.Hits, faces.Probes.Length);
        Assert.InRange(Math.Abs(again.Mille.Tar - exact.Mille.Tar), 0, points / 100);
        Assert.InRange(Math.Abs(again.Myriad.Tar - exact.Myriad.Tar), 0, points / 100);
    }

    /// <summary>Rule S4: turned as a purpose turns them, float32 finds the same people, and int8 loses no more than without.</summary>
    [RealFacesFact]
    public void Turned_with_512_numbers_they_are_told_apart_as_before() => CompareTurned(FaceSet.Wide);

    [RealFacesFact]
    public void Turned_with_128_numbers_they_are_told_apart_as_before() => CompareTurned(FaceSet.Narrow);

    private void CompareTurned(string file)
    {
        FaceSet faces = FaceSet.Read(RealFaces.Folder!, file);
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        using Rotation rotation = Unlinkability.Turn(new Random(seed), faces.Dimensions);
        AccuracyMeasure plain = new(faces, rounds: 1), turned = new(faces, rounds: 1, rotation);
        AccuracyFigure exact = Show(plain.Double()), floats = Show(turned.Float32()), plainBytes = Show(plain.Int8()), bytes = Show(turned.Int8());
        double twoPairs = 2.0 / faces.Probes.Length, tenPairs = 10.0 / faces.Probes.Length;
        Assert.InRange(floats.Rank1, exact.Rank1 - twoPairs, exact.Rank1 + twoPairs);
        Assert.InRange(floats.Mille.Tar, exact.Mille.Tar - twoPairs, exact.Mille.Tar + twoPairs);
        Assert.InRange(floats.Myriad.Tar, exact.Myriad.Tar - twoPairs, exact.Myriad.Tar + twoPairs);
        Assert.InRange(bytes.Rank1, plainBytes.Rank1 - tenPairs, 1); // another seed, another rounding: a handful of probes go one way or the other
        Assert.InRange(bytes.Mille.Tar, plainBytes.Mille.Tar - tenPairs, 1);
    }

    private AccuracyFigure Show(AccuracyFigure figure)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{figure.Way}: rank-1 {100 * figure.Rank1:F2} %, TAR {100 * figure.Mille.Tar:F2} % at FAR 1e-3 ({figure.Mille.Threshold:F4}), {100 * figure.Myriad.Tar:F2} % at 1e-4 ({figure.Myriad.Threshold:F4})"));
        return figure;
    }
}
