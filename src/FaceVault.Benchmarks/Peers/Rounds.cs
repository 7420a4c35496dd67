using System.Diagnostics;

namespace FaceVault.Benchmarks.Peers;

/// <summary>A contestant against FaceVault at one number of probes: seconds a search of each round, in the order ours, theirs, theirs, ours.</summary>
/// <param name="Ours">Seconds of our searches, a number a round; empty for our own row.</param>
/// <param name="Theirs">Seconds of theirs.</param>
internal sealed record Rounds(IReadOnlyList<double> Ours, IReadOnlyList<double> Theirs)
{
    private const int WarmUps = 3;

    public static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static Rounds Measure(Peer ours, Peer theirs, int probes, int rounds)
    {
        double Ours() => Seconds(() => ours.Search(probes));
        double Theirs() => Seconds(() => theirs.Search(probes));
        int warmUps = theirs.IsSlow ? 1 : WarmUps;
        for (int i = 0; i < warmUps; i++)
            _ = Ours() + Theirs();
        var first = new List<double>();
        var second = new List<double>();
        for (int i = 0; i < (theirs.IsSlow ? Math.Min(3, rounds) : rounds); i++)
        {
            double before = Ours();
            second.Add((Theirs() + Theirs()) / 2);
            first.Add((before + Ours()) / 2);
        }

        return new Rounds(first, second);
    }

    /// <summary>How many times as fast we are, a round each, sorted.</summary>
    public double[] Ratios => [.. Theirs.Zip(Ours, (theirs, ours) => theirs / ours).Order()];

    /// <summary>The value below which a share of sorted values lies.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double share) => sorted[(int)Math.Round(share * (sorted.Count - 1))];
}
