using FaceVault.Cryptography;

namespace FaceVault;

/// <summary>One root key with what it belongs to. Owns the key's locked memory; wiped on dispose.</summary>
/// <remarks>Used by one thread at a time.</remarks>
public sealed class RootRecord : IDisposable
{
    private readonly SecretKey key;

    /// <summary>Makes a record from a key; the bytes are copied into locked memory.</summary>
    /// <param name="keyId">A random number that names the key.</param>
    /// <param name="epoch">The epoch the key opens, 1 or more.</param>
    /// <param name="vaultId">16 bytes.</param>
    /// <param name="placeId">16 bytes that name the location.</param>
    /// <param name="key">32 secret bytes.</param>
    /// <exception cref="ArgumentException">An id or the key is of another length.</exception>
    public RootRecord(ulong keyId, long epoch, ReadOnlySpan<byte> vaultId, ReadOnlySpan<byte> placeId, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vaultId.Length, 16);
        ArgumentOutOfRangeException.ThrowIfNotEqual(placeId.Length, 16);
        KeyId = keyId;
        Epoch = epoch;
        VaultId = vaultId.ToArray();
        PlaceId = placeId.ToArray();
        this.key = SecretKey.From(key);
    }

    /// <summary>Names the key; random, nothing secret.</summary>
    public ulong KeyId { get; }

    /// <summary>The epoch whose crown the key opens.</summary>
    public long Epoch { get; }

    /// <summary>16 bytes that name the vault.</summary>
    public ReadOnlyMemory<byte> VaultId { get; }

    /// <summary>16 bytes that name the location.</summary>
    public ReadOnlyMemory<byte> PlaceId { get; }

    /// <summary>Whether the passphrase given does not open it: then the key here is a random one, and only what stands beside it is true.</summary>
    internal bool IsLocked { get; init; }

    /// <summary>The secret itself, for implementers of <see cref="IRootLocation"/>. Valid until dispose; never copy it to managed memory.</summary>
    /// <exception cref="ObjectDisposedException">The record was disposed.</exception>
    public ReadOnlySpan<byte> DangerousKey => key.DangerousBytes;

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
