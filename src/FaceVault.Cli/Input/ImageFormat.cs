namespace FaceVault.Cli.Input;

/// <summary>Recognises photographs by their first bytes, because giving one where an embedding is wanted is the commonest mistake.</summary>
internal static class ImageFormat
{
    /// <summary>The format's name, or <see langword="null"/> when the bytes begin like no image known here.</summary>
    public static string? Of(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "PNG",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "GIF",
        [(byte)'B', (byte)'M', ..] => "BMP",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "WebP",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "HEIF",
        _ => null,
    };
}
