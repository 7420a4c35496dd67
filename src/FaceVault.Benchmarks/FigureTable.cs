using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaceVault.Benchmarks;

/// <summary>What was measured, a line each, and how it is measured.</summary>
internal sealed class FigureTable
{
    public const int Runs = 3;

    private readonly List<(string Name, string Value)> rows = [];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static async Task<double> SecondsAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Bytes this process has handed to write calls; 0 where the system does not count them.</summary>
    public static long WrittenBytes() => File.Exists("/proc/self/io")
        ? long.Parse(File.ReadLines("/proc/self/io").First(l => l.StartsWith("wchar", StringComparison.Ordinal)).AsSpan(7), CultureInfo.InvariantCulture)
        : 0;

    public static void Note(string text) => Console.Error.WriteLine("figures: " + text);

    public void Row(string name, string value) => rows.Add((name, value));

    public void Print()
    {
        Console.WriteLine(Text($"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, medians, of {Runs} runs where nothing else is said"));
        int width = rows.Max(row => row.Name.Length);
        foreach ((string name, string value) in rows)
            Console.WriteLine($"{name.PadRight(width)}  {value}");
    }
}
