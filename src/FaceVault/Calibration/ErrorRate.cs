namespace FaceVault;

/// <summary>How often something went wrong, with the interval in which the true rate lies with a confidence of 95 %.</summary>
/// <remarks>
/// Comparisons of one person are not independent: who is mistaken for another once is so again. The interval therefore counts persons: the variance of the rate is taken between persons (those who were presented, and
/// those they were compared with: both, less that of single comparisons, which is in both), the number of comparisons is replaced by that of independent ones with the same variance, and the interval is Wilson's for that number
/// (E. B. Wilson, JASA 22 (1927); clusters: W. G. Cochran, Sampling Techniques, §9.7 and §11.8; two directions: Cameron, Gelbach, Miller, J. Bus. Econ. Stat. 29 (2011)). Without an error, or with nothing but errors,
/// nothing varies: then every person counts once and the interval is one-sided, the rule of three (Hanley, Lippman-Hand, JAMA 249 (1983)). It covers chance, not a choice of persons unlike those who will come.
/// </remarks>
public readonly record struct ErrorRate
{
    private const double Z = 1.959964; // 97.5 % of a normal distribution lie below

    /// <summary>Counted comparisons that went wrong.</summary>
    public long Errors { get; internal init; }

    /// <summary>Comparisons, or searches; 0 for the default of the type.</summary>
    public long Trials { get; internal init; }

    /// <summary>Different people who were presented.</summary>
    public int Persons { get; internal init; }

    /// <summary>The lower end of the interval, 0 to <see cref="Value"/>; in steps of 10⁻⁹.</summary>
    public double Lower { get; internal init; }

    /// <summary>The upper end of the interval, <see cref="Value"/> to 1; in steps of 10⁻⁹.</summary>
    public double Upper { get; internal init; }

    /// <summary>Errors per trial, 0 to 1; NaN without a trial.</summary>
    public double Value => Trials == 0 ? double.NaN : (double)Errors / Trials;

    /// <summary>A rate with its interval.</summary>
    /// <param name="errors">Comparisons that went wrong.</param>
    /// <param name="trials">Comparisons, 1 or more.</param>
    /// <param name="persons">Different people, 1 or more.</param>
    /// <param name="variance">Of the rate, between persons.</param>
    internal static ErrorRate Of(long errors, long trials, int persons, double variance)
    {
        double p = (double)errors / trials;
        (double lower, double upper) = errors == 0 ? (0, RuleOfThree(persons))
            : errors == trials ? (1 - RuleOfThree(persons), 1)
            : Wilson(p, Math.Clamp(variance > 0 ? p * (1 - p) / variance : trials, 1, trials));
        return new ErrorRate
        {
            Errors = errors,
            Trials = trials,
            Persons = persons,
            Lower = Math.Clamp(Math.Floor(Math.Min(lower, p) * 1e9), 0, 1e9) / 1e9,
            Upper = Math.Clamp(Math.Ceiling(Math.Max(upper, p) * 1e9), 0, 1e9) / 1e9,
        };
    }

    private static double RuleOfThree(int persons) => 1 - Math.Pow(0.05, 1.0 / persons);

    private static (double Lower, double Upper) Wilson(double p, double n)
    {
        double centre = p + Z * Z / (2 * n), half = Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)), scale = 1 + Z * Z / n;
        return ((centre - half) / scale, (centre + half) / scale);
    }
}
