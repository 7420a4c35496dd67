namespace FaceVault.Storage;

/// <summary>One sealed template: slot, ordinal within the slot, ciphertext.</summary>
/// <param name="Slot">1 or more.</param>
/// <param name="Ordinal">0 to 65,535, never reused within a slot.</param>
/// <param name="Blob">The sealed template.</param>
internal readonly record struct TemplateRow(uint Slot, ushort Ordinal, ReadOnlyMemory<byte> Blob);

/// <summary>Receives one row of a scan. The span is valid only during the call; answer false to stop.</summary>
internal delegate bool TemplateVisitor(uint slot, ushort ordinal, ReadOnlySpan<byte> blob);

/// <summary>Reads ciphertexts, committed ones only. Not thread-safe: one reader a thread.</summary>
internal interface ITemplateReader : IDisposable
{
    /// <summary>Visits the rows of slots <paramref name="fromSlot"/> to <paramref name="toSlot"/> (inclusive) by slot, then ordinal; no managed allocation per row.</summary>
    void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor);
}

/// <summary>Ciphertexts by slot and ordinal. Old copies of it never weaken deletion, so it may be archived freely.</summary>
internal interface ITemplateStore : ITemplateReader
{
    /// <summary>Adds rows in one durable transaction; rows that exist are replaced.</summary>
    /// <remarks>Every writing member: after <see cref="VaultErrorCode.StoreFailed"/> none or all may have happened and this store answers nothing more, dispose it and open it again;
    /// <see cref="VaultErrorCode.VaultInUse"/> means that nothing happened. Refused with <see cref="InvalidOperationException"/> inside a scan of the same store.</remarks>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>, <see cref="VaultErrorCode.VaultInUse"/>.</exception>
    /// <exception cref="ArgumentException">A slot is 0 or a blob is empty.</exception>
    void Append(IReadOnlyList<TemplateRow> rows);

    /// <summary>Deletes every row of the slots and answers how many there were. Durable when it returns.</summary>
    long DeleteSlots(IReadOnlyList<uint> slots);

    /// <summary>Deletes the rows of one slot with <paramref name="fromOrdinal"/> ≤ ordinal ≤ <paramref name="toOrdinal"/>. Durable when it returns.</summary>
    long DeleteOrdinals(uint slot, ushort fromOrdinal, ushort toOrdinal);

    /// <summary>Deletes, for each slot, the rows with an ordinal below the one given. Durable when it returns; where there is nothing to delete it costs a seek a slot and no flush.</summary>
    long DeleteBelow(IReadOnlyList<(uint Slot, ushort Ordinal)> firsts);

    /// <summary>Deletes every row of slots at or above <paramref name="slot"/>. Durable when it returns.</summary>
    long DeleteFrom(uint slot);

    /// <summary>Moves every committed byte to its final place (SQLite: truncates the WAL, so that deleted rows leave it).</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreFailed"/>, when a running scan kept it from completing within the lock timeout: it may be tried again; or when the disk failed: this store answers nothing more.</exception>
    void Checkpoint();
}

/// <summary>The place where a template store lies. Survives the connections opened to it.</summary>
internal interface ITemplateStoreLocation
{
    /// <summary>Whether something is there.</summary>
    bool Exists { get; }

    /// <summary>Makes an empty store, durable when it returns, and opens it.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.VaultExists"/> when something is there.</exception>
    ITemplateStore Create();

    /// <summary>Opens the store for writing.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.StoreMissing"/>, <see cref="VaultErrorCode.StoreDamaged"/>, <see cref="VaultErrorCode.FormatTooNew"/>, <see cref="VaultErrorCode.StoreFailed"/>.</exception>
    ITemplateStore Open();

    /// <summary>Opens a new connection that can only read and changes no byte of the store.</summary>
    /// <exception cref="VaultException">As <see cref="Open"/>.</exception>
    ITemplateReader OpenReader();
}
