using FaceVault.Calibration;

namespace FaceVault;

/// <summary>Scores of which somebody knows whether they are of one person or of two: what thresholds are measured on. Holds no template and no name.</summary>
/// <remarks>
/// <see cref="Vault.ScoreLabelledAsync"/> makes them from a vault's own templates; scores measured elsewhere are added one by one. One thread adds; then any number may read at once when one of them has read before.
/// 12 bytes a score. Words: FMR and FNMR are false match and false non-match rate of 1:1 comparisons; FPIR and FNIR false positive and false negative identification rate of 1:N searches (ISO/IEC 19795-1).
/// </remarks>
public sealed class LabelledScores
{
    /// <summary>The highest rate of false positives that a threshold is wanted for.</summary>
    internal const double HighestRate = 0.5;

    private readonly ScoreList mated = new(isMated: true);
    private readonly ScoreList others = new(isMated: false);

    private LabelledScores(TemplateModel model, PurposeKind kind, int persons, int templates, int searched)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, Kind, GalleryPersons, GalleryTemplates, SearchedPersons) = (model, kind, persons, templates, searched);
    }

    /// <summary>The model of all templates and probes.</summary>
    public TemplateModel Model { get; }

    /// <summary>Verification or identification.</summary>
    public PurposeKind Kind { get; }

    /// <summary>Identification: how many persons are enrolled; 0 for verification.</summary>
    public int GalleryPersons { get; }

    /// <summary>Identification: how many templates those persons have; 0 for verification.</summary>
    public int GalleryTemplates { get; }

    /// <summary>Identification: among how many persons each search for nobody went, <see cref="GalleryPersons"/>, or one less when a person's own templates were left out; 0 for verification.</summary>
    public int SearchedPersons { get; }

    /// <summary>Scores of one person's probe with that person's template; of a search, the best of them.</summary>
    public int Mated => mated.Count;

    /// <summary>Scores of two persons; of a search, the best among all others.</summary>
    public int NonMated => others.Count;

    /// <summary>No scores yet, of 1:1 comparisons.</summary>
    /// <param name="model">The model of all templates and probes.</param>
    /// <returns>Scores to be added to.</returns>
    public static LabelledScores ForVerification(TemplateModel model) => new(model, PurposeKind.Verification, 0, 0, 0);

    /// <summary>No scores yet, of 1:N searches of one gallery.</summary>
    /// <param name="model">The model of all templates and probes.</param>
    /// <param name="galleryPersons">How many persons are enrolled, 1 or more.</param>
    /// <param name="galleryTemplates">How many templates they have, as many as persons or more.</param>
    /// <param name="searchedPersons">Among how many of them each non-mated score is the best, 1 to <paramref name="galleryPersons"/>: one less when the probe's own person was left out of the gallery.</param>
    /// <returns>Scores to be added to.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LabelledScores ForIdentification(TemplateModel model, int galleryPersons, int galleryTemplates, int searchedPersons)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(galleryPersons, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(galleryTemplates, galleryPersons);
        ArgumentOutOfRangeException.ThrowIfLessThan(searchedPersons, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(searchedPersons, galleryPersons);
        return new(model, PurposeKind.Identification, galleryPersons, galleryTemplates, searchedPersons);
    }

    /// <summary>Adds a score of one person's probe with that person's own template; of a search, the best of that person's templates.</summary>
    /// <param name="person">A number that stands for the person, the same in all scores.</param>
    /// <param name="score">Cosine similarity, -1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside -1 to 1, or not a number.</exception>
    public void AddMated(int person, float score) => mated.Add(new(Checked(score), person, person));

    /// <summary>Adds a score of a probe with another person's template; of a search, the best of all templates that are not the probe's person's.</summary>
    /// <param name="person">A number that stands for the person of the probe, the same in all scores.</param>
    /// <param name="other">The number of the person of the template.</param>
    /// <param name="score">Cosine similarity, -1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside -1 to 1, or not a number, or both persons are one.</exception>
    public void AddNonMated(int person, int other, float score)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(other, person);
        others.Add(new(Checked(score), person, other));
    }

    /// <summary>The lowest threshold whose observed rate of false positives does not exceed the wanted one.</summary>
    /// <param name="wanted">FMR of 1:1 comparisons, or FPIR of 1:N searches: above 0 to 0.5; rounded down to a multiple of 10⁻⁹.</param>
    /// <param name="measuredAt">When it was measured; kept in whole seconds.</param>
    /// <param name="largestGallery">1:N: how many persons may be enrolled at most when the threshold is used; null = as many as were. More persons are more chances of a false positive, so the rate is held to its share:
    /// at k times as many it is at most k times as high when the further persons are like those measured, and that bound is what counts here.</param>
    /// <returns>The threshold with what was observed at it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The wanted rate is outside its range; the largest gallery is smaller than the measured one, or given for 1:1.</exception>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ThresholdNotCalibrated"/> (rule S5): there are no mated scores; there are so few non-mated ones that not even none of them above the threshold would show the
    /// wanted rate (rule of three: 3 divided by the rate are needed); or two persons are more alike than any threshold tells apart. All that hold are listed.</exception>
    public ThresholdCalibration Calibrate(double wanted, DateTimeOffset measuredAt, int? largestGallery = null)
    {
        if (!(wanted is >= 1e-9 and <= HighestRate))
            throw Error.WantedRateOutOfRange(nameof(wanted));
        if (largestGallery is { } asked && (Kind == PurposeKind.Verification || asked < GalleryPersons))
            throw Error.LargestGalleryOutOfRange(nameof(largestGallery));
        int largest = largestGallery ?? GalleryPersons;
        double kept = Math.Floor(wanted * 1e9 + 1e-3) / 1e9;
        double share = Kind == PurposeKind.Verification ? kept : kept * SearchedPersons / largest;
        long needed = (long)Math.Ceiling(3 / share - 1e-6);
        int allowed = (int)Math.Min(Math.Floor(share * others.Count + 1e-9), others.Count);
        float threshold = allowed >= others.Count ? -1 : MathF.BitIncrement(others[allowed].Score);
        RefusedException.ThrowIfAny(Violations(needed, threshold));
        return new ThresholdCalibration(Model)
        {
            Kind = Kind,
            Threshold = threshold,
            WantedRate = kept,
            FalsePositives = others.Rate(threshold),
            FalseNegatives = mated.Rate(threshold),
            LargestGallery = largest,
            LargestGalleryTemplates = largest == 0 ? 0 : checked((int)(((long)GalleryTemplates * largest + GalleryPersons - 1) / GalleryPersons)),
            SearchedPersons = SearchedPersons,
            MeasuredAt = DateTimeOffset.FromUnixTimeSeconds(measuredAt.ToUnixTimeSeconds()),
        };
    }

    /// <summary>The detection error trade-off curve, from the highest threshold: false positives grow from point to point, false negatives fall.</summary>
    /// <param name="points">About how many points, 2 to 10,000, close where false positives are few.</param>
    /// <returns>The points; the first has no false positive, the last nothing else.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of points is outside its range.</exception>
    /// <exception cref="InvalidOperationException">There are no mated or no non-mated scores.</exception>
    public IReadOnlyList<DetPoint> Det(int points = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points, 10_000);
        if (Mated == 0 || NonMated == 0)
            throw Error.NoLabelledScores();
        var curve = new List<DetPoint>();
        float last = float.PositiveInfinity;
        for (int i = 0; i < points; i++)
        {
            int rank = (int)Math.Round(Math.Pow(NonMated, i / (points - 1.0))) - 1; // 0 to NonMated - 1, evenly spaced in its logarithm
            foreach (float threshold in (float[])[i == 0 ? MathF.BitIncrement(others[0].Score) : last, others[rank].Score])
            {
                if (threshold >= last)
                    continue;
                last = threshold;
                curve.Add(new DetPoint(threshold, (double)others.CountFrom(threshold) / NonMated, 1 - (double)mated.CountFrom(threshold) / Mated));
            }
        }

        return curve;
    }

    private static float Checked(float score, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(score))] string? parameter = null) =>
        score is >= -1 and <= 1 ? score : throw Error.ScoreOutOfRange(parameter);

    private List<Violation> Violations(long needed, float threshold)
    {
        var violations = new List<Violation>();
        if (Mated == 0)
            violations.Add(Error.NoMatedScores());
        if (NonMated < needed)
            violations.Add(Error.TooFewNonMatedScores(needed));
        else if (threshold > 1)
            violations.Add(Error.NoThresholdTellsApart());
        return violations;
    }
}
