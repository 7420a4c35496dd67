using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

/// <summary>A head as 512 bytes: label 16 · vault id 16 · epoch 8 · commit 8 · next slot 8 · ledger size 8 · crown hash 32 · zeros 384 · BLAKE2b-256 of all before it. Integers little-endian.</summary>
internal static class RootHeadCodec
{
    public const int Size = 512;
    private const int ChecksumSize = 32;
    private const int Used = 96;

    public static void Write(RootHead head, Span<byte> sector)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sector.Length, Size);
        if (!IsInRange(head))
            throw new ArgumentException("A head has a 16-byte vault id, a 32-byte crown hash, an epoch and a next slot of 1 or more, and no negative number.", nameof(head));
        sector.Clear();
        Labels.RootHead.CopyTo(sector);
        head.VaultId.Span.CopyTo(sector[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(sector[32..], head.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(sector[40..], head.Commit);
        BinaryPrimitives.WriteInt64LittleEndian(sector[48..], head.NextSlot);
        BinaryPrimitives.WriteInt64LittleEndian(sector[56..], head.LedgerSize);
        head.CrownHash.Span.CopyTo(sector[64..]);
        Blake2b.Hash([], sector[..^ChecksumSize], sector[^ChecksumSize..]);
    }

    /// <summary>The head in the sector, or null when it holds none: never written, torn or damaged.</summary>
    public static RootHead? Parse(ReadOnlySpan<byte> sector)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sector.Length, Size);
        if (!sector.StartsWith(Labels.RootHead) || sector[Used..^ChecksumSize].ContainsAnyExcept((byte)0))
            return null;
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        Blake2b.Hash([], sector[..^ChecksumSize], checksum);
        if (!checksum.SequenceEqual(sector[^ChecksumSize..]))
            return null;
        var head = new RootHead(
            sector.Slice(16, 16).ToArray(),
            BinaryPrimitives.ReadInt64LittleEndian(sector[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[56..]),
            sector.Slice(64, 32).ToArray());
        return IsInRange(head) ? head : null;
    }

    private static bool IsInRange(RootHead head) =>
        head is { VaultId.Length: 16, CrownHash.Length: 32, Epoch: >= 1, Commit: >= 0, NextSlot: >= 1, LedgerSize: >= 0 };
}
