namespace FaceVault;

/// <summary>What a root location answers when it is read: the valid records and the newest valid head, or why there are none. Owns the records.</summary>
/// <remarks>Used by one thread at a time.</remarks>
public sealed class RootReading : IDisposable
{
    private RootReading(IReadOnlyList<RootRecord> records, RootHead? head, bool isMissing)
    {
        Records = records;
        Head = head;
        IsMissing = isMissing;
    }

    /// <summary>A location that gave at least one valid record.</summary>
    /// <param name="records">One or two, lowest epoch first; disposed with the reading.</param>
    /// <param name="head">The newest valid head, or null when neither sector is valid.</param>
    /// <exception cref="ArgumentException">No record.</exception>
    public RootReading(IReadOnlyList<RootRecord> records, RootHead? head)
        : this(records, head, isMissing: false)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfZero(records.Count, nameof(records));
    }

    /// <summary>There is nothing at the place.</summary>
    public static RootReading Missing { get; } = new([], null, isMissing: true);

    /// <summary>Something is there, but it cannot be reached or is no root location.</summary>
    public static RootReading Damaged { get; } = new([], null, isMissing: false);

    /// <summary>Valid records, lowest epoch first: at most two, none when the location is missing or damaged.</summary>
    public IReadOnlyList<RootRecord> Records { get; }

    /// <summary>The newest valid head, or null when neither sector is valid.</summary>
    public RootHead? Head { get; }

    /// <summary>Whether there is nothing at the place.</summary>
    public bool IsMissing { get; }

    /// <summary>Whether something is there that gives no record.</summary>
    public bool IsDamaged => !IsMissing && !IsPresent;

    /// <summary>Whether at least one valid record was read.</summary>
    internal bool IsPresent => Records.Count > 0;

    /// <summary>Wipes the records.</summary>
    public void Dispose()
    {
        foreach (RootRecord record in Records)
            record.Dispose();
    }

    /// <summary>What the location holds after every other key was destroyed there. The others are still the caller's to wipe.</summary>
    internal RootReading Only(ulong keyId) => new([.. Records.Where(r => r.KeyId == keyId)], Head, isMissing: false);
}
