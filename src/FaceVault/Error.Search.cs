namespace FaceVault;

/// <content>Searches of a gallery.</content>
internal static partial class Error
{
    public static InvalidOperationException SearchInsideSearch() => new(
        "This was called from the progress of a search of the same gallery, whose end it would wait for. Return from there first, then search again.");
}
