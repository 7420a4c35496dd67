using FaceVault.Storage;

namespace FaceVault;

/// <summary>Makes a vault of <see cref="VaultOptions.InMemoryForTests"/> fail, so that your tests see how your code bears it. Thread-safe.</summary>
/// <remarks>A vault with faults has a mirror, which can be taken away. A process that dies is played by disposing the vault and making another over the same options.</remarks>
public sealed class InMemoryFaults
{
    /// <summary>Faults of one vault; nothing fails yet.</summary>
    public InMemoryFaults() => Mirror = new InMemoryKeyStoreLocation("memory, mirror", Stores);

    /// <summary>
    /// Whether the mirror cannot be reached. Ordinary calls go on without it; what was stopped is not certified until it is back: <see cref="Vault.WithdrawConsentAsync"/> throws
    /// <see cref="ErasureIncompleteException"/>, and the same call, made again later, gives the certificate.
    /// </summary>
    public bool IsMirrorAway
    {
        get => !Mirror.IsReachable;
        set => Mirror.IsReachable = !value;
    }

    internal StoreFaults Stores { get; } = new();

    internal InMemoryKeyStoreLocation Mirror { get; }

    /// <summary>The next commit fails before anything of it is written, as on a full disk: <see cref="VaultException"/> with <see cref="VaultErrorCode.StoreFailed"/>, nothing has changed, and calling again is right.</summary>
    public void FailNextCommit() => Stores.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before);

    /// <summary>The next commit is written and its answer is lost. The vault looks at what stands and answers truly, or says that it does not know (<see cref="VaultErrorCode.VaultFaulted"/>): ask again before you repeat.</summary>
    public void LoseNextAnswer() => Stores.FailAt(StoreStep.Commit, 1, StoreFaultMoment.After);

    /// <summary>Every step of the stores fails from now on, as when a disk is pulled, until <see cref="Mend"/>.</summary>
    public void Break() => Stores.Kill();

    /// <summary>Nothing fails any more; the mirror is back.</summary>
    public void Mend()
    {
        Stores.Clear();
        IsMirrorAway = false;
    }
}
