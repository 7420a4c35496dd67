using System.Globalization;
using static FaceVault.Benchmarks.AlternatingRounds;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary><c>read-ratio [TEMPLATES] [ROUNDS]</c>: how near a search with one probe comes to reading the same number of bytes, and what many probes cost. Prints medians of per-round ratios.</summary>
/// <remarks>
/// 512 dimensions, top 10. Read = the fastest of 1, 2, 4 and 8 streams over a buffer of the same size, mapped the same way. Rounds go search, read, read, search.
/// Every answer is checked before anything is timed. The ratio counts panel bytes only, not slots, factors and the like (4 % of an int8 gallery).
/// </remarks>
internal static class ReadRatio
{
    private const int Dimensions = 512;

    public static int Run(string[] arguments)
    {
        int templates = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 15;
        Console.WriteLine(Text($"{templates:N0} templates x {Dimensions}, top 10, medians of {rounds} rounds; kernels {Matching.DotKernels.BestFloat}, {Matching.DotKernels.BestByte}"));
        Console.WriteLine("encoding  threads  read GB/s (streams)  1 probe GB/s  ns/comparison  of the read (10-90 %)     256 probes ns/comparison  Gop/s");
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Float32, TemplateEncoding.Int8])
            foreach (int threads in (int[])[1, 2])
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

        int streams = read.FastestStreams(threads);
        AlternatingRounds measured = AlternatingRounds.Measure(() => Search(one), () => read.Read(streams, threads), rounds);
        double whole = (double)bytes / read.Bytes, search = Median(measured.First), reading = Median(measured.Second) * whole;
        double batch = Median(Enumerable.Range(0, Math.Max(3, rounds / 5)).Select(_ => Seconds(() => Search(many))).ToArray());
        double comparisons = 256.0 * templates;
        Console.WriteLine(Text(
            $"{model.Encoding,-8}  {threads,7}  {bytes / reading / 1e9,9:F1} ({streams})        {bytes / search / 1e9,12:F1}  {search / templates * 1e9,13:F1}  {Percent(measured.Ratios.Select(ratio => ratio * whole)),-24}  {batch / comparisons * 1e9,24:F2}  {2 * Dimensions * comparisons / batch / 1e9,5:F0}"));
    }
}
