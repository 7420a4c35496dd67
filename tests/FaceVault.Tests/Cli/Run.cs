using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>What one command line answered.</summary>
internal sealed record Answer(int ExitCode, string Out, string Error)
{
    /// <summary>The codes of the error lines, in order.</summary>
    public string[] Codes => [.. Error.Split('\n').Where(l => l.StartsWith("error ", StringComparison.Ordinal)).Select(l => l["error ".Length..].Split(':')[0])];

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs command lines in this process.</summary>
internal static class Run
{
    public static Task<Answer> Of(params string[] args) => With("", args);

    public static Task<Answer> With(string stdin, params string[] args) => RunAsync(stdin, TimeProvider.System, _ => null, args);

    /// <summary>Runs a command line as if it were another time.</summary>
    public static Task<Answer> At(TimeProvider clock, params string[] args) => RunAsync("", clock, _ => null, args);

    /// <summary>With the clock and the environment of a machine.</summary>
    public static Task<Answer> On(TimeProvider clock, Func<string, string?> environment, params string[] args) => RunAsync("", clock, environment, args);

    private static async Task<Answer> RunAsync(string stdin, TimeProvider clock, Func<string, string?> environment, string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { In = new StringReader(stdin), Out = output, Error = error, Clock = clock, Environment = environment };
        int exitCode = await Program.RunAsync(args, terminal, CancellationToken.None);
        return new Answer(exitCode, output.ToString(), error.ToString());
    }
}
