using System.Diagnostics;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>Runs the tool as a process of its own, as a script does.</summary>
internal static class RealProcess
{
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
        var start = new ProcessStartInfo(host) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        foreach (string arg in args)
            start.ArgumentList.Add(arg);
        start.Environment.Remove("FACEVAULT_ROOT");
        return Process.Start(start)!;
    }

    public static async Task<Answer> AnswerAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Answer(process.ExitCode, await output, await error);
    }
}
