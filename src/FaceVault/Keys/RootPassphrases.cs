namespace FaceVault.Keys;

/// <summary>A root key store whose locations can be protected by a passphrase.</summary>
internal interface IPassphraseStore
{
    RootPassphrases Passphrases { get; }
}

/// <summary>The passphrase of all locations of a store; and while it is changed, the next one with the id of the records that it protects.</summary>
/// <remarks>Changed on the writer thread while no location is at work; read by the locations, which work at once.</remarks>
internal sealed class RootPassphrases : IDisposable
{
    private RootPassphrase? next;
    private ulong nextKeyId;

    /// <summary>The passphrase in use; null for none.</summary>
    public RootPassphrase? Current { get; set; }

    /// <summary>Whether a change has begun and neither was made nor taken back.</summary>
    public bool IsChanging => nextKeyId != 0;

    /// <summary>What a record of this root key is written and opened with.</summary>
    public RootPassphrase? For(ulong keyId) => keyId == nextKeyId ? next : Current;

    /// <summary>From now on the record with this key id is protected by another passphrase, or by none.</summary>
    public void Begin(RootPassphrase? passphrase, ulong keyId) => (next, nextKeyId) = (passphrase, keyId);

    /// <summary>Ends a change by the record that is left: the new one means that it was made, any other one that it was not.</summary>
    public void Settle(ulong keyId)
    {
        if (nextKeyId == 0)
            return;
        bool isMade = keyId == nextKeyId;
        (isMade ? Current : next)?.Dispose();
        if (isMade)
            Current = next;
        (next, nextKeyId) = (null, 0);
    }

    public void Dispose()
    {
        Current?.Dispose();
        next?.Dispose();
    }
}
