using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;

namespace FaceVault;

/// <summary>The public key that a vault or a witness signs with, and the name it signs as (C2SP <c>signed-note</c> and <c>tlog-cosignature</c>, Ed25519).</summary>
/// <remarks>
/// Spelled <c>name+hex8+base64(type ‖ public key)</c>, for example <c>example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k</c>; the type is 0x01 for a vault
/// and 0x04 for a witness, the eight hex digits are the key id, the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). Immutable and thread-safe.
/// </remarks>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>The longest name in UTF-8 bytes: 256.</summary>
    public const int MaxNameLength = 256;

    private const byte NoteType = 0x01, CosignatureType = 0x04;
    private const int TimeSize = 8;
    private const int MaxLength = MaxNameLength + 1 + 8 + 1 + 44;
    private readonly byte[] publicKey;

    private VerifierKey(string name, byte[] publicKey, bool isWitness)
    {
        Name = name;
        IsWitness = isWitness;
        this.publicKey = publicKey;
        byte[] input = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', Type, .. publicKey];
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(input));
    }

    /// <summary>The name that stands in signature lines: for a vault, its origin. 1–256 UTF-8 bytes without white space, control characters or plus.</summary>
    public string Name { get; }

    /// <summary>Whether it checks the cosignatures of a witness, which say when; otherwise the signatures of a vault.</summary>
    public bool IsWitness { get; }

    /// <summary>The four bytes before each signature, read big-endian. An identifier, not a fingerprint.</summary>
    public uint KeyId { get; }

    /// <summary>The Ed25519 public key (RFC 8032), 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    private byte Type => IsWitness ? CosignatureType : NoteType;

    /// <summary>Makes the key of a vault's name and public key.</summary>
    /// <param name="name">1 to 256 UTF-8 bytes without white space, control characters or plus.</param>
    /// <param name="publicKey">Ed25519, 32 bytes; copied.</param>
    /// <exception cref="ArgumentException">The name is not one, or the key is not 32 bytes.</exception>
    public static VerifierKey FromPublicKey(string name, ReadOnlySpan<byte> publicKey) => Make(name, publicKey, isWitness: false);

    /// <summary>Makes the key of a witness's name and public key.</summary>
    /// <param name="name">1 to 256 UTF-8 bytes without white space, control characters or plus.</param>
    /// <param name="publicKey">Ed25519, 32 bytes; copied.</param>
    /// <exception cref="ArgumentException">The name is not one, or the key is not 32 bytes.</exception>
    public static VerifierKey FromWitness(string name, ReadOnlySpan<byte> publicKey) => Make(name, publicKey, isWitness: true);

    private static VerifierKey Make(string name, ReadOnlySpan<byte> publicKey, bool isWitness)
    {
        if (!IsName(name))
            throw Error.InvalidKeyName(nameof(name));
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, Ed25519.PublicKeySize, nameof(publicKey));
        return new VerifierKey(name, publicKey.ToArray(), isWitness);
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
        if (!CanonicalBase64.TryDecode(text.AsSpan(first + 10), key, out int written) || written != key.Length || key[0] is not (NoteType or CosignatureType))
            throw Error.MalformedVerifierKey();
        var parsed = new VerifierKey(text[..first], key[1..].ToArray(), key[0] == CosignatureType);
        return parsed.ToString() == text ? parsed : throw Error.MalformedVerifierKey();
    }

    /// <summary>Whether this key made the signature over the text. About 60 µs.</summary>
    /// <param name="text">The note's text in UTF-8, with its final LF.</param>
    /// <param name="signature">64 bytes without the key id; of a witness 8 bytes of time before them. Of any other length it is no signature.</param>
    /// <exception cref="PlatformNotSupportedException">Libsodium is missing or too old; the message says what to install.</exception>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (!IsWitness)
            return Ed25519.Verify(publicKey, text, signature);
        if (signature.Length < TimeSize || TimeOf(signature) is not (> 0 and var time))
            return false;
        byte[] message = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n")), .. text];
        return Ed25519.Verify(publicKey, message, signature[TimeSize..]);
    }

    /// <summary>Seconds since 1970 in UTC, as a witness wrote them before its signature; negative for what is no time.</summary>
    internal static long TimeOf(ReadOnlySpan<byte> signature) => BinaryPrimitives.ReadInt64BigEndian(signature);

    /// <summary>The one spelling.</summary>
    public override string ToString()
    {
        byte[] key = [Type, .. publicKey];
        return string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String(key)}");
    }

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) => other is not null && Name == other.Name && IsWitness == other.IsWitness && publicKey.AsSpan().SequenceEqual(other.publicKey);

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
