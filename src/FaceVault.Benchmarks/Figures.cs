using System.Diagnostics;
using System.Globalization;
using FaceVault.Interop;
using static FaceVault.Benchmarks.FigureTable;

namespace FaceVault.Benchmarks;

/// <summary>The figures of docs/figures.md, measured the way a user meets them: whole calls, durable, medians of several runs. <c>figures [FOLDER] [--scale X] [--only import|withdraw|grant|open|deletion|web|growth|matching|rotation|gallery-growth|loading] [--to N]</c>.</summary>
internal sealed class Figures(string parent, double scale, string only)
{
    private const int Runs = FigureTable.Runs;
    private const int LogBytes = 40 * 1024;
    private const int RecordBytes = 32 * 1024;
    private readonly FigureTable table = new();

    private int Consents => Scaled(100_000);

    private int Withdrawn => Scaled(10_000);

    private int Opened => Scaled(1_000_000);

    public static async Task<int> RunAsync(string[] arguments)
    {
        string parent = Path.GetTempPath();
        double scale = 1;
        string only = "";
        int? to = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--scale" && i + 1 < arguments.Length)
                scale = double.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] == "--only" && i + 1 < arguments.Length)
                only = arguments[++i];
            else if (arguments[i] == "--to" && i + 1 < arguments.Length)
                to = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else
                parent = Path.GetFullPath(arguments[i]);
        }

        var figures = new Figures(parent, scale, only);
        await figures.MeasureAsync(to);
        figures.table.Print();
        return 0;
    }

    private int Scaled(int count) => Math.Max(100, (int)(count * scale));

    private async Task MeasureAsync(int? to)
    {
        if (only is "" or "import")
            await ImportAndWithdrawAsync();
        if (only is "" or "withdraw")
            await WithdrawOneAsync();
        if (only is "" or "grant")
            await GrantAsync();
        if (only is "" or "open")
            await OpenAsync();
        if (only is "" or "deletion")
            await new DeletionFigures(table, parent, Consents, Withdrawn).MeasureAsync();
        if (only is "" or "web")
            await new WebLoadFigures(table, parent, Consents).MeasureAsync();
        if (only is "" or "growth")
            await new GrowthFigures(table, parent, to ?? Scaled(1_000_000)).MeasureAsync();
        if (only is "" or "matching")
            new MatchingFigures(table, scale).Measure();
        if (only is "" or "rotation")
            new RotationFigures(table).Measure();
        if (only is "" or "gallery-growth")
            new GalleryGrowthFigures(table, to ?? Scaled(2_000_000)).Measure();
        if (only is "" or "loading")
            await new LoadingFigures(table, parent, to ?? Opened).MeasureAsync();
    }

    private async Task ImportAndWithdrawAsync()
    {
        var rates = new List<double>();
        var batches = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            Note($"bulk import and withdrawal, run {run + 1} of {Runs}");
            using var synthetic = new SyntheticVault(parent);
            rates.Add(Consents / await SecondsAsync(() => synthetic.ImportAsync(Consents)));
            int[] people = [.. Enumerable.Range(0, Consents)];
            new Random(run).Shuffle(people);
            ConsentId[] chosen = [.. people.Take(Withdrawn).Select(SyntheticVault.Consent)];
            batches.Add(await SecondsAsync(() => synthetic.Vault.WithdrawConsentsAsync(chosen)));
        }

        table.Row(Text($"bulk grant + enrol, {Consents:N0} consents, 512-d float32 kept as int8"), Text($"{Median(rates):N0} templates/s"));
        table.Row(Text($"withdraw {Withdrawn:N0} of {Consents:N0} in one call, no mirror, two root files"), Text($"{Median(batches):N2} s"));
    }

    private async Task WithdrawOneAsync()
    {
        const int warmUp = 120; // code that has run a hundred times is compiled for good
        const int withdrawals = 60;
        var singles = new List<double>();
        var appends = new List<double>();
        var overwrites = new List<double>();
        var storeFlushes = new List<double>();
        var rootFlushes = new List<double>();
        Note("single withdrawals");
        using var synthetic = new SyntheticVault(parent);
        await synthetic.ImportAsync(Consents);
        for (int person = 0; person < warmUp; person++)
            await synthetic.Vault.WithdrawConsentAsync(SyntheticVault.Consent(person));
        for (int person = warmUp; person < warmUp + withdrawals; person++)
        {
            appends.Add(FlushSeconds(synthetic.Folder, LogBytes, grows: true));
            overwrites.Add(FlushSeconds(synthetic.Folder, RecordBytes, grows: false));
            (long stores, long roots) = (synthetic.Vault.Flushes, Posix.Flushes);
            singles.Add(await SecondsAsync(() => synthetic.Vault.WithdrawConsentAsync(SyntheticVault.Consent(person))));
            storeFlushes.Add(synthetic.Vault.Flushes - stores);
            rootFlushes.Add(Posix.Flushes - roots);
        }

        double flushed = (Median(storeFlushes) * Median(appends)) + (Median(rootFlushes) * Median(overwrites));
        table.Row(Text($"one flush of {LogBytes / 1024} KiB appended to a file, as a log is"), Text($"{Median(appends) * 1000:N2} ms"));
        table.Row(Text($"one flush of {RecordBytes / 1024} KiB written in place, as a root record is"), Text($"{Median(overwrites) * 1000:N2} ms"));
        table.Row(Text($"single withdrawal of {Consents:N0}, to its certificate"), Text($"{Median(singles) * 1000:N2} ms"));
        table.Row("flushes in it: stop, destruction, completion, deleted rows in the two stores", Text($"{Median(storeFlushes):N0}"));
        table.Row("flushes in it: stage, promote, heads in the two root files", Text($"{Median(rootFlushes):N0}"));
        table.Row("single withdrawal less its flushes", Text($"{(Median(singles) - flushed) * 1000:N2} ms"));
    }

    private async Task GrantAsync()
    {
        const int callers = 16;
        var alone = new List<double>();
        var together = new List<double>();
        var shared = new List<double>();
        using var synthetic = new SyntheticVault(parent);
        await synthetic.GrantAsync(1000);
        int each = Scaled(200);
        for (int run = 0; run < Runs; run++)
        {
            Note($"grants, run {run + 1} of {Runs}");
            alone.Add(each / await SecondsAsync(() => GrantOneByOneAsync(synthetic, each)));
            long before = synthetic.Vault.Flushes;
            together.Add(callers * each / await SecondsAsync(() => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => GrantOneByOneAsync(synthetic, each))))));
            shared.Add((double)callers * each / (synthetic.Vault.Flushes - before));
        }

        table.Row("grants that share a flush, 16 concurrent callers", Text($"{Median(shared):N1}"));
        table.Row("grants, one caller", Text($"{Median(alone):N0} /s"));
        table.Row(Text($"grants, {callers} concurrent callers"), Text($"{Median(together):N0} /s, {Median(together) / Median(alone):N1} times one"));
    }

    private async Task OpenAsync()
    {
        Note(Text($"granting {Opened:N0} consents"));
        using var synthetic = new SyntheticVault(parent);
        await synthetic.GrantAsync(Opened);
        var seconds = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            synthetic.Vault.Dispose();
            seconds.Add(await SecondsAsync(synthetic.ReopenAsync));
        }

        table.Row(Text($"open a vault of {Opened:N0} consents"), Text($"{Median(seconds):N2} s"));
    }

    private static async Task GrantOneByOneAsync(SyntheticVault synthetic, int count)
    {
        for (int i = 0; i < count; i++)
            await synthetic.Vault.GrantConsentAsync(synthetic.NextGrant());
    }

    /// <summary>What one flush costs at this moment on this disk.</summary>
    private static double FlushSeconds(string folder, int bytes, bool grows)
    {
        using FileStream file = new(Path.Combine(folder, "flush-probe"), FileMode.Create);
        var block = new byte[bytes];
        if (!grows)
        {
            RandomAccess.Write(file.SafeFileHandle, block, 0);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        var times = new double[5];
        for (int i = 0; i < times.Length; i++)
        {
            RandomAccess.Write(file.SafeFileHandle, block, grows ? (long)i * bytes : 0);
            long start = Stopwatch.GetTimestamp();
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return Median(times);
    }
}
