using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The public key that a vault signs with, and the name it signs as (C2SP <c>signed-note</c>, Ed25519).</summary>
/// <remarks>
/// Spelled <c>name+hex8+base64(0x01 ‖ public key)</c>, for example <c>example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k</c>; the eight hex digits are the
/// key id, the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key). Immutable and thread-safe.
/// </remarks>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>The longest name in UTF-8 bytes: 256.</summary>
    public const int MaxNameLength = 256;

    private const byte Ed25519Type = 0x01;
    private const int MaxLength = MaxNameLength + 1 + 8 + 1 + 44;
    private readonly byte[] publicKey;

    private VerifierKey(string name, byte[] publicKey)
    {
        Name = name;
        this.publicKey = publicKey;
        byte[] input = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey];
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(input));
    }

    /// <summary>The name that stands in signature lines: for a vault, its origin. 1–256 UTF-8 bytes without white space, control characters or plus.</summary>
    public string Name { get; }

    /// <summary>The four bytes before each signature, read big-endian. An identifier, not a fingerprint.</summary>
    public uint KeyId { get; }

    /// <summary>The Ed25519 public key (RFC 8032), 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>Makes the key of a name and a public key.</summary>
    /// <exception cref="ArgumentException">The name is not one, or the key is not 32 bytes.</exception>
    public static VerifierKey FromPublicKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
            throw Error.InvalidKeyName(nameof(name));
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, Ed25519.PublicKeySize, nameof(publicKey));
        return new VerifierKey(name, publicKey.ToArray());
    }

    internal static VerifierKey FromSeed(string name, ReadOnlySpan<byte> seed) => FromPublicKey(name, Ed25519.PublicKeyOf(seed));

    /// <summary>Reads the one spelling of a key.</summary>
    /// <exception cref="FormatException">Not a key, of another type than Ed25519, or a key id that is not the key's.</exception>
    public static VerifierKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = text.Length <= MaxLength ? text.IndexOf('+', StringComparison.Ordinal) : -1;
        if (first < 1 || text.Length < first + 10 || text[first + 9] != '+' || !IsName(text[..first]))
            throw Error.MalformedVerifierKey();
        Span<byte> key = stackalloc byte[1 + Ed25519.PublicKeySize];
        if (!CanonicalBase64.TryDecode(text.AsSpan(first + 10), key, out int written) || written != key.Length || key[0] != Ed25519Type)
            throw Error.MalformedVerifierKey();
        var parsed = new VerifierKey(text[..first], key[1..].ToArray());
        return parsed.ToString() == text ? parsed : throw Error.MalformedVerifierKey();
    }

    /// <summary>Whether this key made the signature over the text. About 60 µs.</summary>
    /// <param name="text">The note's text in UTF-8, with its final LF.</param>
    /// <param name="signature">64 bytes, without the key id.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Ed25519.Verify(publicKey, text, signature);

    /// <summary>The one spelling.</summary>
    public override string ToString()
    {
        byte[] key = [Ed25519Type, .. publicKey];
        return string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String(key)}");
    }

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) => other is not null && Name == other.Name && publicKey.AsSpan().SequenceEqual(other.publicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyId.GetHashCode();

    /// <summary>Whether a text may name a key: 1–256 UTF-8 bytes, well-formed, no white space, control character or plus.</summary>
    internal static bool IsName(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength || !NoteText.IsWellFormed(name) || Encoding.UTF8.GetByteCount(name) > MaxNameLength)
            return false;
        foreach (char c in name)
        {
            if (c == '+' || char.IsWhiteSpace(c) || char.IsControl(c))
                return false;
        }
        return true;
    }
}
