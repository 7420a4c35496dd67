using FaceVault.Interop;

namespace FaceVault.Storage;

/// <summary>A small file beside the stores that is there whole, old or new, whenever the power goes.</summary>
internal static class DurableFile
{
    /// <summary>Writes it: a temporary file, flushed, then renamed, then the folder flushed.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>: it could not be written; what was there before still is.</exception>
    public static void Write(string directory, string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(directory, name), temporary = path + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush();
                Posix.Flush(file.SafeFileHandle);
            }

            File.Move(temporary, path, overwrite: true);
            Posix.FlushDirectory(directory);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw Error.FolderNotWritable(denied);
        }
    }
}
