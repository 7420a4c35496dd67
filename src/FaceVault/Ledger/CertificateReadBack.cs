namespace FaceVault.Ledger;

/// <summary>What reading a store back over a new connection showed after the key had left it.</summary>
/// <param name="Type">The store itself or a mirror.</param>
/// <param name="Crown">Whether the crown opened under the new root key.</param>
/// <param name="Pages">How many rewritten pages opened.</param>
/// <param name="Passed">Whether all of it was as written and the destroyed key was not there.</param>
internal sealed record CertificateReadBack(LocationType Type, bool Crown, int Pages, bool Passed);
