using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FaceVault.Templates;

namespace FaceVault.Operations;

/// <summary>The rotations of one purpose in an open vault: the seed, and for each model what was expanded from it. In locked memory, wiped when the purpose is retired or the vault is closed. Thread-safe.</summary>
internal sealed class PurposeRotations : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Model, int Dimensions), Rotation> expanded = [];
    private readonly SecretKey seed;
    private bool isDisposed;
    private bool isRetired;

    private PurposeRotations(ReadOnlySpan<byte> seed) => this.seed = SecretKey.From(seed);

    /// <summary>Null where the purpose has no seed.</summary>
    public static PurposeRotations? From(PurposeSecret secret) => secret.IsRotated ? new PurposeRotations(secret.DangerousSeed) : null;

    /// <summary>Whether the purpose has the seed of these. Not of those that were wiped.</summary>
    public bool IsOf(PurposeSecret secret)
    {
        lock (gate)
            return !isDisposed && CryptographicOperations.FixedTimeEquals(seed.DangerousBytes, secret.DangerousSeed);
    }

    /// <summary>The rotation of a model, expanded at the first question.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.PurposeRetired"/>.</exception>
    /// <exception cref="ObjectDisposedException">The vault was closed.</exception>
    public Rotation Of(TemplateModel model)
    {
        lock (gate)
        {
            if (isRetired)
                throw Error.PurposeRetired();
            ObjectDisposedException.ThrowIf(isDisposed, typeof(Vault));
            if (!expanded.TryGetValue((model.Name, model.Dimensions), out Rotation? rotation))
                expanded.Add((model.Name, model.Dimensions), rotation = new Rotation(new RotationSeed(seed.DangerousBytes), model));
            return rotation;
        }
    }

    /// <summary>Wipes everything: whoever comes later learns that the purpose is retired.</summary>
    public void Retire() => End(retired: true);

    public void Dispose() => End(retired: false);

    private void End(bool retired)
    {
        lock (gate)
        {
            if (isDisposed)
                return;
            (isDisposed, isRetired) = (true, retired);
            foreach (Rotation rotation in expanded.Values)
            {
                if (retired)
                    rotation.Retire();
                else
                    rotation.Dispose();
            }

            seed.Dispose();
        }
    }
}
