using FaceVault.Interop;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Keys;

/// <summary>What the locations of a <see cref="FileRootKeyStore"/> share; complete once the store's initialiser has run.</summary>
internal sealed class FileRootSettings
{
    public bool AllowEphemeral { get; set; }

    public RootPassphrases Passphrases { get; } = new();
}

/// <summary>A root location that is a file. Holds the handle and the lock from <see cref="TryLock"/> or <see cref="Create"/> until dispose; without them it opens the file for each read.</summary>
internal sealed class FileRootLocation(string path, FileRootSettings settings) : IRootLocation
{
    private PosixRootFile? file;
    private RootVolume? volume;
    private FileIdentity identity;

    public string Medium => FileRootPaths.Describe(path).Medium;

    public string DestructionMethod => FileRootPaths.Describe(path).Method;

    public string Description => path;

    public bool TryLock()
    {
        if (volume is not null && IsStillThere())
            return true;
        Release();
        FileRootPaths.CheckAbsolute(path);
        return TryHold(OpenForWriting());
    }

    public int? ReadLockHolder() => Posix.TryIdentify(path) is { } there ? LockTable.FindHolder(there) : null;

    public void Create(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        FileRootPaths.CheckAbsolute(path);
        FileRootPaths.CheckCreatable(path, settings.AllowEphemeral);
        bool isNew = false, wasHeld = volume is not null && IsStillThere();
        if (!wasHeld)
        {
            Release();
            SafeFileHandle handle = OpenOrMake(out isNew);
            if (!TryHold(handle))
                throw Error.RootInUse(path, ReadLockHolder());
        }

        try
        {
            volume!.CheckUnused();
            file!.RestrictToOwner();
            volume.Create(record);
            Posix.FlushDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e)
        {
            if (isNew)
                Forget();
            if (!wasHeld)
                Release();
            if (e is IOException)
                throw Error.RootKeyFailed(path, e);
            throw;
        }
    }

    public RootReading Read()
    {
        FileRootPaths.CheckAbsolute(path);
        if (volume is not null)
            return IsStillThere() ? volume.Read() : RootReading.Missing;
        try
        {
            using SafeFileHandle handle = Posix.OpenFile(path, write: false);
            if (!Posix.Identify(handle).IsRegular)
                return RootReading.Damaged;
            using var unlocked = new PosixRootFile(handle);
            return new RootVolume(unlocked, settings.Passphrases, () => path).Read();
        }
        catch (IOException e)
        {
            return IsAbsence(e) ? RootReading.Missing : RootReading.Damaged;
        }
    }

    public void Stage(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Held().Stage(record);
    }

    public void Promote(ulong keyId) => Held().Promote(keyId);

    public void Discard(ulong survivingKeyId) => Held().Discard(survivingKeyId);

    public void RecordHead(RootHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        Held().RecordHead(head);
    }

    public void Dispose() => Release();

    public override string ToString() => nameof(FileRootLocation);

    private RootVolume Held()
    {
        if (volume is null)
            throw Error.RootNotLocked();
        return IsStillThere() ? volume : throw Error.RootUnreachable(path);
    }

    // A file that was moved away, or whose medium was unplugged, can still be written through the handle: that would destroy and record nothing anybody finds again.
    private bool IsStillThere() => Posix.TryIdentify(path) is { } there && there.IsSameFile(identity);

    private bool TryHold(SafeFileHandle handle)
    {
        try
        {
            identity = Posix.Identify(handle);
            if (!identity.IsRegular)
                throw Error.RootFileNotOurs(path);
            if (!Posix.TryLock(handle))
            {
                handle.Dispose();
                return false;
            }

            if (!IsStillThere())
                throw Error.RootUnreachable(path);
        }
        catch (IOException e)
        {
            handle.Dispose();
            throw Error.RootKeyFailed(path, e);
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        file = new PosixRootFile(handle);
        volume = new RootVolume(file, settings.Passphrases, () => path);
        return true;
    }

    private SafeFileHandle OpenForWriting()
    {
        try
        {
            return Posix.OpenFile(path, write: true);
        }
        catch (IOException e)
        {
            throw e.HResult is Posix.EACCES or Posix.EROFS ? FileRootPaths.ReadOnly(path) : Error.RootUnreachable(path);
        }
    }

    private SafeFileHandle OpenOrMake(out bool isNew)
    {
        isNew = true;
        try
        {
            return Posix.CreateFile(path);
        }
        catch (IOException e) when (e.HResult == Posix.EEXIST)
        {
            isNew = false;
            return OpenForWriting();
        }
        catch (IOException e)
        {
            throw e.HResult is Posix.EACCES or Posix.EROFS ? FileRootPaths.ReadOnly(path) : Error.RootKeyFailed(path, e);
        }
    }

    // A creation that failed leaves no file behind, where the file system still lets us.
    private void Forget()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what is left counts as unused
        }
    }

    private void Release()
    {
        file?.Dispose();
        file = null;
        volume = null;
    }

    private static bool IsAbsence(IOException e) => e.HResult is Posix.ENOENT or Posix.ENOTDIR;
}
