using System.Diagnostics;
using System.Globalization;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Cli;

/// <summary>Runs the tool as a process of its own, as a script does.</summary>
internal static class RealProcess
{
    /// <summary>The tool in its own folder: in the folder of the tests the libraries are missing that their shared framework brings.</summary>
    public static string Tool { get; } = Path.Combine(
        Repository.Root, "src", "FaceVault.Cli", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "FaceVault.Tests"), AppContext.BaseDirectory), "FaceVault.Cli.dll");

    public static async Task<Answer> RunAsync(string stdin, params string[] args)
    {
        using Process process = Start(args);
        await process.StandardInput.WriteAsync(stdin);
        process.StandardInput.Close();
        return await AnswerAsync(process);
    }

    public static Process Start(params string[] args)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        // A shell that runs the tests in the background has Ctrl-C ignored, and every child inherits that.
        string[] command = IgnoresInterrupt() ? ["env", "--default-signal=INT", host] : [host];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Tool);
        foreach (string arg in args)
            start.ArgumentList.Add(arg);
        start.Environment.Remove("FACEVAULT_ROOT");
        return Process.Start(start)!;
    }

    /// <summary>Sends a signal by its name: <c>INT</c> is Ctrl-C.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public static async Task<Answer> AnswerAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Answer(process.ExitCode, await output, await error);
    }

    private static bool IgnoresInterrupt()
    {
        const int interrupt = 1 << (2 - 1);
        return OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
            && (ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & interrupt) != 0;
    }
}
