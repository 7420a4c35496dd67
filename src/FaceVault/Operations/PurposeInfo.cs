namespace FaceVault;

/// <summary>A purpose as it stands.</summary>
/// <param name="Definition">Its current definition, with the models that it admits now; the ledger's hash is over the definition as it was registered.</param>
/// <param name="Version">The number of that definition, from 1.</param>
/// <param name="Consents">Consents with a living key, all versions together.</param>
/// <param name="RetiredModels">Models that it admitted before: templates of them are kept until they are replaced or destroyed, and not used.</param>
public sealed record PurposeInfo(Purpose Definition, int Version, int Consents, IReadOnlyList<TemplateModel> RetiredModels)
{
    /// <summary>The thresholds that were set for its models (<see cref="Vault.SetCalibrationAsync"/>), at most one each.</summary>
    public IReadOnlyList<ThresholdCalibration> Calibrations { get; init; } = [];

    /// <summary>Whether its templates are turned by a secret rotation of their own, so that they do not match those of other purposes (ISO/IEC 24745): false only for a purpose that was registered before there were
    /// rotations, which goes on without.</summary>
    public bool IsRotated { get; init; }
}
