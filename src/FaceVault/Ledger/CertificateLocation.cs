namespace FaceVault;

/// <summary>A place that the destruction had to reach, as the certificate names it: no path, no address.</summary>
/// <param name="Type">What lay there.</param>
/// <param name="Medium">What the medium is, for example <c>file on ext2/ext3/ext4</c>. 1–128 UTF-8 bytes.</param>
/// <param name="Method">How the secret was destroyed there, for example <c>overwrite in place and flush</c>. 1–256 UTF-8 bytes.</param>
/// <param name="Confirmed">Whether the vault read the place back afterwards. False for a place that was retired while it was away.</param>
public sealed record CertificateLocation(LocationType Type, string Medium, string Method, bool Confirmed);
