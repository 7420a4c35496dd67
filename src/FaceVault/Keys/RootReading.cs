namespace FaceVault;

/// <summary>What a root location answers when it is read.</summary>
public enum RootLocationState
{
    /// <summary>Not read.</summary>
    Unknown = 0,

    /// <summary>There is nothing at the place.</summary>
    Missing,

    /// <summary>Something is there, but it cannot be reached or is no root location.</summary>
    Damaged,

    /// <summary>At least one valid record was read.</summary>
    Present,
}

/// <summary>The valid records (at most two, lowest epoch first) and the newest valid head of a location. Owns the records.</summary>
/// <param name="State">What was found.</param>
/// <param name="Records">Valid records, lowest epoch first.</param>
/// <param name="Head">The newest valid head, or null when neither sector is valid.</param>
public sealed record RootReading(RootLocationState State, IReadOnlyList<RootRecord> Records, RootHead? Head) : IDisposable
{
    /// <summary>Wipes the records.</summary>
    public void Dispose()
    {
        foreach (RootRecord record in Records)
            record.Dispose();
    }
}
