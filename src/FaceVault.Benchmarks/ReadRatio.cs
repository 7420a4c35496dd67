using System.Diagnostics;
using System.Globalization;

namespace FaceVault.Benchmarks;

/// <summary><c>read-ratio [TEMPLATES] [ROUNDS]</c>: how near a search with one probe comes to reading the same number of bytes, and what many probes cost. Prints medians of per-round ratios.</summary>
/// <remarks>
/// 512 dimensions, top 10. Read = the fastest of 1, 2, 4 and 8 streams over a buffer of the same size, mapped the same way. Rounds go search, read, read, search.
/// Every answer is checked before anything is timed. The ratio counts panel bytes only, not slots, factors and the like (4 % of an int8 gallery).
/// </remarks>
internal static class ReadRatio
{
    private const int Dimensions = 512;
    private static readonly int[] Streams = [1, 2, 4, 8];

    public static int Run(string[] arguments)
    {
        int templates = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 15;
        Console.WriteLine($"{templates:N0} templates x {Dimensions}, top 10, medians of {rounds} rounds; kernels {Matching.DotKernels.BestFloat}, {Matching.DotKernels.BestByte}");
        Console.WriteLine("encoding  threads  read GB/s (streams)  1 probe GB/s  ns/comparison  ratio  (10-90 %)     256 probes ns/comparison  Gop/s");
        foreach (TemplateEncoding encoding in new[] { TemplateEncoding.Float32, TemplateEncoding.Int8 })
            foreach (int threads in new[] { 1, 2 })
                Measure(new TemplateModel("synthetic", Dimensions, encoding), templates, threads, rounds);
        return 0;
    }

    private static void Measure(TemplateModel model, int templates, int threads, int rounds)
    {
        using Gallery gallery = SyntheticGallery.Create(model, templates, threads);
        using ProbeBatch one = SyntheticGallery.Probes(model, 1, templates), many = SyntheticGallery.Probes(model, 256, templates);
        var buffer = new MatchBuffer(256, 10);
        long bytes = (long)templates * Dimensions * (model.Encoding == TemplateEncoding.Int8 ? 1 : 4);
        using var read = new StreamingRead(bytes);
        void Search(ProbeBatch probes) => gallery.Identify(probes, Threshold.RankOnly, buffer);
        foreach (ProbeBatch probes in new[] { many, one })
        {
            Search(probes);
            SyntheticGallery.Check(buffer, templates);
        }

        int streams = Streams.MinBy(s => Enumerable.Range(0, 9).Select(_ => Seconds(() => read.Read(s, threads))).Order().ElementAt(4));
        for (int i = 0; i < 3; i++)
            Search(one);
        var searches = new List<double>();
        var reads = new List<double>();
        var ratios = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            double first = Seconds(() => Search(one));
            double second = Seconds(() => read.Read(streams, threads)) + Seconds(() => read.Read(streams, threads));
            first += Seconds(() => Search(one));
            searches.Add(first / 2);
            reads.Add(second / 2 * bytes / read.Bytes);
            ratios.Add(reads[^1] / searches[^1]);
        }

        double batch = Median([.. Enumerable.Range(0, Math.Max(3, rounds / 5)).Select(_ => Seconds(() => Search(many)))]);
        ratios.Sort();
        double comparisons = 256.0 * templates;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Encoding,-8}  {threads,7}  {bytes / Median(reads) / 1e9,9:F1} ({streams})        {bytes / Median(searches) / 1e9,12:F1}  {Median(searches) / templates * 1e9,13:F1}  {Median(ratios),5:P0}  ({ratios[rounds / 10]:P0}-{ratios[rounds - 1 - rounds / 10]:P0})  {batch / comparisons * 1e9,24:F2}  {2 * Dimensions * comparisons / batch / 1e9,5:F0}"));
    }

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
