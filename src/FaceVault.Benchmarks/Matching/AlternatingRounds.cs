using System.Diagnostics;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>Two works held against each other: each round does first, second, second, first, so that what slows the machine for a while slows both.</summary>
/// <param name="First">Seconds of the first work, by round.</param>
/// <param name="Second">Seconds of the second.</param>
internal sealed record AlternatingRounds(double[] First, double[] Second)
{
    private const int MostWarmUps = 3;

    /// <summary>How many times as long as the first the second takes, by round.</summary>
    public double[] Ratios => [.. First.Zip(Second, (first, second) => second / first)];

    public static AlternatingRounds Measure(Action first, Action second, int rounds)
    {
        var one = new List<double>();
        var other = new List<double>();
        for (int round = -Math.Min(MostWarmUps, rounds / 3); round < rounds; round++)
        {
            double a = Seconds(first), b = Seconds(second) + Seconds(second);
            a += Seconds(first);
            if (round < 0)
                continue;
            one.Add(a / 2);
            other.Add(b / 2);
        }

        return new AlternatingRounds([.. one], [.. other]);
    }

    public static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The median in percent, and where the middle eight tenths lie.</summary>
    public static string Percent(IEnumerable<double> shares)
    {
        double[] sorted = [.. shares.Order()];
        int edge = sorted.Length / 10;
        return Text($"{100 * Median(sorted):N1} % ({100 * sorted[edge]:N1} to {100 * sorted[^(edge + 1)]:N1})");
    }
}
