namespace FaceVault;

// Messages about accepting a loss.
internal static partial class Error
{
    public static VaultException NothingLost() => new(VaultErrorCode.NothingLost, "The vault opens: no loss is to be accepted, and nothing was changed. Go on using it.");
}
