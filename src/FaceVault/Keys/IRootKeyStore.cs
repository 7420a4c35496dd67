namespace FaceVault;

/// <summary>Keeps the root key outside the store, at one or more locations. For media that can destroy a key at once: a file on a local disk, a hardware token.</summary>
public interface IRootKeyStore : IDisposable
{
    /// <summary>The configured locations, at least one, in the caller's order.</summary>
    IReadOnlyList<IRootLocation> Locations { get; }
}

/// <summary>One place that holds root records: two record areas and two head sectors, written in place.</summary>
/// <remarks>Used by the vault's writer thread only. Every write is flushed, and read back where the protocol concludes something from it. A failed flush is answered by writing again.</remarks>
public interface IRootLocation : IDisposable
{
    /// <summary>What the medium is, for the certificate: for example <c>file on ext2/ext3/ext4</c>. No path.</summary>
    string Medium { get; }

    /// <summary>How a key is destroyed here, for the certificate: for example <c>overwrite in place and flush</c>.</summary>
    string DestructionMethod { get; }

    /// <summary>Where it is, for the operator. Never in certificates or logs.</summary>
    string Description { get; }

    /// <summary>Takes the exclusive lock that is the process lock of the vault, and keeps it until dispose. False when another process has it.</summary>
    /// <exception cref="VaultException">The location does not exist or cannot be reached.</exception>
    bool TryLock();

    /// <summary>Who holds the lock, as far as the location knows: a process id, or null.</summary>
    int? ReadLockHolder();

    /// <summary>Makes the location with one record and a head of commit 0, durable when it returns. Takes the lock.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/> when it holds a record of a vault with a head above 0, <see cref="VaultErrorCode.RootPathRefused"/>.</exception>
    void Create(RootRecord record);

    /// <summary>Reads what is there. Never throws for a missing or damaged location: the state says so. The caller disposes the records.</summary>
    RootReading Read();

    /// <summary>Writes a record into the free area and nothing else.</summary>
    /// <exception cref="InvalidOperationException">A second record is there already.</exception>
    void Stage(RootRecord record);

    /// <summary>Makes the record with this key id the only one: overwrites the whole of every area that does not hold it, whatever it contains, flushes and reads back.</summary>
    void Promote(ulong keyId);

    /// <summary>Destroys the staged record and keeps the one with this key id: the same overwriting as <see cref="Promote"/>.</summary>
    void Discard(ulong survivingKeyId);

    /// <summary>Writes the head into the sector that does not hold the newest one.</summary>
    void RecordHead(RootHead head);
}
