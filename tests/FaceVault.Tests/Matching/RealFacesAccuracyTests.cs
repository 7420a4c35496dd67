using System.Globalization;
using FaceVault.Benchmarks;
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

    private AccuracyFigure Show(AccuracyFigure figure)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{figure.Way}: rank-1 {100 * figure.Rank1:F2} %, TAR {100 * figure.Mille.Tar:F2} % at FAR 1e-3 ({figure.Mille.Threshold:F4}), {100 * figure.Myriad.Tar:F2} % at 1e-4 ({figure.Myriad.Threshold:F4})"));
        return figure;
    }
}
