namespace FaceVault;

/// <content>Thresholds that are measured (rule S5).</content>
internal static partial class Error
{
    public static ArgumentOutOfRangeException ScoreOutOfRange(string? parameter) => new(parameter, "A score is a cosine similarity from -1 to 1. Give scores of that scale.");

    public static ArgumentOutOfRangeException WantedRateOutOfRange(string parameter) => new(
        parameter, "A wanted rate of false positives is a share from 0.000000001 to 0.5. For one per cent give 0.01.");

    public static ArgumentOutOfRangeException LargestGalleryOutOfRange(string parameter) => new(
        parameter, "The largest gallery counts persons, at least as many as were measured, and belongs to 1:N search alone. Give a larger number, or none.");

    public static InvalidOperationException NoLabelledScores() => new("A curve needs mated and non-mated scores. Add both first.");

    public static Violation NotCalibrated() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "threshold", "There is no calibrated threshold for this model and kind.",
        "Measure one with facevault calibrate or Vault.ScoreLabelledAsync, or give a threshold of your own with Threshold.At.");

    public static Violation GalleryOutgrewCalibration() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "gallery", "The gallery holds more persons or templates than its threshold was calibrated for, so more strangers would be taken for somebody.",
        "Calibrate again, with room to grow; or give a threshold of your own with Threshold.At.");

    public static Violation CalibrationOfAnotherKind() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "calibration.kind", "The threshold was measured for another kind of comparison than the purpose is for: of 1:1 and 1:N neither says anything about the other.",
        "Measure it with scores of the purpose's own kind.");

    public static Violation GalleryTooSmallToMeasure() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "gallery", "The gallery holds nobody with whom a probe's person could be mistaken.",
        "Enrol more people first.");

    public static Violation NoMatedScores() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "scores.mated", "No score is of a probe with its own person's template, so nobody knows who would be turned away.",
        "Give probes of persons who are enrolled, and label them with the subject's id.");

    public static Violation TooFewNonMatedScores(long needed) => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "scores.nonMated", $"The wanted rate cannot be measured with so few scores of different persons: {needed} are needed, three divided by the rate's share.",
        "Measure with more probes of more persons, or ask for a higher rate or a smaller gallery.");

    public static Violation NoThresholdTellsApart() => new(
        ViolationCode.ThresholdNotCalibrated, "S5", "scores.nonMated", "More scores of different persons than the wanted rate allows are as high as scores can be, so no threshold keeps it.",
        "Look for people with several ids and for wrong labels, then measure again.");
}
