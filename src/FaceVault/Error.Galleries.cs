namespace FaceVault;

/// <content>What a gallery may come upon.</content>
internal static partial class Error
{
    public static ArgumentOutOfRangeException GalleryModeUnknown(string parameter) => new(parameter, "A gallery is open or sealed. Say GalleryMode.Open or GalleryMode.Sealed.");

    public static VaultException GalleryDamaged() => new(VaultErrorCode.IntegrityViolated,
        "A template in the memory of a sealed gallery is not what was put there. Nothing was matched. Ask the vault for the gallery again (GetGalleryAsync): it is loaded anew. If it happens again, test the machine's memory.");
}
