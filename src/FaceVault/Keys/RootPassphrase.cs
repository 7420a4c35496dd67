using FaceVault.Cryptography;
using FaceVault.Interop;

namespace FaceVault.Keys;

/// <summary>With what a passphrase was stretched: 16 bytes of salt, Argon2id passes and memory.</summary>
internal sealed record PassphraseCost(ReadOnlyMemory<byte> Salt, uint Passes, uint MemoryKiB)
{
    /// <summary>libsodium's "moderate": 3 passes over 256 MiB, under a second.</summary>
    public const uint ModeratePasses = 3;
    public const uint ModerateMemoryKiB = 256 * 1024;

    /// <summary>A damaged file may not make the process take all memory: at most 16 passes over 1 GiB.</summary>
    public bool IsInRange => Passes is >= 1 and <= 16 && MemoryKiB is >= 8 and <= 1024 * 1024;

    public bool Equals(PassphraseCost? other) =>
        other is not null && Passes == other.Passes && MemoryKiB == other.MemoryKiB && Salt.Span.SequenceEqual(other.Salt.Span);

    public override int GetHashCode() => HashCode.Combine(Passes, MemoryKiB, Salt.Span[0]);
}

/// <summary>A passphrase in locked memory and the keys derived from it, each derived once. The locations of a store share one salt, so that opening derives once.</summary>
internal sealed unsafe class RootPassphrase : IDisposable
{
    private readonly Lock gate = new(); // locations are read at once
    private readonly SecretBuffer passphrase;
    private readonly List<(PassphraseCost Cost, SecretKey Key)> derived = [];
    private PassphraseCost? fresh;

    public RootPassphrase(ReadOnlySpan<byte> utf8)
    {
        passphrase = new SecretBuffer(utf8.Length);
        utf8.CopyTo(passphrase.DangerousBytes);
    }

    /// <summary>Passes for the first record of a store. Tests lower them.</summary>
    public uint Passes { get; init; } = PassphraseCost.ModeratePasses;

    /// <summary>Memory for the first record of a store. Tests lower it.</summary>
    public uint MemoryKiB { get; init; } = PassphraseCost.ModerateMemoryKiB;

    /// <summary>How often Argon2id ran.</summary>
    public int Derivations => derived.Count;

    /// <summary>A cost already in use that is no lower than ours, or ours with a fresh salt.</summary>
    public PassphraseCost CostOfNewRecords()
    {
        lock (gate)
        {
            foreach ((PassphraseCost known, _) in derived)
                if (known.Passes >= Passes && known.MemoryKiB >= MemoryKiB)
                    return known;
            return fresh ??= new PassphraseCost(SecureRandom.Bytes(Libsodium.crypto_pwhash_SALTBYTES), Passes, MemoryKiB); // one for all locations, which are written at once
        }
    }

    /// <summary>The 32-byte key of this passphrase at this cost. Owned by this object.</summary>
    public ReadOnlySpan<byte> Derive(PassphraseCost cost)
    {
        lock (gate)
            return DeriveOnce(cost);
    }

    public void Dispose()
    {
        passphrase.Dispose();
        foreach ((_, SecretKey key) in derived)
            key.Dispose();
    }

    public override string ToString() => nameof(RootPassphrase);

    private ReadOnlySpan<byte> DeriveOnce(PassphraseCost cost)
    {
        foreach ((PassphraseCost known, SecretKey found) in derived)
        {
            if (known.Equals(cost))
                return found.DangerousBytes;
        }

        Libsodium.EnsureLoaded();
        var key = new SecretKey();
        int result;
        fixed (byte* k = key.DangerousBytes, p = passphrase.DangerousBytes, s = cost.Salt.Span)
        {
            result = Libsodium.crypto_pwhash(
                k, SecretKey.Size, p, (ulong)passphrase.Length, s, cost.Passes, (nuint)cost.MemoryKiB * 1024, Libsodium.crypto_pwhash_ALG_ARGON2ID13);
        }

        if (result != 0)
        {
            key.Dispose();
            throw Error.StretchingFailed(cost.MemoryKiB / 1024);
        }

        derived.Add((cost, key));
        return key.DangerousBytes;
    }
}
