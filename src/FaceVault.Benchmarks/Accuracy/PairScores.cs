namespace FaceVault.Benchmarks;

/// <summary>The scores of all probe × enrolled pairs, as far as accuracy at a low FAR needs them: every genuine one, and the highest of the impostors.</summary>
internal sealed class PairScores
{
    /// <summary>The largest share of impostor pairs that may be asked about.</summary>
    public const double HighestFar = 1e-3;

    private readonly List<double> genuine = [];
    private readonly PriorityQueue<double, double> highest = new(); // its first is the lowest of those kept
    private readonly int kept;
    private long impostors;

    /// <param name="expected">How many impostor pairs there will be.</param>
    public PairScores(long expected) => kept = (int)(expected * HighestFar) + 1;

    /// <summary>Takes the scores of one probe against all enrolled.</summary>
    public void Add(ReadOnlySpan<double> scores, int mate)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            double score = scores[i];
            if (!double.IsFinite(score))
                throw new InvalidOperationException("A pair has no score; nothing is counted.");
            if (i == mate)
            {
                genuine.Add(score);
                continue;
            }

            impostors++;
            if (highest.Count < kept)
                highest.Enqueue(score, score);
            else if (score > highest.Peek())
                highest.DequeueEnqueue(score, score);
        }
    }

    /// <summary>The lowest threshold at which at most this share of the impostor pairs lies above it, and the share of genuine pairs above it.</summary>
    public (double Threshold, double Tar) At(double far)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(far, HighestFar);
        double threshold = highest.UnorderedItems.Select(item => item.Element).OrderDescending().ElementAt((int)(impostors * far));
        return (threshold, genuine.Count(score => score > threshold) / (double)genuine.Count);
    }
}
