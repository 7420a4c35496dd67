using System.Buffers.Binary;

namespace FaceVault.Tests.Attack;

/// <summary>
/// Finds the rows of a table of blobs in copies of a SQLite file and its log without asking SQLite: reachable ones, deleted ones, and those in frames that were never committed or belong to an earlier log.
/// </summary>
/// <remarks>
/// A carver, not a reader of trees: at every byte of every version of every page it looks for a table cell <c>(NULL, blob)</c>: payload length, row id, record header, blob, and for a large one the number of
/// the first overflow page (SQLite file format §1.6, §2.1). A chain goes on in the versions of the next page that are nearest in the log; a wrong guess is a blob that nothing opens.
/// Tables are not told apart: that is left to whoever tries keys.
/// </remarks>
internal sealed class SqliteCarver
{
    private const int PageSize = 4096;
    private const int MostLocal = PageSize - 35;
    private const int LeastLocal = ((PageSize - 12) * 32 / 255) - 23;

    /// <summary>A sealed blob is never shorter.</summary>
    private const int ShortestBlob = 40;

    private readonly Dictionary<uint, List<(int Order, byte[] Page)>> versions = [];
    private int order;

    /// <summary>One copy: the file and, when there is one, the log beside it. All frames count, as far as the log goes, whatever their salts and checksums say.</summary>
    public SqliteCarver(byte[] file, byte[] log)
    {
        for (int at = 0; at + PageSize <= file.Length; at += PageSize)
            Add((uint)(at / PageSize) + 1, file.AsSpan(at, PageSize));
        order = 1;
        for (int at = 32; at + 24 + PageSize <= log.Length; at += 24 + PageSize, order++)
            Add(BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(at)), log.AsSpan(at + 24, PageSize));
    }

    public IEnumerable<(long Id, byte[] Blob)> Rows()
    {
        foreach ((int at, byte[] page) in versions.Values.SelectMany(v => v))
            for (int offset = 0; offset < PageSize - 8; offset++)
                foreach ((long id, byte[] blob) in RowsAt(at, page, offset))
                    yield return (id, blob);
    }

    private void Add(uint number, ReadOnlySpan<byte> page)
    {
        if (!versions.TryGetValue(number, out List<(int Order, byte[] Page)>? list))
            versions.Add(number, list = []);
        if (list.Count == 0 || !list[^1].Page.AsSpan().SequenceEqual(page))
            list.Add((order, page.ToArray()));
    }

    private IEnumerable<(long Id, byte[] Blob)> RowsAt(int at, byte[] page, int offset)
    {
        int start = offset;
        if (!TryVarint(page, ref start, out long payload) || payload < ShortestBlob + 3 || payload > 64 << 20 || !TryVarint(page, ref start, out long id) || id < 0)
            yield break;
        int header = start;
        if (!TryVarint(page, ref start, out long headerSize) || headerSize is < 3 or > 6 || start >= PageSize || page[start++] != 0
            || !TryVarint(page, ref start, out long type) || start != header + headerSize || type < 12 || type % 2 != 0 || headerSize + ((type - 12) / 2) != payload)
            yield break;
        int local = (int)payload;
        if (payload > MostLocal)
        {
            int fitting = LeastLocal + (int)((payload - LeastLocal) % (PageSize - 4));
            local = fitting <= MostLocal ? fitting : LeastLocal;
        }

        if (header + local + (local < payload ? 4 : 0) > PageSize)
            yield break;
        var blob = new byte[(type - 12) / 2];
        int filled = local - (int)headerSize;
        page.AsSpan(start, filled).CopyTo(blob);
        if (local == payload)
            yield return (id, blob);
        else
            foreach (byte[] whole in Chains(at, BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(header + local)), blob, filled))
                yield return (id, whole);
    }

    /// <summary>The blob with each chain of overflow pages that could be its own.</summary>
    private List<byte[]> Chains(int at, uint next, byte[] blob, int filled)
    {
        if (filled == blob.Length)
            return next == 0 ? [(byte[])blob.Clone()] : [];
        var found = new List<byte[]>();
        foreach (byte[] page in Near(next, at))
        {
            int taken = Math.Min(PageSize - 4, blob.Length - filled);
            page.AsSpan(4, taken).CopyTo(blob.AsSpan(filled));
            found.AddRange(Chains(at, BinaryPrimitives.ReadUInt32BigEndian(page), blob, filled + taken));
        }

        return found;
    }

    /// <summary>The last version up to a place in the log, and the first one behind it: pages of one transaction stand in the order of their numbers.</summary>
    private IEnumerable<byte[]> Near(uint number, int at)
    {
        if (!versions.TryGetValue(number, out List<(int Order, byte[] Page)>? list))
            yield break;
        int behind = list.FindIndex(v => v.Order > at);
        if (behind != 0)
            yield return list[behind < 0 ? list.Count - 1 : behind - 1].Page;
        if (behind >= 0)
            yield return list[behind].Page;
    }

    private static bool TryVarint(byte[] page, ref int at, out long value)
    {
        value = 0;
        for (int i = 0; i < 9 && at < PageSize; i++)
        {
            byte next = page[at++];
            value = i == 8 ? (value << 8) | next : (value << 7) | (uint)(next & 0x7f);
            if (i == 8 || next < 0x80)
                return true;
        }

        return false;
    }
}
