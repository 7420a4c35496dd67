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

    /// <summary>Prepares the places, before the new key is staged anywhere.</summary>
    /// <param name="roots">The root locations.</param>
    /// <param name="unused">A key id for a key that opens nothing.</param>
    /// <param name="crown">As it stands.</param>
    public virtual void Begin(RootLocations roots, ulong unused, Crown crown)
    {
    }

    /// <summary>Whether it was made, as a crown shows, and all that it is made for.</summary>
    public abstract bool Stands(Crown crown, bool formerKeyMayStand);
}

/// <summary>A fresh root key and nothing else.</summary>
internal sealed class KeyReplacement(long epoch) : RootChange
{
    public override bool Stands(Crown crown, bool formerKeyMayStand) => !formerKeyMayStand && crown.Epoch > epoch;
}
