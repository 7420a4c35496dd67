using System.Collections.Immutable;

namespace FaceVault.Storage;

/// <summary>An immutable table of blobs by number, so that a snapshot costs nothing and a commit is one assignment.</summary>
internal sealed class RowTable
{
    private static readonly Comparer<KeyValuePair<long, byte[]>> ByKey = Comparer<KeyValuePair<long, byte[]>>.Create((a, b) => a.Key.CompareTo(b.Key));

    private readonly ImmutableSortedSet<KeyValuePair<long, byte[]>> rows;

    private RowTable(ImmutableSortedSet<KeyValuePair<long, byte[]>> rows) => this.rows = rows;

    public static RowTable Empty { get; } = new(ImmutableSortedSet.Create<KeyValuePair<long, byte[]>>(ByKey));

    public int Count => rows.Count;

    public byte[]? Find(long key)
    {
        int index = rows.IndexOf(new(key, []));
        return index < 0 ? null : rows[index].Value;
    }

    public KeyValuePair<long, byte[]>? AtOrBelow(long key)
    {
        int index = rows.IndexOf(new(key, []));
        if (index < 0)
            index = ~index - 1;
        return index < 0 ? null : rows[index];
    }

    /// <summary>Rows with from ≤ key ≤ to, ascending.</summary>
    public IEnumerable<KeyValuePair<long, byte[]>> Range(long from, long to)
    {
        int index = rows.IndexOf(new(from, []));
        for (index = index < 0 ? ~index : index; index < rows.Count; index++)
        {
            KeyValuePair<long, byte[]> row = rows[index];
            if (row.Key > to)
                yield break;
            yield return row;
        }
    }

    public Builder Change() => new(rows.ToBuilder());

    /// <summary>Collects changes; the table it came from stays as it is.</summary>
    public sealed class Builder(ImmutableSortedSet<KeyValuePair<long, byte[]>>.Builder rows)
    {
        public void Set(long key, byte[] blob)
        {
            rows.Remove(new(key, []));
            rows.Add(new(key, blob));
        }

        public bool Remove(long key) => rows.Remove(new(key, []));

        public RowTable ToTable() => new(rows.ToImmutable());
    }
}
