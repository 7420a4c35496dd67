using System.Text;
using FaceVault.Cryptography;
using FaceVault.Ledger;
using FaceVault.Storage;

namespace FaceVault.Commits;

/// <summary>Reads single ledger lines, keeping the last segment open: lines asked for in ascending order cost one opening a segment.</summary>
internal sealed class LineReader(VaultState state, IKeyStoreReader reader)
{
    private byte[] segment = [];
    private int length;
    private long first;
    private long count;

    public string Text(long index) => Encoding.UTF8.GetString(Bytes(index));

    public ReadOnlySpan<byte> Bytes(long index)
    {
        if (index < first || index >= first + count)
            Load(index);
        ReadOnlySpan<byte> rest = segment.AsSpan(0, length);
        for (long i = first; i < index; i++)
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        return rest[..rest.IndexOf((byte)'\n')];
    }

    private void Load(long index)
    {
        (first, byte[] blob) = reader.ReadAtOrBelow(KeyTable.Ledger, index) ?? throw Error.StoreDamaged("the ledger, which lacks a line");
        count = 0;
        length = Math.Max(0, blob.Length - Aead.Overhead);
        if (segment.Length < length)
            segment = new byte[length];
        LedgerSegment.Open(state.Crown.LedgerKey, state.Crown.VaultId, first, blob, segment.AsSpan(0, length));
        count = segment.AsSpan(0, length).Count((byte)'\n');
        if (index >= first + count)
            throw Error.StoreDamaged("the ledger, which lacks a line");
    }
}
