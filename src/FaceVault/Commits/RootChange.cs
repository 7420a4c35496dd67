using FaceVault.Cryptography;
using FaceVault.Keys;

namespace FaceVault.Commits;

/// <summary>A change of what holds or protects the root key, made by replacing the key: a destroying commit that need not remove anything.</summary>
internal abstract class RootChange
{
    /// <summary>What the transaction changes besides.</summary>
    public virtual void Apply(CommitDraft draft, EngineOptions options)
    {
    }

    /// <summary>Prepares the places for a key that has opened nothing yet, before it is staged anywhere.</summary>
    public abstract void Begin(RootLocations roots, ulong keyId, long epoch, ReadOnlySpan<byte> vaultId, SecretKey key);

    /// <summary>Whether a crown shows that it was made.</summary>
    public abstract bool Stands(Crown crown);
}

/// <summary>A fresh root key and nothing else.</summary>
internal sealed class KeyReplacement(long epoch) : RootChange
{
    public override void Begin(RootLocations roots, ulong keyId, long epoch, ReadOnlySpan<byte> vaultId, SecretKey key)
    {
    }

    public override bool Stands(Crown crown) => crown.Epoch > epoch;
}
