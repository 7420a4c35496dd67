using Spectre.Console;

namespace FaceVault.Cli.Output;

/// <summary>Progress of long work, drawn on the error stream and only where that is a terminal.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that reports how much of a total is done.</summary>
    /// <param name="terminal">Where to draw.</param>
    /// <param name="title">What is going on, one or two words.</param>
    /// <param name="total">How much there is; 0 when nobody knows.</param>
    /// <param name="work">The work; it gets <see langword="null"/> where nothing is drawn.</param>
    public static async Task<T> RunAsync<T>(Terminal terminal, string title, long total, Func<IProgress<long>?, Task<T>> work)
    {
        if (!terminal.DrawsProgress)
            return await work(null).ConfigureAwait(false);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async bars =>
            {
                ProgressTask bar = bars.AddTask(Markup.Escape(title), autoStart: true, maxValue: Math.Max(total, 1));
                bar.IsIndeterminate = total == 0;
                return await work(new Reporter(bar)).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private sealed class Reporter(ProgressTask bar) : IProgress<long>
    {
        public void Report(long value) => bar.Value = value;
    }
}
