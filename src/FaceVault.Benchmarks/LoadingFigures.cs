using System.Diagnostics;
using System.Globalization;
using FaceVault.Matching;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>What opening a gallery takes: seconds and memory, for one thread and for all, beside what the system takes to make as many pages; and what huge pages bring to a search with one probe.</summary>
internal sealed class LoadingFigures(FigureTable table, string parent, int templates)
{
    private const int Openings = 5;
    private const int Rounds = 15;
    private const double MiB = 1048576;

    private static TemplateModel Model { get; } = new(SyntheticVault.Model, SyntheticVault.Dimensions, TemplateEncoding.Int8);

    private long GalleryBytes => (long)templates * (SyntheticVault.Dimensions + 18);

    public async Task MeasureAsync()
    {
        Note(Text($"importing {templates:N0} templates"));
        using (var synthetic = new SyntheticVault(parent))
        {
            await synthetic.ImportAsync(templates);
            synthetic.Vault.Dispose();
            await OpenAsync(synthetic.Folder, 1);
            if (Environment.ProcessorCount > 1)
                await OpenAsync(synthetic.Folder, Environment.ProcessorCount);
            await PeakAsync(synthetic.Folder);
        }

        MakePages();
        HugePages();
    }

    /// <summary>Opens the vault and then the gallery of a folder in this process, which does nothing else; prints the gallery's seconds and how much more memory this process had at most.</summary>
    public static async Task<int> LoadOnceAsync(string folder)
    {
        using Vault vault = SyntheticVault.VaultIn(folder, mirrors: 0);
        await vault.OpenAsync();
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // the peak begins anew
        double before = Status("VmRSS");
        double seconds = await SecondsAsync(() => vault.GetGalleryAsync(SyntheticVault.Purpose));
        Console.WriteLine(Text($"{seconds:R} {Status("VmHWM") - before:R}"));
        return 0;
    }

    private async Task OpenAsync(string folder, int threads)
    {
        Note(Text($"opening with {threads} threads"));
        var seconds = new List<double>();
        for (int opening = 0; opening < Openings; opening++)
        {
            using Vault vault = SyntheticVault.VaultIn(folder, mirrors: 0, threads);
            await vault.OpenAsync();
            Gallery? gallery = null;
            seconds.Add(await SecondsAsync(async () => gallery = await vault.GetGalleryAsync(SyntheticVault.Purpose)));
            if (gallery!.Count != templates)
                throw new InvalidOperationException("The gallery is not whole; nothing is timed.");
        }

        table.Row(Text($"open a gallery of {templates:N0} int8 templates, {threads} {(threads == 1 ? "thread" : "threads")}, {Openings} times in one process"),
            Text($"{Median(seconds):N2} s ({seconds.Min():N2} to {seconds.Max():N2}), {Median(seconds) / templates * 1e6:N2} µs a template"));
    }

    private async Task PeakAsync(string folder)
    {
        Note("opening in a fresh process");
        var start = new ProcessStartInfo("dotnet", [typeof(LoadingFigures).Assembly.Location, "load-once", folder]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process child = Process.Start(start)!;
        string[] words = (await child.StandardOutput.ReadToEndAsync()).Split();
        await child.WaitForExitAsync();
        (double seconds, double bytes) = (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
        table.Row("the same in a fresh process", Text($"{seconds:N2} s; at most {bytes / MiB:N0} MiB more than before, {bytes / GalleryBytes:N2} times its {GalleryBytes / MiB:N0} MiB"));
    }

    /// <summary>What of it is the system's: mapping, clearing and locking as many bytes, twice, since the first time they may come from the machine below.</summary>
    private void MakePages()
    {
        var seconds = new double[2];
        for (int time = 0; time < seconds.Length; time++)
        {
            var watch = Stopwatch.StartNew();
            using var memory = new GalleryMemory(GalleryBytes);
            Touch(memory);
            seconds[time] = watch.Elapsed.TotalSeconds;
        }

        table.Row(Text($"make {GalleryBytes / MiB:N0} MiB of pages with one thread, and again"), Text($"{seconds[0]:N2} s, {seconds[1]:N2} s"));
    }

    private static unsafe void Touch(GalleryMemory memory)
    {
        for (long at = 0; at < memory.Size; at += Environment.SystemPageSize)
            memory.Start[at] = 1;
    }

    private void HugePages()
    {
        Note("huge pages");
        using Gallery huge = SyntheticGallery.Create(Model, templates, threads: 1);
        double inHuge = Status("AnonHugePages", "/proc/self/smaps_rollup");
        GalleryMemory.AsksForHugePages = false;
        using Gallery small = SyntheticGallery.Create(Model, templates, threads: 1);
        GalleryMemory.AsksForHugePages = true;
        using ProbeBatch probe = SyntheticGallery.Probes(Model, 1, templates);
        var found = new MatchBuffer(1, 10);
        var ratios = new List<double>();
        var best = (Huge: double.MaxValue, Small: double.MaxValue);
        for (int round = -3; round < Rounds; round++)
        {
            double a = Seconds(huge), b = Seconds(small), c = Seconds(small), d = Seconds(huge);
            if (round < 0)
                continue;
            ratios.Add((b + c) / (a + d));
            best = (Math.Min(best.Huge, Math.Min(a, d)), Math.Min(best.Small, Math.Min(b, c)));
        }

        table.Row(Text($"search of {templates:N0} int8 templates with one probe, one thread, in huge pages ({inHuge / GalleryBytes:P0} of it)"), Text($"{best.Huge * 1000:N2} ms at best"));
        table.Row("the same in pages of 4 KiB", Text($"{best.Small * 1000:N2} ms at best; huge pages are {Median(ratios):N2} times as fast (median of {Rounds} rounds)"));

        double Seconds(Gallery gallery)
        {
            var watch = Stopwatch.StartNew();
            gallery.Identify(probe, Threshold.RankOnly, found);
            double seconds = watch.Elapsed.TotalSeconds;
            SyntheticGallery.Check(found, templates);
            return seconds;
        }
    }

    private static double Status(string name, string file = "/proc/self/status") =>
        1024 * double.Parse(File.ReadLines(file).First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
