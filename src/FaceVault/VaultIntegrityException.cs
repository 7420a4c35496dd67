namespace FaceVault;

/// <summary>Sealed bytes are not what they were sealed as: changed, swapped, truncated or missing. Never a wrong template.</summary>
/// <remarks>Its own type because a caller may want to alarm somebody: nobody but an attacker or a failing disk produces it.</remarks>
public sealed class VaultIntegrityException : VaultException
{
    internal VaultIntegrityException(string message)
        : base(VaultErrorCode.IntegrityViolated, message)
    {
    }
}
