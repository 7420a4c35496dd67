namespace FaceVault;

/// <summary>A purpose as it stands.</summary>
/// <param name="Definition">Its current definition.</param>
/// <param name="Version">The number of that definition, from 1.</param>
/// <param name="Consents">Consents with a living key, all versions together.</param>
public sealed record PurposeInfo(Purpose Definition, int Version, int Consents);
