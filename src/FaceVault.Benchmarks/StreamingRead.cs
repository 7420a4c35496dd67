using System.Runtime.Intrinsics;
using FaceVault.Matching;

namespace FaceVault.Benchmarks;

/// <summary>Reads a buffer as fast as loads alone can: 1, 2, 4 or 8 streams at once, on one thread or several.</summary>
internal sealed unsafe class StreamingRead : IDisposable
{
    private static readonly int[] Streams = [1, 2, 4, 8];
    private readonly GalleryMemory memory;

    public StreamingRead(long bytes)
    {
        memory = new GalleryMemory(bytes / 16384 * 16384);
        new Span<long>(memory.Start, (int)Math.Min(int.MaxValue, memory.Size / 8)).Fill(1);
    }

    public long Bytes => memory.Size / 16384 * 16384;

    /// <summary>Which number of streams reads fastest, by the medians of five reads each.</summary>
    public int FastestStreams(int threads) =>
        Streams.MinBy(streams => FigureTable.Median([.. Enumerable.Range(0, 5).Select(_ => AlternatingRounds.Seconds(() => Read(streams, threads)))]));

    public void Read(int streams, int threads)
    {
        long share = Bytes / threads;
        if (threads == 1)
        {
            Keep(Sum(memory.Start, Bytes, streams));
            return;
        }

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => Keep(Sum(memory.Start + i * share, share, streams)));
    }

    public void Dispose() => memory.Dispose();

    private static void Keep(Vector512<long> sum)
    {
        if (sum == Vector512.Create(long.MinValue))
            throw new InvalidOperationException("This cannot happen; it keeps the sum alive.");
    }

    private static Vector512<long> Sum(byte* start, long bytes, int streams)
    {
        nint length = (nint)(bytes / streams) / 256 * 256;
        Vector512<long> total = default;
        switch (streams)
        {
            case 1:
                return Strip(start, length);
            case 2:
                for (nint i = 0; i < length; i += 256)
                    total += Line(start + i) + Line(start + length + i);
                return total;
            case 4:
                for (nint i = 0; i < length; i += 256)
                    total += Line(start + i) + Line(start + length + i) + Line(start + 2 * length + i) + Line(start + 3 * length + i);
                return total;
            default:
                for (nint i = 0; i < length; i += 256)
                    total += Line(start + i) + Line(start + length + i) + Line(start + 2 * length + i) + Line(start + 3 * length + i)
                        + Line(start + 4 * length + i) + Line(start + 5 * length + i) + Line(start + 6 * length + i) + Line(start + 7 * length + i);
                return total;
        }
    }

    private static Vector512<long> Strip(byte* start, nint length)
    {
        Vector512<long> total = default;
        for (nint i = 0; i < length; i += 256)
            total += Line(start + i);
        return total;
    }

    private static Vector512<long> Line(byte* at) =>
        (Vector512.Load((long*)at) | Vector512.Load((long*)(at + 64))) + (Vector512.Load((long*)(at + 128)) | Vector512.Load((long*)(at + 192)));
}
