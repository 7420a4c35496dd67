namespace FaceVault;

/// <summary>Keeps the root key outside the store, at one or more locations. For media that can destroy a key at once: a file on a local disk, a hardware token.</summary>
/// <remarks>Used by one thread at a time; its locations by several at once. Disposing it releases their locks.</remarks>
public interface IRootKeyStore : IDisposable
{
    /// <summary>The configured locations, at least one, in the caller's order.</summary>
    IReadOnlyList<IRootLocation> Locations { get; }

    /// <summary>Refuses locations that cannot protect this vault, before anything is written: the vault calls it first.</summary>
    /// <param name="vaultDirectory">The vault's folder, or a mirror's; it need not exist yet. Keys beside the store protect nothing, so no location may lie in it.</param>
    /// <param name="creating">True before a vault or a location is made: then the place must also be writable and lasting.</param>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPathRefused"/> with the reason.</exception>
    void CheckPlacement(string vaultDirectory, bool creating);
}

/// <summary>One place that holds root records: two record areas and two head sectors, written in place.</summary>
/// <remarks>The vault calls one location from one thread at a time, and several locations at once. Every write is flushed; what was destroyed is read back by the verb, what was staged by the vault's next <see cref="Read"/>. A failed flush is answered by writing again.</remarks>
public interface IRootLocation : IDisposable
{
    /// <summary>What the medium is, for the certificate: for example <c>file on ext2/ext3/ext4</c>. No path.</summary>
    string Medium { get; }

    /// <summary>How a key is destroyed here, for the certificate: for example <c>overwrite in place and flush</c>.</summary>
    string DestructionMethod { get; }

    /// <summary>Where it is, for the operator. Never in certificates or in what the vault logs; messages of exceptions name it.</summary>
    string Description { get; }

    /// <summary>Takes the exclusive lock that is the process lock of the vault, and keeps it until dispose. False when another process has it.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PlaceUnreachable"/>: it does not exist or cannot be reached; <see cref="VaultErrorCode.RootPathRefused"/>: it cannot be written.</exception>
    bool TryLock();

    /// <summary>Who holds the lock, as far as the location knows: a process id, or null.</summary>
    int? ReadLockHolder();

    /// <summary>Makes the location with one record and a head of commit 0, durable when it returns. Takes the lock.</summary>
    /// <remarks>A location that a broken creation left, or whose heads all say commit 0, is made anew.</remarks>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/> when it holds a record of a vault with a head above 0, <see cref="VaultErrorCode.RootPathRefused"/>, <see cref="VaultErrorCode.VaultInUse"/>, <see cref="VaultErrorCode.RootKeyFailed"/>.</exception>
    void Create(RootRecord record);

    /// <summary>Reads what is there, with or without the lock. Never throws for a missing, unreadable or damaged location: the state says so. The caller disposes the records.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPassphraseWrong"/>, <see cref="VaultErrorCode.FormatTooNew"/>.</exception>
    RootReading Read();

    /// <summary>Writes a record into the free area and nothing else, and flushes. The vault reads it back through <see cref="Read"/> before it relies on it. An area with anything but a valid record is free.</summary>
    /// <exception cref="InvalidOperationException">A second record, or this one, is there already; or the lock is not held (so for every verb below).</exception>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootKeyForeign"/>: another vault's or place's record is there; <see cref="VaultErrorCode.PlaceUnreachable"/>,
    /// <see cref="VaultErrorCode.RootKeyDamaged"/>, <see cref="VaultErrorCode.RootKeyFailed"/>: the world (so for every verb below). After a failure the record may be there or not.</exception>
    void Stage(RootRecord record);

    /// <summary>Makes the record with this key id the only one: overwrites the whole of every area that does not hold it, whatever it contains, flushes, and reads back that nothing of it and all of the survivor is there. May be called again.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootKeyDamaged"/>: no valid record has this key id; nothing was overwritten.</exception>
    void Promote(ulong keyId);

    /// <summary>Destroys the staged record and keeps the one with this key id: the same overwriting as <see cref="Promote"/>.</summary>
    void Discard(ulong survivingKeyId);

    /// <summary>Writes the head into the sector that does not hold the newest one, and flushes. The newest valid head is the one with the highest commit.</summary>
    /// <exception cref="InvalidOperationException">The head's commit is lower than the newest one's.</exception>
    void RecordHead(RootHead head);
}
