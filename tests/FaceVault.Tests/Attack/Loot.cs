using System.Runtime.InteropServices;

namespace FaceVault.Tests.Attack;

/// <summary>Every sealed blob of every copy that was ever made, each kept once.</summary>
internal sealed class Loot
{
    private readonly Dictionary<(BlobKind Kind, long Id), List<StolenBlob>> byRow = [];
    private readonly Dictionary<BlobKind, List<StolenBlob>> byKind = [];
    private readonly HashSet<(BlobKind Kind, long Id, UInt128 Hash)> seen = [];

    public int Count => seen.Count;

    public IEnumerable<StolenBlob> All => byKind.Values.SelectMany(blobs => blobs);

    public IReadOnlyList<StolenBlob> Of(BlobKind kind) => byKind.GetValueOrDefault(kind) ?? [];

    public IReadOnlyList<StolenBlob> Of(BlobKind kind, long id) => byRow.GetValueOrDefault((kind, id)) ?? [];

    public void Add(BlobKind kind, long id, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Cipher.Overhead || !seen.Add((kind, id, MemoryMarshal.Read<UInt128>(Cipher.Blake2b(16, [], bytes)))))
            return;
        var blob = new StolenBlob(kind, id, bytes.ToArray());
        CollectionsMarshal.GetValueRefOrAddDefault(byRow, (kind, id), out _) ??= [];
        CollectionsMarshal.GetValueRefOrAddDefault(byKind, kind, out _) ??= [];
        byRow[(kind, id)].Add(blob);
        byKind[kind].Add(blob);
    }
}
