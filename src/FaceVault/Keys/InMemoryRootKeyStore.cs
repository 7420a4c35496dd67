namespace FaceVault.Keys;

/// <summary>A root key store whose media are memory, for tests. The same protocol and bytes as a file, since both run <see cref="RootVolume"/>.</summary>
/// <remarks>The media outlive the store: make a new store over the same media to play a restart. Disposing the store releases its locks and leaves the media.</remarks>
internal sealed class InMemoryRootKeyStore : IRootKeyStore, IPassphraseStore
{
    private readonly InMemoryRootLocation[] locations;

    /// <summary>A store with fresh media.</summary>
    public InMemoryRootKeyStore(int locations = 1)
        : this(Fresh(locations))
    {
    }

    /// <summary>A store over media that may hold something already.</summary>
    public InMemoryRootKeyStore(params InMemoryRootMedium[] media)
    {
        ArgumentOutOfRangeException.ThrowIfZero(media.Length);
        Media = media;
        locations = [.. media.Select((m, i) => new InMemoryRootLocation(m, i, Passphrases))];
    }

    /// <summary>The media, one per location, in order.</summary>
    public IReadOnlyList<InMemoryRootMedium> Media { get; }

    public IReadOnlyList<IRootLocation> Locations => locations;

    public RootPassphrases Passphrases { get; } = new();

    public void CheckPlacement(string vaultDirectory, bool creating) => ArgumentNullException.ThrowIfNull(vaultDirectory);

    public void Dispose()
    {
        foreach (InMemoryRootLocation location in locations)
            location.Dispose();
        Passphrases.Dispose();
    }

    private static InMemoryRootMedium[] Fresh(int count)
    {
        var media = new InMemoryRootMedium[count];
        for (int i = 0; i < count; i++)
            media[i] = new InMemoryRootMedium();
        return media;
    }
}

/// <summary>One location of an <see cref="InMemoryRootKeyStore"/>.</summary>
internal sealed class InMemoryRootLocation : IRootLocation
{
    private readonly InMemoryRootMedium medium;
    private readonly RootVolume volume;
    private readonly int number;

    public InMemoryRootLocation(InMemoryRootMedium medium, int number, RootPassphrases passphrases)
    {
        this.medium = medium;
        this.number = number;
        volume = new RootVolume(medium, passphrases, () => Description);
    }

    public string Medium => "memory";

    public string DestructionMethod => "overwrite in place";

    public string Description => $"memory {number}";

    public bool TryLock()
    {
        if (medium.IsUnreachable || !medium.Exists)
            throw Error.RootUnreachable(Description);
        medium.LockHolder ??= this;
        return medium.LockHolder == this;
    }

    public int? ReadLockHolder() => medium.LockHolder is null ? null : Environment.ProcessId;

    public void Create(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (medium.IsUnreachable)
            throw Error.RootUnreachable(Description);
        if (!medium.Exists)
            medium.Make(RootVolume.Size);
        if (!TryLock())
            throw Error.RootInUse(Description, Environment.ProcessId);
        volume.Create(record);
    }

    public RootReading Read()
    {
        if (medium.IsUnreachable || !medium.Exists)
            return RootReading.Missing;
        return volume.Read();
    }

    public void Stage(RootRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        CheckLocked();
        volume.Stage(record);
    }

    public void Promote(ulong keyId)
    {
        CheckLocked();
        volume.Promote(keyId);
    }

    public void Discard(ulong survivingKeyId)
    {
        CheckLocked();
        volume.Discard(survivingKeyId);
    }

    public void RecordHead(RootHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        CheckLocked();
        volume.RecordHead(head);
    }

    public void Dispose()
    {
        if (medium.LockHolder == this)
            medium.LockHolder = null;
    }

    private void CheckLocked()
    {
        if (medium.IsUnreachable || !medium.Exists)
            throw Error.RootUnreachable(Description);
        if (medium.LockHolder != this)
            throw Error.RootNotLocked();
    }
}
