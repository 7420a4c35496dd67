namespace FaceVault.Commits;

/// <content>Views of the vault.</content>
internal sealed partial class VaultEngine
{
    /// <summary>Whether <see cref="Read"/> would answer now without waiting for a commit. A hint: the next moment may differ.</summary>
    public bool IsReadable
    {
        get
        {
            if (IsInspecting || disposed)
                return true;
            if (faulted || !gate.TryEnterReadLock(0))
                return false;
            gate.ExitReadLock();
            return true;
        }
    }

    /// <summary>A consistent view for the calling thread: crown, tables and a reader. Short and synchronous: commits wait for it. After a failed commit it waits until the vault has decided anew.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultFaulted"/>: deciding anew has failed too.</exception>
    public ReadScope Read()
    {
        if (IsInspecting)
            return ReadBesideWriter();
        while (true)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            gate.EnterReadLock();
            try
            {
                if (!faulted && state is { } now)
                    return new ReadScope(gate, readers, now);
            }
            catch
            {
                gate.ExitReadLock();
                throw;
            }

            gate.ExitReadLock();
            if (recoveryFailed)
                throw Error.VaultFaulted();
            Thread.Sleep(1);
        }
    }
}
