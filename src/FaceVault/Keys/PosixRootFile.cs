using FaceVault.Interop;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Keys;

/// <summary>A root file through its handle: no buffer of .NET between the secret memory and the kernel, fsync checked, reads past the page cache where the kernel allows.</summary>
internal sealed class PosixRootFile(SafeFileHandle handle) : IRootFile, IDisposable
{
    public long Length => RandomAccess.GetLength(handle);

    public void Read(long offset, Span<byte> destination)
    {
        _ = Posix.TryForgetCached(handle, offset, destination.Length);
        try
        {
            while (!destination.IsEmpty)
            {
                int read = RandomAccess.Read(handle, destination, offset);
                if (read == 0)
                    throw new EndOfStreamException("The file is shorter than it was.");
                destination = destination[read..];
                offset += read;
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("Reading was denied.", e);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(handle, source, offset);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("Writing was denied.", e);
        }
    }

    public void Flush() => Posix.Flush(handle);

    /// <summary>Mode 0600, for a file that was there before. A file system without modes (FAT) has nothing to restrict.</summary>
    public void RestrictToOwner()
    {
        try
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // no modes here
        }
    }

    /// <summary>Unlocks and closes: a child that is being forked at this moment holds a copy of the handle, and would hold the lock with it.</summary>
    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        try
        {
            Posix.Unlock(handle);
        }
        catch (IOException)
        {
            // a file system without locks; closing is all that is left
        }

        handle.Dispose();
    }
}
