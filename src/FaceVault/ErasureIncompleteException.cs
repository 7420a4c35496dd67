namespace FaceVault;

/// <summary>The consent is stopped for every use and stays so, but its key is not yet destroyed everywhere. Call again: the same call is idempotent and continues.</summary>
/// <remarks>Or it is destroyed everywhere and its certificate cannot be made, because the key store is damaged; the message says which. Its own type because a caller reacts differently: nothing needs to be stopped again, and no certificate may be shown yet.</remarks>
public sealed class ErasureIncompleteException : VaultException
{
    internal ErasureIncompleteException(string message, Exception? inner)
        : base(VaultErrorCode.ErasureIncomplete, message, inner)
    {
    }
}
