using FaceVault.Commits;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Operations;

/// <summary>Compares every row of a mirror with the primary's, beside the writer: in stretches of a few rows, each in read transactions of its own. A stretch that differs is looked at again where both must be equal: between two commits.</summary>
internal sealed class MirrorRows(VaultEngine engine, Mirror mirror)
{
    /// <summary>Rows in a stretch: half a megabyte of pages.</summary>
    private const int Stretch = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Rows that are the same in both.</summary>
    public long Equal { get; private set; }

    /// <summary>Rows that the mirror lacks, has besides, or holds with other bytes.</summary>
    public long Different { get; private set; }

    /// <summary>Rows that are damaged in the primary and whole in the mirror.</summary>
    public long OnlyWhole { get; private set; }

    /// <exception cref="VaultException">The mirror, or the store, cannot be read.</exception>
    public void Compare(CancellationToken cancellationToken)
    {
        using IKeyStoreReader own = engine.Options.Store.OpenReader(), copy = mirror.Location.OpenReader();
        for (var table = KeyTable.Crown; table <= KeyTable.Certificate; table++)
        {
            for (long from = 0; from >= 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                List<KeyValuePair<long, byte[]>> rows = Read(own, table, from, long.MaxValue, Stretch);
                long to = rows.Count == Stretch ? rows[^1].Key : long.MaxValue;
                if (AreSame(rows, Read(copy, table, from, to, Stretch + 1)))
                    Equal += rows.Count;
                else
                    LookAgain(copy, table, from, to);
                from = to == long.MaxValue ? -1 : to + 1;
            }
        }
    }

    private static List<KeyValuePair<long, byte[]>> Read(IKeyStoreReader reader, KeyTable table, long from, long to, int most) => [.. reader.Scan(table, from, to).Take(most)];

    private static bool AreSame(List<KeyValuePair<long, byte[]>> own, List<KeyValuePair<long, byte[]>> copy) =>
        own.Count == copy.Count && own.Zip(copy).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value));

    private void LookAgain(IKeyStoreReader copy, KeyTable table, long from, long to)
    {
        if (!engine.IsInspecting)
        {
            engine.Enqueue(new BetweenCommits(_ => CountNow(copy, table, from, to))).GetAwaiter().GetResult();
            return;
        }

        // Beside another process's writer: a mirror gets each commit a moment after the primary.
        long start = engine.Options.Clock.GetTimestamp();
        while (!TryCount(copy, table, from, to, isLast: engine.Options.Clock.GetElapsedTime(start) >= Patience))
            Thread.Sleep(20);
    }

    private void CountNow(IKeyStoreReader copy, KeyTable table, long from, long to)
    {
        if (mirror.IsCurrent) // else it failed meanwhile, which is another finding
            TryCount(copy, table, from, to, isLast: true);
    }

    /// <summary>Counts the rows of a stretch; unless it is the last try, only when none differs.</summary>
    private bool TryCount(IKeyStoreReader copy, KeyTable table, long from, long to, bool isLast)
    {
        using ReadScope view = engine.Read();
        SortedDictionary<long, (byte[]? Own, byte[]? Copy)> rows = [];
        foreach ((long key, byte[] blob) in view.Store.Scan(table, from, to).Take(2 * Stretch))
            rows[key] = (blob, null);
        foreach ((long key, byte[] blob) in copy.Scan(table, from, to).Take(2 * Stretch))
            rows[key] = (rows.GetValueOrDefault(key).Own, blob);
        long equal = 0, different = 0, whole = 0;
        foreach ((long key, (byte[]? mine, byte[]? theirs)) in rows)
        {
            if (mine is not null && theirs is not null && mine.AsSpan().SequenceEqual(theirs))
                equal++;
            else if (OnlyCopies.IsOne(table, key, mine, theirs, view.Tree, view.Crown, engine.Options))
                whole++;
            else
                different++;
        }

        if (different + whole > 0 && !isLast)
            return false;
        (Equal, Different, OnlyWhole) = (Equal + equal, Different + different, OnlyWhole + whole);
        return true;
    }

    private sealed class BetweenCommits(Action<VaultEngine> look) : ExclusiveItem
    {
        public override bool ReadsOnly => true;

        public override void Run(VaultEngine engine) => look(engine);
    }
}
