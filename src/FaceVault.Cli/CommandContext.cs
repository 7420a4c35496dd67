using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli;

/// <summary>What an action gets: the parsed values, the options all share and the token of Ctrl-C.</summary>
internal sealed record CommandContext(ParseResult Parsed, Common Common, CancellationToken CancellationToken)
{
    public Terminal Terminal => Common.Terminal;

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);

    public T Required<T>(Option<T> option) => Parsed.GetRequiredValue(option);

    public T Required<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    /// <summary>A sentence for whoever watches; never a result.</summary>
    public void Say(string sentence) => Terminal.Error.WriteLine(sentence);

    /// <summary>A writer of JSON results on standard output.</summary>
    public ResultWriter Results() => new(Terminal.Out);

    /// <summary>Asks on a terminal and wants <c>--yes</c> elsewhere.</summary>
    /// <param name="what">What cannot be undone, as the middle of a sentence.</param>
    public void Confirm(string what)
    {
        if (Get(Common.Yes))
            return;
        if (!Terminal.IsInteractive)
            throw Messages.ConfirmationNeeded(what);
        Terminal.Error.Write($"This cannot be undone: {what}. Type yes to go on: ");
        if (Terminal.In.ReadLine()?.Trim() is not ("yes" or "YES" or "Yes"))
            throw Messages.Declined();
    }
}
