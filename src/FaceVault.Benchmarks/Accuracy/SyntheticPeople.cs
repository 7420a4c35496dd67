namespace FaceVault.Benchmarks;

/// <summary>People who do not exist, made so that their scores with real probes follow the scores of real people who are somebody else.</summary>
/// <remarks>
/// A template is a random combination of real ones (the donors, of people who are not searched for) about their mean: that keeps mean and covariance, so that scores keep mean and spread. But sums of many are normal, and
/// likenesses are not: the measured scores have more high ones. So some templates are turned towards a probe until their score is one of the tail: above the score that a share of 10⁻⁴ of all pairs reaches, an exponential
/// distribution through the score that 10⁻⁵ reach. How many are turned is set so that made-up people reach the latter score as often as real ones (other probes of the same person are alike too). Beyond it the tail is an
/// extrapolation: of 10 million pairs 100 lie there, and wrong labels are among them.
/// </remarks>
internal sealed class SyntheticPeople
{
    /// <summary>Templates of others in a combination.</summary>
    private const int Mixed = 48;
    private const double TailShare = 1e-4;

    private readonly float[][] donors;
    private readonly float[][] probes;
    private readonly float[] mean;
    private readonly Tail? measured;
    private double turned;

    /// <param name="donors">Templates of persons who are not searched for.</param>
    /// <param name="probes">Those who are searched for.</param>
    /// <param name="measured">The scores of the probes with other people; null = the normal tail of combinations.</param>
    public SyntheticPeople(float[][] donors, float[][] probes, Tail? measured)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(donors.Length, 2 * Mixed);
        (this.donors, this.probes, this.measured) = (donors, probes, measured);
        turned = Math.Min(1, probes.Length * TailShare);
        mean = new float[donors[0].Length];
        foreach (float[] donor in donors)
            for (int i = 0; i < mean.Length; i++)
                mean[i] += donor[i] / donors.Length;
    }

    /// <summary>The template of a number, always the same.</summary>
    public void Make(int number, Span<float> template)
    {
        var random = new Random(number);
        mean.CopyTo(template);
        for (int other = 0; other < Mixed; other++)
        {
            float[] donor = donors[random.Next(donors.Length)];
            float share = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) / Math.Sqrt(Mixed));
            for (int i = 0; i < template.Length; i++)
                template[i] += share * (donor[i] - mean[i]);
        }

        if (measured is not null && random.NextDouble() < turned)
            TurnTowards(probes[random.Next(probes.Length)], Likeness(random), template);
    }

    /// <summary>Sets how many are turned by what came of the last ones.</summary>
    /// <param name="made">The scores of the probes with made-up people.</param>
    public void Adjust(Tail made) => turned = measured is null ? 0 : Math.Min(1, turned * TailShare / 10 / made.ShareFrom(measured.At(TailShare / 10)));

    /// <summary>A score of the tail.</summary>
    private double Likeness(Random random)
    {
        double from = measured!.At(TailShare), decade = measured.At(TailShare / 10) - from;
        return Math.Min(0.999, from - decade * Math.Log10(1 - random.NextDouble()));
    }

    private static void TurnTowards(float[] probe, double score, Span<float> template)
    {
        double along = Dot(probe, template) / Dot(probe, probe);
        for (int i = 0; i < template.Length; i++)
            template[i] -= (float)(along * probe[i]);
        double across = Math.Sqrt((1 - score * score) / Dot(template, template)), towards = score / Math.Sqrt(Dot(probe, probe));
        for (int i = 0; i < template.Length; i++)
            template[i] = (float)(across * template[i] + towards * probe[i]);
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
