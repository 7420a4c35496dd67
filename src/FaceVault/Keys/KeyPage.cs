using System.Buffers.Binary;
using FaceVault.Cryptography;

namespace FaceVault.Keys;

internal enum PageKind : byte
{
    None = 0,
    Branch = 1,
    Leaf = 2,
}

/// <summary>A page of the key tree, opened into locked memory: 252 child keys of 32 bytes (branch) or 64 entries of 126 bytes (leaf); 8,064 bytes either way.</summary>
/// <remarks>
/// Sealed form: <c>nonce 24 ‖ ciphertext 8,064 ‖ tag 16</c> under the page's key. Associated data: label (branch or leaf) ‖ vault id ‖ page number u32.
/// A page whose 8,064 bytes are zero has no row, and its key in the parent is zero.
/// </remarks>
internal sealed class KeyPage : IDisposable
{
    public const int Size = 8064;
    public const int SealedSize = Size + Aead.Overhead;
    public const int EntriesPerLeaf = 64;
    public const int ChildrenPerBranch = 252;
    public const int SlotsPerBranch = EntriesPerLeaf * ChildrenPerBranch;

    private readonly SecretBuffer buffer = new(Size);

    public KeyPage(PageKind kind, uint number)
    {
        Kind = kind;
        Number = number;
    }

    public PageKind Kind { get; }

    public uint Number { get; private set; }

    public bool IsEmpty => !buffer.DangerousBytes.ContainsAnyExcept((byte)0);

    public static uint LeafOf(uint slot) => (slot - 1) / EntriesPerLeaf;

    /// <summary>The first slot of a leaf.</summary>
    public static uint FirstOf(uint leaf) => (leaf * EntriesPerLeaf) + 1;

    public static uint BranchOf(uint leaf) => leaf / ChildrenPerBranch;

    /// <summary>The entry of a slot that lies in this leaf.</summary>
    public KeyEntry Entry(uint slot) => new(buffer.DangerousBytes.Slice((int)((slot - 1) % EntriesPerLeaf) * KeyEntry.Size, KeyEntry.Size));

    /// <summary>The key of a leaf that hangs on this branch; 32 zero bytes when the leaf has no page.</summary>
    public Span<byte> DangerousChildKey(uint leaf) => buffer.DangerousBytes.Slice((int)(leaf % ChildrenPerBranch) * SecretKey.Size, SecretKey.Size);

    public byte[] Seal(PageKey key, ReadOnlySpan<byte> vaultId)
    {
        var blob = new byte[SealedSize];
        Aead.Seal(key.DangerousBytes, buffer.DangerousBytes, AssociatedData(vaultId, stackalloc byte[36]), blob);
        return blob;
    }

    /// <summary>Opens a sealed page into this one. False, with the page zeroed, when the blob is another one.</summary>
    public bool TryOpen(PageKey key, ReadOnlySpan<byte> vaultId, ReadOnlySpan<byte> blob) =>
        blob.Length == SealedSize && Aead.TryOpen(key.DangerousBytes, blob, AssociatedData(vaultId, stackalloc byte[36]), buffer.DangerousBytes);

    /// <summary>Opens another page of this kind into the same memory.</summary>
    public bool TryOpen(uint number, PageKey key, ReadOnlySpan<byte> vaultId, ReadOnlySpan<byte> blob)
    {
        Number = number;
        return TryOpen(key, vaultId, blob);
    }

    public void Clear() => buffer.DangerousBytes.Clear();

    public void Dispose() => buffer.Dispose();

    private ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> vaultId, Span<byte> destination)
    {
        (Kind == PageKind.Branch ? Labels.BranchPage : Labels.LeafPage).CopyTo(destination);
        vaultId.CopyTo(destination[16..32]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], Number);
        return destination;
    }
}
