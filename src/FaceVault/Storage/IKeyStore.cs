namespace FaceVault.Storage;

/// <summary>The tables of a key store. Every blob is sealed; the numbers are all that stands in the clear.</summary>
internal enum KeyTable : byte
{
    /// <summary>Not a table.</summary>
    None = 0,

    /// <summary>One row, key 0.</summary>
    Crown = 1,

    /// <summary>Branch pages by branch number.</summary>
    Branch = 2,

    /// <summary>Leaf pages by leaf number.</summary>
    Leaf = 3,

    /// <summary>Segments of ledger lines by the index of their first line.</summary>
    Ledger = 4,

    /// <summary>Purpose definitions by version number.</summary>
    Purpose = 5,

    /// <summary>Consent records by slot.</summary>
    Record = 6,

    /// <summary>What a destroying commit knew of a slot, by the index of its <c>key removed</c> line.</summary>
    Draft = 7,

    /// <summary>Certificate bodies by the index of their <c>destruction completed</c> line.</summary>
    Certificate = 8,
}

/// <summary>One change of a commit. An empty blob deletes the row.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The row, 0 or more.</param>
/// <param name="Blob">The sealed bytes, or nothing to delete.</param>
internal readonly record struct KeyWrite(KeyTable Table, long Key, ReadOnlyMemory<byte> Blob);

/// <summary>The clear one-row table. It only chooses words for an error; nothing is decided by it.</summary>
/// <param name="Epoch">Number of root keys so far.</param>
/// <param name="Commit">Number of store transactions so far.</param>
internal readonly record struct StoreNumbers(long Epoch, long Commit);

/// <summary>Reads one consistent key store: committed states only. Not thread-safe: one reader a thread.</summary>
/// <remarks>While an enumeration of <see cref="Scan"/> is open, or what <see cref="BeginReading"/> answered, every read of the same reader sees the state of its beginning; otherwise each call sees the newest commit.</remarks>
internal interface IKeyStoreReader : IDisposable
{
    /// <summary>The blob of a row, or null.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreDamaged"/> or <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    byte[]? Read(KeyTable table, long key);

    /// <summary>Copies the blob of a row to the beginning of <paramref name="destination"/>; SQLite allocates nothing for it.</summary>
    /// <returns>The length of the blob, -1 when there is no such row. A blob longer than the destination is not copied.</returns>
    /// <exception cref="VaultException">As the other one.</exception>
    int Read(KeyTable table, long key, Span<byte> destination)
    {
        if (Read(table, key) is not { } blob)
            return -1;
        if (blob.Length <= destination.Length)
            blob.CopyTo(destination);
        return blob.Length;
    }

    /// <summary>Rows with <paramref name="from"/> ≤ key ≤ <paramref name="to"/> in ascending order, lazily; holds a read transaction, which blocks a checkpoint, from the first to the last step of the enumeration. Several may be open at once.</summary>
    IEnumerable<KeyValuePair<long, byte[]>> Scan(KeyTable table, long from = 0, long to = long.MaxValue);

    /// <summary>The row with the greatest key ≤ <paramref name="key"/>, or null.</summary>
    KeyValuePair<long, byte[]>? ReadAtOrBelow(KeyTable table, long key);

    /// <summary>The clear numbers of the last commit; zeros before the first.</summary>
    StoreNumbers ReadNumbers();

    /// <summary>Makes many reads cheaper: until the answer is disposed they see one state, and a checkpoint is blocked. Null where there is nothing to gain; each read is then on its own.</summary>
    IDisposable? BeginReading() => null;
}

/// <summary>An open key store that can be written: one exclusive, atomic, durable transaction at a time.</summary>
internal interface IKeyStore : IKeyStoreReader
{
    /// <summary>Applies a write set, in its order, if the stored crown is byte-equal to <paramref name="expectedCrown"/> (empty: there is none yet). Durable (flushed) when it returns true.</summary>
    /// <returns>False, with nothing changed, when the stored crown is another one.</returns>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>: the transaction may or may not have happened; this store answers nothing more, dispose it and open it again.
    /// <see cref="VaultErrorCode.VaultInUse"/>: another writer did not let go within the lock timeout, nothing happened and the store stays usable.</exception>
    /// <exception cref="InvalidOperationException">An enumeration of this store is open.</exception>
    bool Commit(ReadOnlySpan<byte> expectedCrown, IReadOnlyList<KeyWrite> writes, StoreNumbers numbers);

    /// <summary>Moves every committed byte to its final place and flushes it (SQLite: <c>wal_checkpoint(TRUNCATE)</c>). Only after it may anything be concluded from reading back.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>, when a reader kept it from completing within the lock timeout: nothing is lost and it may be tried again; or when the disk failed: this store answers nothing more.</exception>
    /// <exception cref="InvalidOperationException">An enumeration of this store is open.</exception>
    void Checkpoint();
}

/// <summary>A place where a key store lies: the vault's own or a mirror. Survives the connections opened to it.</summary>
internal interface IKeyStoreLocation
{
    /// <summary>What the medium is, for the certificate: for example <c>SQLite file on ext2/ext3/ext4</c>. No path.</summary>
    string Medium { get; }

    /// <summary>Where it is, for the operator: a path. Never in certificates or in what the vault logs; messages of exceptions name it.</summary>
    string Description { get; }

    /// <summary>Whether something is there (not whether it can be opened).</summary>
    bool Exists { get; }

    /// <summary>Makes an empty store that knows its place by <paramref name="placeId"/> (16 bytes), durable when it returns, and opens it.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/> when something is there.</exception>
    IKeyStore Create(ReadOnlySpan<byte> placeId);

    /// <summary>Opens the store for writing.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreMissing"/>, <see cref="VaultErrorCode.StoreDamaged"/>, <see cref="VaultErrorCode.FormatTooNew"/>, <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    IKeyStore Open();

    /// <summary>Opens a new connection that can only read and changes no byte of the store (SQLite keeps <c>-wal</c> and <c>-shm</c> files beside a database that is read, and removes them at the end if it may write there).</summary>
    /// <exception cref="VaultException">As <see cref="Open"/>.</exception>
    IKeyStoreReader OpenReader();

    /// <summary>The same for a look before it is known whether the store is to be opened at all: unless the store has a log, not even a file is left beside it.</summary>
    /// <remarks>Only for a few reads at once: what a writer changes meanwhile may be seen in part.</remarks>
    /// <exception cref="VaultException">As <see cref="Open"/>.</exception>
    IKeyStoreReader OpenWithoutTrace() => OpenReader();

    /// <summary>The 16 bytes that stand in the place itself, or null when it cannot be read.</summary>
    byte[]? ReadPlaceId();

    /// <summary>Replaces whatever is there by a copy of <paramref name="source"/>'s current rows, keeping the place id given; atomic: a crash leaves the old or the new. Every connection to this place must be closed.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/> here or as <see cref="OpenReader"/> of the source; <see cref="VaultErrorCode.VaultInUse"/> when somebody has this place open.</exception>
    void CopyFrom(IKeyStoreLocation source, ReadOnlySpan<byte> placeId);
}
