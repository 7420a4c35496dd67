namespace FaceVault.Benchmarks.Peers;

/// <summary>The ten best of a few probes in double precision, against which answers are checked before anything is timed.</summary>
internal sealed class Reference
{
    private const int Checked = 8;
    private readonly DataSet data;
    private readonly (int Row, double Score)[][] best;

    public Reference(DataSet data)
    {
        this.data = data;
        best = new (int Row, double Score)[Math.Min(Checked, DataSet.MostProbes)][];
        Parallel.For(0, best.Length, probe => best[probe] = Search(probe));
    }

    /// <summary>How many of the candidates that a peer should find it found: each must have a score that is right for its row, and reach the true one of its rank.</summary>
    public double Recall(Peer peer, int probes)
    {
        int found = 0, wanted = 0;
        for (int probe = 0; probe < Math.Min(best.Length, probes); probe++)
        {
            (int Row, float Score)[] answer = peer.Found(probe);
            wanted += best[probe].Length;
            for (int rank = 0; rank < Math.Min(answer.Length, best[probe].Length); rank++)
            {
                (int row, float score) = answer[rank];
                bool isTrue = row >= 0 && row < data.Count && Math.Abs(score - Score(probe, row)) <= peer.Tolerance;
                if (isTrue && (peer.IsApproximate ? best[probe].Any(b => b.Row == row) : score >= best[probe][rank].Score - peer.Tolerance))
                    found++;
            }
        }

        return (double)found / wanted;
    }

    private (int Row, double Score)[] Search(int probe)
    {
        var queue = new PriorityQueue<int, double>();
        for (int row = 0; row < data.Count; row++)
        {
            double score = Score(probe, row);
            if (queue.Count < Peer.Top)
                queue.Enqueue(row, score);
            else if (queue.TryPeek(out _, out double last) && score > last)
                queue.DequeueEnqueue(row, score);
        }

        return [.. queue.UnorderedItems.OrderByDescending(i => i.Priority).Select(i => (i.Element, i.Priority))];
    }

    private double Score(int probe, int row)
    {
        ReadOnlySpan<float> a = data.Vector(row), b = data.Probes[probe];
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
