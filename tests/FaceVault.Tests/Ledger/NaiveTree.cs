using System.Security.Cryptography;

namespace FaceVault.Tests.Ledger;

/// <summary>RFC 6962 §2.1 word for word and recursive: the reference that the library's trees are held to. Each subtree is hashed once and remembered, so that all trees can be gone through.</summary>
internal sealed class NaiveTree(byte[][] entries)
{
    private readonly Dictionary<(int Start, int Count), byte[]> known = [];

    /// <summary>MTH(D[start : start + count]).</summary>
    public byte[] Root(int start, int count)
    {
        if (known.TryGetValue((start, count), out byte[]? root))
            return root;
        int k = Split(count);
        root = count switch
        {
            0 => SHA256.HashData([]),
            1 => SHA256.HashData([0x00, .. entries[start]]),
            _ => SHA256.HashData([0x01, .. Root(start, k), .. Root(start + k, count - k)]),
        };
        return known[(start, count)] = root;
    }

    /// <summary>PATH(index, D[start : start + count]).</summary>
    public List<byte[]> Path(int index, int count, int start = 0)
    {
        if (count == 1)
            return [];
        int k = Split(count);
        return index < k
            ? [.. Path(index, k, start), Root(start + k, count - k)]
            : [.. Path(index - k, count - k, start + k), Root(start, k)];
    }

    /// <summary>PROOF(old, D[0 : count]).</summary>
    public List<byte[]> Consistency(int old, int count) => SubProof(old, 0, count, true);

    private List<byte[]> SubProof(int old, int start, int count, bool isOldRoot)
    {
        if (old == count)
            return isOldRoot ? [] : [Root(start, count)];
        int k = Split(count);
        return old <= k
            ? [.. SubProof(old, start, k, isOldRoot), Root(start + k, count - k)]
            : [.. SubProof(old - k, start + k, count - k, false), Root(start, k)];
    }

    private static int Split(int n)
    {
        int k = 1;
        while (2 * k < n)
            k *= 2;
        return k;
    }
}
