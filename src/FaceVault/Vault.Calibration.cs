using FaceVault.Operations;

namespace FaceVault;

/// <content>Thresholds that are measured (rule S5).</content>
public sealed partial class Vault
{
    /// <summary>Compares labelled probes with a purpose's templates: the scores that a threshold is measured on. Gives numbers and no names; stores nothing.</summary>
    /// <param name="purpose">Identification: each probe is searched in the whole gallery; the best template of its own person is its mated score, the best of all others its non-mated one (its own person left out, so one
    /// person fewer is searched). Verification: each probe is compared with the consents of all subjects named here and of nobody else.</param>
    /// <param name="probes">Probes with the subjects they are of. A subject without a usable consent to the purpose's newest version gives non-mated scores alone, and so does a probe that is itself
    /// enrolled (a mated score of 0.9999 or more): a picture resembles itself whatever the model is worth.</param>
    /// <param name="model">The model's name; null for the purpose's first.</param>
    /// <param name="progress">Told how many probes are done; for verification, how many subjects.</param>
    /// <param name="cancellationToken">Ends the comparing.</param>
    /// <returns>The scores, of the templates that could be used while this ran. Those of 1:N are of the quantised probe when the model's templates are int8, as in a search without <see cref="SearchOptions.Rescore"/>.</returns>
    /// <exception cref="RefusedException"><see cref="ViolationCode.OperationNotConsented"/>: the purpose is for analysis; <see cref="ViolationCode.ModelNotAdmitted"/>: the model was retired;
    /// <see cref="ViolationCode.ThresholdNotCalibrated"/>: the gallery holds nobody beside a probe's own person.</exception>
    /// <exception cref="ArgumentException">A probe does not fit the model, there is none, or the purpose admits no such model.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>; <see cref="VaultErrorCode.IntegrityViolated"/>: a stored template was changed or damaged;
    /// <see cref="VaultErrorCode.Busy"/>.</exception>
    /// <remarks>As long as searching all probes takes, and 12 bytes a score. Verification compares probes × subjects, about a microsecond each for 512 numbers: give thousands of subjects, not millions.</remarks>
    public async Task<LabelledScores> ScoreLabelledAsync(
        PurposeId purpose, IReadOnlyList<LabelledProbe> probes, string? model = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentOutOfRangeException.ThrowIfZero(probes.Count, nameof(probes));
        foreach (LabelledProbe probe in probes)
            SubjectId.Check(probe.Subject, nameof(probes));
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await open.CountedAsync(purpose, () => LabelledScoring.RunAsync(open, purpose, probes, model, progress, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Sets the threshold that <see cref="Threshold.Calibrated"/> means for a purpose's model, in place of the one before; galleries that are open use it from the next search on. Durable when it returns.</summary>
    /// <param name="purpose">A purpose of the kind that was measured.</param>
    /// <param name="calibration">What <see cref="LabelledScores.Calibrate"/> made. Setting it again is no change.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <remarks>It belongs to the purpose's newest version: a new version begins without one, since other people consent to it, and a model that is retired loses its own. Read it with <see cref="PurposeInfo.Calibrations"/>.</remarks>
    /// <exception cref="RefusedException"><see cref="ViolationCode.ThresholdNotCalibrated"/>: it was measured for another kind, 1:1 or 1:N; <see cref="ViolationCode.ModelNotAdmitted"/>: the purpose does not admit the model, or one
    /// of that name with other dimensions or another encoding. Nothing was written.</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeUnknown"/>, <see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    public async Task SetCalibrationAsync(PurposeId purpose, ThresholdCalibration calibration, CancellationToken cancellationToken = default)
    {
        PurposeId.Check(purpose, nameof(purpose));
        ArgumentNullException.ThrowIfNull(calibration);
        VaultSession open = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await open.CountedAsync(purpose, () => open.Engine.Enqueue(new CalibrationItem(open, purpose, calibration) { CancellationToken = cancellationToken })).ConfigureAwait(false);
    }
}
