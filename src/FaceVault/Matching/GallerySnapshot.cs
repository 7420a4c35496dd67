using FaceVault.Matching;

namespace FaceVault;

/// <summary>Which template stands in which column of <see cref="Gallery.Score"/>'s numbers: slot and ordinal of every template that could be found when <see cref="Gallery.TakeSnapshot"/> took it. Holds no template.</summary>
/// <remarks>Templates enrolled later have no column. The column of one that was removed, or whose use has ended, gets NaN from then on, also when somebody else's template lies in its place. Immutable, thread-safe; 16
/// bytes a template.</remarks>
public sealed class GallerySnapshot
{
    private readonly List<Column> columns;
    private readonly int[] columnOfLane;

    internal GallerySnapshot(GalleryStore store)
    {
        Store = store;
        Change = store.Change;
        Blocks = store.BlockCount;
        columns = new List<Column>(store.Count);
        columnOfLane = new int[Blocks * store.Layout.Lanes];
        Array.Fill(columnOfLane, -1);
        for (int block = 0; block < Blocks; block++)
        {
            store.EnterRead();
            try
            {
                Read(store.Block(block), block * store.Layout.Lanes);
            }
            finally
            {
                store.ExitRead();
            }
        }
    }

    /// <summary>How many columns there are.</summary>
    public int Count => columns.Count;

    /// <summary>The gallery's templates.</summary>
    internal GalleryStore Store { get; }

    /// <summary>The gallery's change number when this was taken: removals from the next one on concern it.</summary>
    internal uint Change { get; }

    /// <summary>The first blocks of the gallery, which hold every template that has a column.</summary>
    internal int Blocks { get; }

    /// <summary>The template of a column: a candidate whose score is NaN. With a score put in (<c>snapshot[column] with { Score = … }</c>) it can be named by <see cref="Gallery.ResolveAsync"/>.</summary>
    /// <param name="column">0 to <see cref="Count"/> - 1.</param>
    /// <returns>Slot and ordinal.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public Candidate this[int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(column);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Count);
            return new Candidate(columns[column].Slot, columns[column].Ordinal, float.NaN);
        }
    }

    /// <summary>The column of a lane, or -1.</summary>
    internal int ColumnOf(int lane) => columnOfLane[lane];

    /// <summary>Whether a column's template may still be named. Inside the store's read side only.</summary>
    internal bool MayName(int column) => Store.MayName(columns[column].Lane, columns[column].Slot, Change);

    private unsafe void Read(InterleavedBlock block, int firstLane)
    {
        for (int lane = 0; lane < Store.Layout.Lanes; lane++)
        {
            if (float.IsNaN(Volatile.Read(ref block.Factors[lane])) || block.Purged[lane] > Change)
                continue;
            columnOfLane[firstLane + lane] = columns.Count;
            columns.Add(new Column(block.Slots[lane], firstLane + lane, block.Ordinals[lane]));
        }
    }

    private readonly record struct Column(uint Slot, int Lane, ushort Ordinal);
}
