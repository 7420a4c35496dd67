namespace FaceVault;

/// <summary>What a retention sweep did.</summary>
/// <param name="Expired">Consents whose use had ended and whose key was destroyed.</param>
/// <param name="EvidenceDestroyed">Consents whose evidence had its time and was destroyed.</param>
/// <param name="Resumed">Stopped consents whose destruction was taken up again.</param>
/// <param name="Restricted">Consents whose use had ended and that are kept, stopped, because they are under a legal hold.</param>
public sealed record SweepResult(int Expired, int EvidenceDestroyed, int Resumed, int Restricted = 0);
