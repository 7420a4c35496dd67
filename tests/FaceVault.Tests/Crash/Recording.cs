namespace FaceVault.Tests.Crash;

/// <summary>A script that has been run to its end once, with everything it did to files.</summary>
internal sealed record Recording(int Seed, string Folder, IReadOnlyList<CrashStep> Steps, IReadOnlyList<FileCall> Calls)
{
    /// <summary>System calls that a fault can fall on.</summary>
    public int Count => Calls.Max(c => c.Number);

    /// <summary>The calls made for every step of a name, first to last.</summary>
    public IEnumerable<FileCall> CallsOf(string step)
    {
        bool within = false;
        foreach (FileCall call in Calls)
        {
            if (call.Kind == FileCallKind.Line)
                within = call.Path.StartsWith("begin ", StringComparison.Ordinal) && call.Path.EndsWith(' ' + step, StringComparison.Ordinal);
            else if (within && call.IsDurable)
                yield return call;
        }
    }

    /// <summary>Runs a script without a fault.</summary>
    public static Recording Of(int seed, bool reads = false)
    {
        using var folder = new CrashFolder();
        using WatchedChild child = Run(folder.Folders, seed, static _ => Verdict.Continue, reads);
        Assert.True(child.ExitCode == 0, child.Errors);
        return new Recording(seed, folder.Folders.Base, CrashScript.Of(seed), child.Calls);
    }

    /// <summary>Runs a script in a process of its own until it ends or is killed.</summary>
    public static WatchedChild Run(CrashFolders folders, int seed, Func<FileCall, Verdict> decide, bool reads = false, int steps = int.MaxValue) =>
        WatchedChild.Run("crash", [Text(seed), Text(steps), .. reads ? (string[])["reads"] : []], folders.Base, decide);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The words said up to a call.</summary>
    public static IEnumerable<string> LinesOf(IEnumerable<FileCall> calls) => calls.Where(c => c.Kind == FileCallKind.Line).Select(c => c.Path);
}

/// <summary>A folder of its own for one crash, gone afterwards; in memory where the system offers that, since what is flushed is counted here and not timed.</summary>
internal sealed class CrashFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public CrashFolders Folders { get; } = new(Make());

    private static string Make()
    {
        if (!Directory.Exists(Memory))
            return Directory.CreateTempSubdirectory("facevault-crash-").FullName;
        string folder = Path.Combine(Memory, "facevault-crash-" + Guid.NewGuid().ToString("N"));
        return Directory.CreateDirectory(folder).FullName;
    }

    public void Dispose() => Directory.Delete(Folders.Base, recursive: true);
}
