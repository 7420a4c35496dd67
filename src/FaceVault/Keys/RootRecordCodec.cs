using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>What an area of a root location holds.</summary>
internal enum RootAreaContent
{
    /// <summary>Only zeros: never used, or wiped.</summary>
    Empty = 0,

    /// <summary>A record whose checksum holds.</summary>
    Record,

    /// <summary>Something else: torn or damaged.</summary>
    Damaged,

    /// <summary>A record of a newer format.</summary>
    TooNew,
}

/// <summary>The part of a record that can be read without its key.</summary>
internal sealed record RootRecordHeader(ulong KeyId, long Epoch, ReadOnlyMemory<byte> VaultId, ReadOnlyMemory<byte> PlaceId, PassphraseCost? Passphrase)
{
    public bool IsOf(RootRecord record) => VaultId.Span.SequenceEqual(record.VaultId.Span) && PlaceId.Span.SequenceEqual(record.PlaceId.Span);
}

/// <summary>
/// A record as 32,768 bytes: label 16 · passphrase (0 or 1) 4 · zeros 4 · key id 8 · epoch 8 · vault id 16 · place id 16 · salt 16 · Argon2id passes 4 · Argon2id KiB 4 ·
/// sealed key 72 · zeros 88 · 1,015 stripes of 32 · BLAKE2b-256 of all before it. Integers little-endian.
/// </summary>
/// <remarks>
/// The stripes are random; their BLAKE2b-256 is the share, and the root key is sealed under <c>BLAKE2b-256(key: passphrase key or none, label ‖ share)</c> with the first 96 bytes as
/// associated data. Without every stripe the key is gone, with or without the passphrase: a medium that keeps a stale copy of most, but not all, of an overwritten area keeps nothing
/// (the idea of LUKS: C. Fruhwirth, "New Methods in Hard Disk Encryption", 2005, §5.2). The checksum tells damage from a wrong passphrase.
/// </remarks>
internal static class RootRecordCodec
{
    public const int Size = 32_768;
    public const int Stripes = 1_015;
    private const int ChecksumSize = 32;
    private const int SealedOffset = 96;
    private const int SealedSize = SecretKey.Size + Aead.Overhead;
    private const int UnusedOffset = SealedOffset + SealedSize;
    private const int StripesOffset = 256;
    private const int VersionDigits = 2;

    public static void Write(RootRecord record, RootPassphrase? passphrase, Span<byte> area)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(area.Length, Size);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Epoch, 1, nameof(record));
        area.Clear();
        Labels.RootRecord.CopyTo(area);
        BinaryPrimitives.WriteUInt64LittleEndian(area[24..], record.KeyId);
        BinaryPrimitives.WriteInt64LittleEndian(area[32..], record.Epoch);
        record.VaultId.Span.CopyTo(area[40..]);
        record.PlaceId.Span.CopyTo(area[56..]);
        PassphraseCost? cost = passphrase?.CostOfNewRecords();
        if (cost is not null)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(area[16..], 1);
            cost.Salt.Span.CopyTo(area[72..]);
            BinaryPrimitives.WriteUInt32LittleEndian(area[88..], cost.Passes);
            BinaryPrimitives.WriteUInt32LittleEndian(area[92..], cost.MemoryKiB);
        }

        Span<byte> stripes = area[StripesOffset..^ChecksumSize];
        SecureRandom.FillMuch(stripes);
        using (SecretKey sealing = SealingKey(stripes, cost, passphrase))
            Aead.Seal(sealing.DangerousBytes, record.DangerousKey, area[..SealedOffset], area.Slice(SealedOffset, SealedSize));
        Blake2b.Hash([], area[..^ChecksumSize], area[^ChecksumSize..]);
        GC.KeepAlive(record); // its key was read through a span, which keeps nothing alive
    }

    /// <summary>What the area holds, and the header when it is a record. Needs no passphrase.</summary>
    public static RootAreaContent Inspect(ReadOnlySpan<byte> area, out RootRecordHeader? header)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(area.Length, Size);
        header = null;
        if (!area.ContainsAnyExcept((byte)0))
            return RootAreaContent.Empty;
        if (!area.StartsWith(Labels.RootRecord))
            return IsNewer(area) ? RootAreaContent.TooNew : RootAreaContent.Damaged;
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        Blake2b.Hash([], area[..^ChecksumSize], checksum);
        if (!checksum.SequenceEqual(area[^ChecksumSize..]))
            return RootAreaContent.Damaged;
        header = ParseHeader(area);
        return header is null ? RootAreaContent.Damaged : RootAreaContent.Record;
    }

    /// <summary>The record in an area whose header was inspected; null when the seal does not open although the checksum holds and no passphrase is asked for.</summary>
    /// <exception cref="VaultException"><see cref="VaultErrorCode.RootPassphraseWrong"/></exception>
    public static RootRecord? Open(ReadOnlySpan<byte> area, RootRecordHeader header, RootPassphrase? passphrase, string description)
    {
        if (header.Passphrase is not null && passphrase is null)
            throw Error.RootPassphraseNeeded(description);
        if (header.Passphrase is null && passphrase is not null)
            throw Error.RootPassphraseNotAsked(description);
        using SecretKey sealing = SealingKey(area[StripesOffset..^ChecksumSize], header.Passphrase, passphrase);
        using var key = new SecretKey();
        if (Aead.TryOpen(sealing.DangerousBytes, area.Slice(SealedOffset, SealedSize), area[..SealedOffset], key.DangerousBytes))
            return new RootRecord(header.KeyId, header.Epoch, header.VaultId.Span, header.PlaceId.Span, key.DangerousBytes);
        return header.Passphrase is null ? null : throw Error.RootPassphraseWrong(description);
    }

    private static RootRecordHeader? ParseHeader(ReadOnlySpan<byte> area)
    {
        uint withPassphrase = BinaryPrimitives.ReadUInt32LittleEndian(area[16..]);
        if (withPassphrase > 1 || area.Slice(20, 4).ContainsAnyExcept((byte)0) || area[UnusedOffset..StripesOffset].ContainsAnyExcept((byte)0))
            return null;
        PassphraseCost? cost = null;
        if (withPassphrase == 1)
        {
            cost = new PassphraseCost(area.Slice(72, 16).ToArray(), BinaryPrimitives.ReadUInt32LittleEndian(area[88..]), BinaryPrimitives.ReadUInt32LittleEndian(area[92..]));
            if (!cost.IsInRange)
                return null;
        }
        else if (area[72..SealedOffset].ContainsAnyExcept((byte)0))
        {
            return null;
        }

        long epoch = BinaryPrimitives.ReadInt64LittleEndian(area[32..]);
        return epoch < 1
            ? null
            : new RootRecordHeader(BinaryPrimitives.ReadUInt64LittleEndian(area[24..]), epoch, area.Slice(40, 16).ToArray(), area.Slice(56, 16).ToArray(), cost);
    }

    private static SecretKey SealingKey(ReadOnlySpan<byte> stripes, PassphraseCost? cost, RootPassphrase? passphrase)
    {
        using var input = new SecretBuffer(Labels.RootRecord.Length + SecretKey.Size);
        Labels.RootRecord.CopyTo(input.DangerousBytes);
        Blake2b.Hash([], stripes, input.DangerousBytes[Labels.RootRecord.Length..]);
        var sealing = new SecretKey();
        Blake2b.Hash(cost is null ? [] : passphrase!.Derive(cost), input.DangerousBytes, sealing.DangerousBytes);
        return sealing;
    }

    // the label of a later version: the same words, two digits above ours
    private static bool IsNewer(ReadOnlySpan<byte> area)
    {
        int words = Labels.RootRecord.Length - VersionDigits;
        ReadOnlySpan<byte> digits = area.Slice(words, VersionDigits);
        return area.StartsWith(Labels.RootRecord[..words]) && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && digits.SequenceCompareTo(Labels.RootRecord[words..]) > 0;
    }
}
