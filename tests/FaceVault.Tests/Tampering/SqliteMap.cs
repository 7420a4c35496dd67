using System.Buffers.Binary;

namespace FaceVault.Tests.Tampering;

/// <summary>What each byte of an SQLite database file is for, read from the file format's description (sqlite.org/fileformat2.html). For small files of our kind: table b-trees, pages of 4,096 bytes, no vacuum.</summary>
internal sealed class SqliteMap
{
    private const int PageSize = 4096;
    private readonly byte[] file;

    private SqliteMap(byte[] file)
    {
        this.file = file;
        Labels = new string[file.Length];
        Array.Fill(Labels, "free page");
    }

    /// <summary>One word or two for each byte.</summary>
    public string[] Labels { get; }

    public static string[] Of(byte[] file)
    {
        var map = new SqliteMap(file);
        map.Header();
        foreach ((long root, string name) in map.Table(1, "schema"))
            map.Table(root, name);
        return map.Labels;
    }

    private void Header()
    {
        (int From, int Length, string Name)[] fields =
        [
            (0, 16, "magic"), (16, 2, "page size"), (18, 1, "write version"), (19, 1, "read version"), (20, 1, "reserved space"), (21, 3, "fractions"), (24, 4, "change counter"), (28, 4, "size in pages"), (32, 4, "first free page"),
            (36, 4, "free pages"), (40, 4, "schema cookie"), (44, 4, "schema format"), (48, 4, "cache size"), (52, 4, "largest root"), (56, 4, "encoding"), (60, 4, "user version"), (64, 4, "incremental vacuum"),
            (68, 4, "application id"), (72, 20, "expansion"), (92, 4, "valid for"), (96, 4, "library version"),
        ];
        foreach ((int from, int length, string name) in fields)
            Label(from, length, "header: " + name);
    }

    /// <summary>Labels a table b-tree. Answers, for the schema, the root pages of its tables.</summary>
    private List<(long Root, string Name)> Table(long page, string what)
    {
        var roots = new List<(long, string)>();
        int start = (int)(page - 1) * PageSize;
        int header = page == 1 ? 100 : 0;
        ReadOnlySpan<byte> bytes = file.AsSpan(start, PageSize);
        bool interior = bytes[header] == 5;
        int headerSize = interior ? 12 : 8;
        int cells = BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + 3)..]);
        Label(start + header, headerSize, what + ": page header");
        Label(start + header, 1, what + ": page type");
        Label(start + header + 1, 2, what + ": first free block");
        Label(start + header + 5, 2, what + ": content start");
        Label(start + header + 7, 1, what + ": fragments");
        Label(start + header + headerSize, 2 * cells, what + ": cell pointers");
        Label(start + header + headerSize + (2 * cells), PageSize - header - headerSize - (2 * cells), what + ": unused part of a page");
        for (int free = BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + 1)..]); free != 0; free = BinaryPrimitives.ReadUInt16BigEndian(bytes[free..]))
            Label(start + free, 4, what + ": free block");
        for (int i = 0; i < cells; i++)
        {
            int at = BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + headerSize + (2 * i))..]);
            if (interior)
            {
                Varint(bytes[(at + 4)..], out int keySize);
                Label(start + at, 4, what + ": child page");
                Label(start + at + 4, keySize, what + ": interior key");
                roots.AddRange(Table(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]), what));
            }
            else
            {
                Leaf(start + at, what, roots);
            }
        }

        if (interior)
            roots.AddRange(Table(BinaryPrimitives.ReadUInt32BigEndian(bytes[(header + 8)..]), what));
        return roots;
    }

    private void Leaf(int at, string what, List<(long, string)> roots)
    {
        const int usable = PageSize, most = usable - 35, least = ((usable - 12) * 32 / 255) - 23;
        long payload = Varint(file.AsSpan(at), out int a);
        Varint(file.AsSpan(at + a), out int b);
        Label(at, a, what + ": payload size");
        Label(at + a, b, what + ": id");
        int content = at + a + b;
        int local = payload <= most ? (int)payload : least + (int)((payload - least) % (usable - 4)) is var k && k <= most ? k : least;
        int head = (int)Varint(file.AsSpan(content), out _);
        Label(content, local, what + ": content");
        Label(content, head, what + ": record header");
        if (what == "schema")
            roots.Add(RootPage(content, head));
        if (payload <= most)
            return;
        uint next = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(content + local));
        Label(content + local, 4, what + ": overflow pointer");
        for (long left = payload - local; next != 0 && left > 0; left -= usable - 4)
        {
            int page = (int)(next - 1) * PageSize;
            next = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(page));
            int here = (int)Math.Min(left, usable - 4);
            Label(page, 4, what + (left > usable - 4 ? ": overflow pointer" : ": last overflow pointer"));
            Label(page + 4, here, what + ": content");
            Label(page + 4 + here, PageSize - 4 - here, what + ": unused end of an overflow page");
        }
    }

    /// <summary>The second and fourth column of sqlite_schema: name and root page.</summary>
    private (long Root, string Name) RootPage(int content, int head)
    {
        int at = content;
        Varint(file.AsSpan(at), out int n);
        at += n;
        int value = content + head;
        string name = "";
        for (int column = 0; column < 3; column++)
        {
            int length = (int)((Varint(file.AsSpan(at), out n) - 13) / 2);
            at += n;
            name = column == 1 ? System.Text.Encoding.UTF8.GetString(file, value, length) : name;
            value += length;
        }

        long size = Varint(file.AsSpan(at), out _);
        return (size switch { 1 => file[value], 2 => BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(value)), _ => throw new InvalidOperationException($"A root page of type {size}.") }, name);
    }

    private static long Varint(ReadOnlySpan<byte> bytes, out int length)
    {
        long value = 0;
        for (length = 1; ; length++)
        {
            value = (value << 7) | (bytes[length - 1] & 0x7FL);
            if ((bytes[length - 1] & 0x80) == 0)
                return value;
        }
    }

    private void Label(int at, int length, string label)
    {
        for (int i = 0; i < length; i++)
            Labels[at + i] = label;
    }
}
