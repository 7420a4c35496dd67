namespace FaceVault;

/// <summary>A threshold with what it was measured on: made by <see cref="LabelledScores.Calibrate"/>, set with <see cref="Vault.SetCalibrationAsync"/>, used by <see cref="FaceVault.Threshold.Calibrated"/> where model, kind and size of the gallery are those measured (rule S5). Immutable.</summary>
public sealed partial record ThresholdCalibration
{
    internal ThresholdCalibration(TemplateModel model) => Model = model;

    /// <summary>The model whose scores were measured, with its encoding.</summary>
    public TemplateModel Model { get; }

    /// <summary>Verification or identification: a threshold of one is none for the other.</summary>
    public PurposeKind Kind { get; internal init; }

    /// <summary>A score of so much or more is a match; -1 to 1.</summary>
    public float Threshold { get; internal init; }

    /// <summary>The rate of false positives that was asked for, in steps of 10⁻⁹: FMR, or FPIR among <see cref="LargestGallery"/> persons.</summary>
    public double WantedRate { get; internal init; }

    /// <summary>1:1: FMR observed. 1:N: FPIR observed among <see cref="SearchedPersons"/> persons.</summary>
    public ErrorRate FalsePositives { get; internal init; }

    /// <summary>1:1: FNMR observed. 1:N: FNIR observed, the share of searches for somebody enrolled in which none of that person's templates reaches the threshold.</summary>
    public ErrorRate FalseNegatives { get; internal init; }

    /// <summary>1:N: the most persons a gallery may hold for this threshold; 0 for 1:1.</summary>
    public int LargestGallery { get; internal init; }

    /// <summary>1:N: the most templates a gallery may hold for this threshold; 0 for 1:1.</summary>
    public int LargestGalleryTemplates { get; internal init; }

    /// <summary>1:N: among how many persons false positives were observed; 0 for 1:1. Fewer than <see cref="LargestGallery"/> when the rate was held to a share of the wanted one.</summary>
    public int SearchedPersons { get; internal init; }

    /// <summary>When it was measured, in whole seconds of UTC.</summary>
    public DateTimeOffset MeasuredAt { get; internal init; }
}
