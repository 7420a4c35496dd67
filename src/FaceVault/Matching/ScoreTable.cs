using System.Runtime.Intrinsics;

namespace FaceVault.Matching;

/// <summary>The numbers of <see cref="Gallery.Score"/>: a row for each probe, a column for each template of a snapshot. Safe for several workers, each of which has blocks, and so columns, of its own.</summary>
internal sealed unsafe class ScoreTable(GallerySnapshot snapshot, int lanesPerBlock, float* numbers) : ScoreSink, IAnswer
{
    private const int ColumnsPerPart = 16 * 1024;

    private int rows;
    private int passStart;

    /// <summary>Whether numbers may have been written.</summary>
    public bool HasBegun { get; private set; }

    public int Hits => 0;

    public int Parts => (snapshot.Count + ColumnsPerPart - 1) / ColumnsPerPart;

    /// <inheritdoc/>
    public void Begin(int probes, float threshold, bool perTemplate)
    {
        rows = probes;
        HasBegun = true;
    }

    /// <inheritdoc/>
    public void Gather(GalleryScanner scanner, in SearchPass pass)
    {
        passStart = pass.First;
        scanner.Fill(pass, snapshot.Blocks, this);
    }

    /// <inheritdoc/>
    public void EndGathering()
    {
    }

    /// <inheritdoc/>
    public override void Begin(InterleavedBlock block, int firstLane, float* factors)
    {
        for (int lane = 0; lane < lanesPerBlock; lane++)
            if (block.Purged[lane] > snapshot.Change)
                factors[lane] = float.NaN;
    }

    /// <inheritdoc/>
    public override void Offer(int firstProbe, int probes, float* values, int count, uint* slot, ushort* ordinal, int firstLane)
    {
        for (int probe = firstProbe; probe < firstProbe + probes; probe++)
        {
            float* row = numbers + (nint)(passStart + probe) * snapshot.Count;
            for (int lane = firstLane; lane < firstLane + count; lane += 16, values += 16)
                Put(row, lane, values);
        }
    }

    /// <summary>Takes the scores of a part's columns back that may not be named any more.</summary>
    public void Deliver(int part, GalleryStore store, uint since)
    {
        int first = part * ColumnsPerPart;
        for (int column = first; column < Math.Min(snapshot.Count, first + ColumnsPerPart); column++)
            if (!float.IsNaN(numbers[column]) && !snapshot.MayName(column)) // masked in the first row is masked in all
                for (int row = 0; row < rows; row++)
                    numbers[(nint)row * snapshot.Count + column] = float.NaN;
    }

    public void EndDelivery(uint change)
    {
    }

    /// <summary>Sixteen lanes of a row; all at once where their columns lie side by side, as they do unless somebody left.</summary>
    private void Put(float* row, int lane, float* values)
    {
        int first = snapshot.ColumnOf(lane);
        if (first >= 0 && snapshot.ColumnOf(lane + 15) == first + 15)
        {
            for (int i = 0; i < 16; i += 4)
                Vector128.Clamp(Vector128.Load(values + i), Vector128.Create(-1f), Vector128.Create(1f)).Store(row + first + i);
            return;
        }

        for (int i = 0; i < 16; i++)
            if (snapshot.ColumnOf(lane + i) is var column and >= 0)
                row[column] = Math.Clamp(values[i], -1f, 1f);
    }
}
