namespace FaceVault.Calibration;

/// <summary>One comparison: its score, whose probe it was, and whose template.</summary>
internal readonly record struct LabelledScore(float Score, int Person, int Other);

/// <summary>Scores of one sort, from the highest. Errors among mated scores are those below a threshold, among the others those that reach it.</summary>
internal sealed class ScoreList(bool isMated)
{
    private readonly List<LabelledScore> scores = [];
    private bool isSorted;

    public int Count => scores.Count;

    public LabelledScore this[int rank]
    {
        get
        {
            Sort();
            return scores[rank];
        }
    }

    public void Add(LabelledScore score)
    {
        scores.Add(score);
        isSorted = false;
    }

    /// <summary>How many reach a threshold.</summary>
    public int CountFrom(float threshold)
    {
        Sort();
        int low = 0, high = scores.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (scores[middle].Score >= threshold)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>How often a threshold is wrong here, with the interval over persons.</summary>
    public ErrorRate Rate(float threshold)
    {
        int reached = CountFrom(threshold), from = isMated ? reached : 0, to = isMated ? scores.Count : reached;
        double rate = (double)(to - from) / scores.Count, variance = Variance(from, to, rate, static score => score.Person, out int persons);
        if (!isMated)
        {
            double other = Variance(from, to, rate, static score => score.Other, out _);
            double both = rate * (1 - rate) / scores.Count; // single comparisons, which are in both
            variance = Math.Max(Math.Max(variance, other), variance + other - both);
        }

        return ErrorRate.Of(to - from, scores.Count, persons, variance);
    }

    /// <summary>The variance of a rate whose comparisons come in clusters of one person: Σ(errors − rate · trials)² over persons, by the square of all trials.</summary>
    private double Variance(int from, int to, double rate, Func<LabelledScore, int> personOf, out int persons)
    {
        var deviations = new Dictionary<int, double>();
        for (int i = 0; i < scores.Count; i++)
        {
            int person = personOf(scores[i]);
            deviations[person] = deviations.GetValueOrDefault(person) + (i >= from && i < to ? 1 - rate : -rate);
        }

        persons = deviations.Count;
        double squares = 0;
        foreach (double deviation in deviations.Values)
            squares += deviation * deviation;
        return persons < 2 ? rate * (1 - rate) : squares * persons / (persons - 1.0) / scores.Count / scores.Count;
    }

    private void Sort()
    {
        if (!isSorted)
            scores.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        isSorted = true;
    }
}
