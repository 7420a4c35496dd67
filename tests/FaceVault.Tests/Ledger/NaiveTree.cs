using System.Security.Cryptography;

namespace FaceVault.Tests.Ledger;

/// <summary>RFC 6962 §2.1 word for word, recursive and slow: the reference that the library's trees are held to.</summary>
internal static class NaiveTree
{
    public static byte[] Root(ReadOnlySpan<byte[]> entries)
    {
        if (entries.Length == 0)
            return SHA256.HashData([]);
        if (entries.Length == 1)
            return SHA256.HashData([0x00, .. entries[0]]);
        int k = Split(entries.Length);
        return SHA256.HashData([0x01, .. Root(entries[..k]), .. Root(entries[k..])]);
    }

    public static List<byte[]> Path(int index, ReadOnlySpan<byte[]> entries)
    {
        if (entries.Length == 1)
            return [];
        int k = Split(entries.Length);
        return index < k
            ? [.. Path(index, entries[..k]), Root(entries[k..])]
            : [.. Path(index - k, entries[k..]), Root(entries[..k])];
    }

    public static List<byte[]> Consistency(int old, ReadOnlySpan<byte[]> entries) => SubProof(old, entries, true);

    private static List<byte[]> SubProof(int old, ReadOnlySpan<byte[]> entries, bool isOldRoot)
    {
        if (old == entries.Length)
            return isOldRoot ? [] : [Root(entries)];
        int k = Split(entries.Length);
        return old <= k
            ? [.. SubProof(old, entries[..k], isOldRoot), Root(entries[k..])]
            : [.. SubProof(old - k, entries[k..], false), Root(entries[..k])];
    }

    private static int Split(int n)
    {
        int k = 1;
        while (2 * k < n)
            k *= 2;
        return k;
    }
}
