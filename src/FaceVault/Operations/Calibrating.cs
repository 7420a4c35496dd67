using FaceVault.Consents;

namespace FaceVault.Operations;

/// <summary>Where a calibrated threshold counts (rule S5): for the model and kind it was measured for, up to the gallery it was measured for.</summary>
internal static class Calibrating
{
    /// <summary>The threshold of a gallery.</summary>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ThresholdNotCalibrated"/>.</exception>
    public static float FloorOf(VaultSession session, uint version, Gallery gallery)
    {
        ThresholdCalibration? calibration = session.Purposes.TryOfVersion(version)?.Version.CalibrationOf(gallery.Model);
        if (calibration is null)
            throw new RefusedException([Error.NotCalibrated()]);
        if (!gallery.HoldsAtMost(calibration.LargestGallery, calibration.LargestGalleryTemplates))
            throw new RefusedException([Error.GalleryOutgrewCalibration()]);
        return calibration.Threshold;
    }

    /// <summary>The threshold for a 1:1 comparison; null with the violation when there is none.</summary>
    public static float? FloorOf(PurposeVersion purpose, TemplateModel model, Threshold threshold, out Violation? violation)
    {
        float? floor = threshold.IsCalibrated ? purpose.CalibrationOf(model)?.Threshold : threshold.Floor(nameof(threshold));
        violation = floor is null ? Error.NotCalibrated() : null;
        return floor;
    }
}

/// <summary>Sets the threshold of a purpose's model, in place of the one before.</summary>
/// <remarks>It stands behind the definition in the purpose's sealed row; as every change of that row it gives the purpose a new secret, so that an earlier threshold cannot be put back.</remarks>
internal sealed class CalibrationItem(VaultSession session, PurposeId id, ThresholdCalibration calibration) : ModelItem(session, id)
{
    protected override PurposeVersion Change(PurposeVersion newest)
    {
        var violations = new List<Violation>();
        if (calibration.Kind != newest.Registered.Kind)
            violations.Add(Error.CalibrationOfAnotherKind());
        if (newest.Retired.Contains(calibration.Model))
            violations.Add(Error.ModelRetired());
        else if (!newest.Admitted.Contains(calibration.Model))
            violations.Add(newest.Known.Any(model => model.Name == calibration.Model.Name) ? Error.ModelKnownOtherwise() : Error.ModelNotAdmitted());
        RefusedException.ThrowIfAny(violations);
        return calibration.Equals(newest.CalibrationOf(calibration.Model)) ? newest : newest.With(calibration);
    }

    protected override Ledger.LedgerEntry? Line(PurposeVersion before, string purpose, DateTimeOffset time) => null;
}
