using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using FaceVault.Cryptography;

namespace FaceVault.Consents;

/// <summary>Seal and Open of a <see cref="ConsentRecord"/> under its slot's evidence key.</summary>
/// <remarks>
/// <c>nonce 24 ‖ ciphertext 256·n ‖ tag 16</c> (XChaCha20-Poly1305), associated data <c>"facevault/cons01" ‖ vault id 16 ‖ slot 4 ‖ record version 2</c>, little-endian. The plaintext is the record's canonical JSON
/// and 0 to 255 spaces, at most 1 MiB. About 2 µs a record to serialise, pad and seal. Thread-safe.
/// </remarks>
internal static class SealedConsentRecord
{
    public const int Step = 256;
    public const int MaxBytes = 1024 * 1024;

    /// <summary>What is kept free for what must be noted: a stop with its reference, and the certificates of two keys.</summary>
    private const int KeptFree = 4096;

    private const int AssociatedDataSize = 16 + 16 + 4 + 2;

    /// <summary>The sealed record, for the store.</summary>
    /// <exception cref="ArgumentException">The record is larger than 1 MiB.</exception>
    public static byte[] Seal(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ConsentRecord record)
    {
        var json = new CanonicalJsonWriter(stackalloc byte[2048]);
        try
        {
            record.Write(ref json);
            json.Pad(Step);
            ReadOnlySpan<byte> plaintext = json.Written;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, MaxBytes, nameof(record));
            Span<byte> associatedData = stackalloc byte[AssociatedDataSize];
            Bind(associatedData, vaultId, slot, version);
            var blob = new byte[plaintext.Length + Aead.Overhead];
            Aead.Seal(key.DangerousBytes, plaintext, associatedData, blob);
            return blob;
        }
        finally
        {
            json.Dispose();
        }
    }

    /// <summary>Whether a record has room for what may be left out or refused: a note of a hold, another template key.</summary>
    public static bool HasRoom(ReadOnlySpan<byte> blob) => blob.Length - Aead.Overhead <= MaxBytes - KeptFree;

    /// <summary>The record that was sealed.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: it was not sealed so, or is no record.</exception>
    public static ConsentRecord Open(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ReadOnlySpan<byte> blob) =>
        TryOpen(key, vaultId, slot, version, blob, out ConsentRecord? record) ? record : throw Error.ConsentRecordDamaged();

    /// <summary>False when the blob was not sealed under this key for this vault, slot and version, or what it holds is no record in its one spelling.</summary>
    public static bool TryOpen(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ReadOnlySpan<byte> blob, [NotNullWhen(true)] out ConsentRecord? record) =>
        TryOpen(key, vaultId, slot, version, blob, static json => ConsentRecord.Parse(json, MaxBytes), out record);

    /// <summary>Whom a record is about, and under which consent: what naming a match needs, in a fifth of the time of <see cref="Open"/>. The rest is authentic, and not looked at.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.IntegrityViolated"/>: it was not sealed so, or names nobody.</exception>
    public static (SubjectId Subject, ConsentId Consent) OpenNames(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ReadOnlySpan<byte> blob) =>
        TryOpen(key, vaultId, slot, version, blob, ConsentRecord.ParseNames, out (SubjectId Subject, ConsentId Consent) names) ? names : throw Error.ConsentRecordDamaged();

    /// <summary>The act in which consent was given, null where the record names none: as <see cref="OpenNames"/>, for who looks through many.</summary>
    /// <returns>False when the blob was not sealed under this key for this vault, slot and version.</returns>
    public static bool TryOpenInteraction(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ReadOnlySpan<byte> blob, out string? interaction) =>
        TryOpen(key, vaultId, slot, version, blob, ConsentRecord.ParseInteraction, out interaction);

    private static bool TryOpen<T>(EvidenceKey key, ReadOnlySpan<byte> vaultId, uint slot, ushort version, ReadOnlySpan<byte> blob, Func<ReadOnlySpan<byte>, T> parse, [MaybeNullWhen(false)] out T result)
    {
        result = default;
        int length = blob.Length - Aead.Overhead;
        if (length is <= 0 or > MaxBytes || length % Step != 0)
            return false;
        Span<byte> associatedData = stackalloc byte[AssociatedDataSize];
        Bind(associatedData, vaultId, slot, version);
        byte[] pooled = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> plaintext = pooled.AsSpan(0, length);
        try
        {
            if (!Aead.TryOpen(key.DangerousBytes, blob, associatedData, plaintext))
                return false;
            ReadOnlySpan<byte> json = plaintext.TrimEnd((byte)' ');
            if (length - json.Length >= Step)
                return false;
            result = parse(json);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    private static void Bind(Span<byte> associatedData, ReadOnlySpan<byte> vaultId, uint slot, ushort version)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vaultId.Length, 16);
        Labels.ConsentRecord.CopyTo(associatedData);
        vaultId.CopyTo(associatedData[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(associatedData[32..], slot);
        BinaryPrimitives.WriteUInt16LittleEndian(associatedData[36..], version);
    }
}
