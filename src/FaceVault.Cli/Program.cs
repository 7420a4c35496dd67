using System.CommandLine;
using System.Runtime.InteropServices;

namespace FaceVault.Cli;

/// <summary>The <c>facevault</c> command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Terminal terminal = Terminal.OfProcess();
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOnce);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOnce);
        return await RunAsync(args, terminal, stop.Token).ConfigureAwait(false);

        // The first signal asks the command to end well; a second one is left to the operating system, and the vault survives that too.
        void StopOnce(PosixSignalContext signal)
        {
            if (stop.IsCancellationRequested)
                return;
            signal.Cancel = true;
            terminal.Error.WriteLine("Stopping; a destruction that has begun is brought to its end first.");
            stop.Cancel();
        }
    }

    /// <summary>Runs one command line against the given streams, as the process does.</summary>
    internal static Task<int> RunAsync(string[] args, TextReader stdin, TextWriter stdout, TextWriter stderr, CancellationToken cancellationToken = default) =>
        RunAsync(args, new Terminal { In = stdin, Out = stdout, Error = stderr }, cancellationToken);

    internal static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        int exitCode;
        try
        {
            exitCode = await InvokeAsync(args, terminal, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            exitCode = ErrorReport.Write(terminal.Error, exception);
        }
        try
        {
            await terminal.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            exitCode = exitCode == ExitCode.Done ? ErrorReport.Write(terminal.Error, exception) : exitCode;
        }
        return exitCode;
    }

    private static async Task<int> InvokeAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        // Response files are off because ids may begin with @.
        ParseResult parsed = CommandTree.Create(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is System.CommandLine.Invocation.ParseErrorAction || (parsed.Errors.Count > 0 && parsed.Action is null))
            return ErrorReport.Write(terminal.Error, parsed);
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }
}
