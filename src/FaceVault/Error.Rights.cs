namespace FaceVault;

/// <content>What the rights of subjects run into.</content>
internal static partial class Error
{
    public static VaultException RestrictedWhileInUse(Exception cause) => new(VaultErrorCode.VaultFaulted,
        "The consent is restricted for good and nothing begins to use it any more, but a use that began before did not end in time. Call again to wait for it.", cause);
}
