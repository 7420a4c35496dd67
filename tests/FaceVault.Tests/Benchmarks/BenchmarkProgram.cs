using System.Diagnostics;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Benchmarks;

/// <summary>The benchmark program as a process of its own, in its own folder.</summary>
internal static class BenchmarkProgram
{
    private static readonly string Program = Path.Combine(
        Repository.Root, "src", "FaceVault.Benchmarks", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "FaceVault.Tests"), AppContext.BaseDirectory), "FaceVault.Benchmarks.dll");

    /// <summary>What it wrote to its standard output, when it ended well.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, ["exec", Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
