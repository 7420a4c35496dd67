using System.Diagnostics;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>Callers at once against the same calls one after another, names and all, and how late a timer of the thread pool comes meanwhile.</summary>
internal sealed class WebLoadFigures(FigureTable table, string parent, int templates)
{
    private const int Callers = 64;
    private const int Top = 5;
    private const int WarmUps = 3;
    private const int Rounds = 15;
    private const int LoadSeconds = 10;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public async Task MeasureAsync()
    {
        foreach (TemplateEncoding encoding in (TemplateEncoding[])[TemplateEncoding.Int8, TemplateEncoding.Float32])
        {
            Note(Text($"{Callers} callers at once over {templates:N0} {encoding} templates"));
            using var synthetic = new SyntheticVault(parent, encoding);
            await synthetic.ImportAsync(templates);
            Gallery gallery = await synthetic.Vault.GetGalleryAsync(SyntheticVault.Purpose);
            await CheckAsync(gallery);
            await MeasureAsync(gallery, encoding);
        }
    }

    private static Task<IReadOnlyList<Match>> AskAsync(Gallery gallery, int caller) => gallery.IdentifyAsync(SyntheticVault.Embedding(caller * 61), Top, Threshold.RankOnly);

    private static Task TogetherAsync(Gallery gallery) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => AskAsync(gallery, caller)));

    private static async Task OneByOneAsync(Gallery gallery)
    {
        for (int caller = 0; caller < Callers; caller++)
            await AskAsync(gallery, caller);
    }

    /// <summary>Nothing is timed before the answers are the same.</summary>
    private static async Task CheckAsync(Gallery gallery)
    {
        IReadOnlyList<Match>[] together = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => AskAsync(gallery, caller)));
        for (int caller = 0; caller < Callers; caller++)
            if (!together[caller].SequenceEqual(await AskAsync(gallery, caller)))
                throw new InvalidOperationException("Callers at once are answered otherwise than one after another.");
    }

    private async Task MeasureAsync(Gallery gallery, TemplateEncoding encoding)
    {
        var ratios = new List<double>();
        var alone = new List<double>();
        for (int round = -WarmUps; round < Rounds; round++)
        {
            double first = await SecondsAsync(() => OneByOneAsync(gallery));
            double together = await SecondsAsync(() => TogetherAsync(gallery)) + await SecondsAsync(() => TogetherAsync(gallery));
            double serial = first + await SecondsAsync(() => OneByOneAsync(gallery));
            if (round < 0)
                continue;
            ratios.Add(serial / together);
            alone.Add(2 * Callers / serial);
        }

        (double[] late, double answers) = await LoadAsync(gallery);
        table.Row(Text($"identify over {templates:N0} {encoding} templates, one caller"), Text($"{Median(alone):N0} /s"));
        table.Row(Text($"the same, {Callers} callers at once against {Callers} calls one after another"), Text($"{Median(ratios):N1} times ({Quantile(ratios, 0.1):N1} to {Quantile(ratios, 0.9):N1})"));
        table.Row(Text($"the same, {Callers} callers who ask again and again for {LoadSeconds} s"), Text($"{answers:N0} /s, {answers / Median(alone):N1} times one caller"));
        table.Row(Text($"timer of the thread pool meanwhile, {Tick.TotalMilliseconds:N0} ms asked for: late by"), Text($"{Quantile(late, 0.99) * 1000:N1} ms at p99, {Quantile(late, 0.5) * 1000:N1} ms at the median"));
    }

    /// <summary>How late each tick came, in seconds, and answers a second.</summary>
    private static async Task<(double[] Late, double Answers)> LoadAsync(Gallery gallery)
    {
        bool ended = false;
        long answers = 0;
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (!Volatile.Read(ref ended))
            {
                await AskAsync(gallery, caller);
                Interlocked.Increment(ref answers);
            }
        }))];
        var late = new List<double>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < LoadSeconds)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.Delay(Tick);
            late.Add((Stopwatch.GetElapsedTime(start) - Tick).TotalSeconds);
        }

        double seconds = watch.Elapsed.TotalSeconds;
        long answered = Interlocked.Read(ref answers);
        Volatile.Write(ref ended, true);
        await Task.WhenAll(callers);
        return ([.. late], answered / seconds);
    }

    private static double Quantile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
    }
}
