namespace FaceVault;

/// <summary>The world failed: a store, a root key location, the clock or the file system. Misuse is a BCL exception, a legitimate no is a return value.</summary>
/// <remarks>Messages are full sentences that say what to do next and never carry an identifier, a score or a key.</remarks>
public class VaultException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">What went wrong, stable across versions.</param>
    /// <param name="message">A sentence with the remedy.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public VaultException(VaultErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>What went wrong, stable across versions.</summary>
    public VaultErrorCode Code { get; }

    /// <summary>Whether bytes of a store were changed or damaged.</summary>
    internal bool IsDamage => Code is VaultErrorCode.StoreDamaged or VaultErrorCode.IntegrityViolated;

    /// <summary>Whether the same call may succeed later without anybody mending anything.</summary>
    public bool IsTransient => Code is VaultErrorCode.VaultInUse or VaultErrorCode.VaultFaulted or VaultErrorCode.ErasureIncomplete or VaultErrorCode.Busy;
}
