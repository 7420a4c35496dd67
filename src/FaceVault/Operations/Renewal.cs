namespace FaceVault;

/// <summary>What renewing a consent gave.</summary>
/// <param name="Receipt">The receipt of the new consent.</param>
/// <param name="Certificate">The certificate of the old key's destruction.</param>
public sealed record Renewal(ConsentReceipt Receipt, DeletionCertificate Certificate);
