namespace FaceVault.Benchmarks;

/// <summary>Scores of probes with other people, counted in steps of 10⁻⁴.</summary>
internal sealed class Tail
{
    private readonly long[] counts = new long[20_002];
    private double sum;
    private double squares;
    private long count;

    public double Mean => sum / count;

    public double Deviation => Math.Sqrt(squares / count - Mean * Mean);

    public void Add(float score)
    {
        counts[Math.Clamp((int)Math.Floor((score + 1) * 10_000), 0, 20_000)]++;
        sum += score;
        squares += (double)score * score;
        count++;
    }

    /// <summary>The share of all that reaches a score.</summary>
    public double ShareFrom(double score) => (double)counts.Skip((int)Math.Round((score + 1) * 10_000)).Sum() / count;

    /// <summary>The score that this share of all reaches.</summary>
    public double At(double share)
    {
        long above = 0;
        int step = counts.Length;
        while (step > 0 && above < count * share)
            above += counts[--step];
        return step / 10_000.0 - 1;
    }
}
