using FaceVault.Benchmarks;

namespace FaceVault.Tests.Matching;

/// <summary>The counting behind the figures of accuracy, on scores whose answer is known.</summary>
public class PairScoresTests
{
    /// <summary>40 probes among 501 enrolled: 20,000 impostor pairs with the scores 0 to 19,999, of which 20 or 2 may lie above the threshold.</summary>
    [Theory]
    [InlineData(1e-3, 19_979)]
    [InlineData(1e-4, 19_997)]
    public void The_threshold_lets_the_asked_share_of_impostor_pairs_through_and_no_more(double far, double threshold)
    {
        PairScores pairs = Pairs(probe => threshold + (probe < 10 ? 0 : 1)); // the genuine score of ten probes is the threshold itself, and that is not above it
        Assert.Equal((threshold, 0.75), pairs.At(far));
    }

    [Fact]
    public void A_pair_without_a_score_is_not_counted_as_anything() =>
        Assert.Throws<InvalidOperationException>(() => Pairs(_ => double.NaN));

    private static PairScores Pairs(Func<int, double> genuine)
    {
        const int probes = 40, impostors = 500;
        double[] scores = [.. Enumerable.Range(0, probes * impostors).Select(score => (double)score)];
        new Random(1).Shuffle(scores);
        var pairs = new PairScores(scores.Length);
        for (int probe = 0; probe < probes; probe++)
        {
            List<double> row = [.. scores.AsSpan(probe * impostors, impostors)];
            row.Insert(probe * 7, genuine(probe));
            pairs.Add(row.ToArray(), probe * 7);
        }

        return pairs;
    }
}
