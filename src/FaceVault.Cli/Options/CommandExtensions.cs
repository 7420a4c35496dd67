using System.CommandLine;

namespace FaceVault.Cli.Options;

/// <summary>How commands are put together.</summary>
internal static class CommandExtensions
{
    /// <summary>Adds options to a command.</summary>
    public static Command With(this Command command, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
            command.Options.Add(option);
        return command;
    }

    /// <summary>Adds positional arguments to a command.</summary>
    public static Command Taking(this Command command, params ReadOnlySpan<Argument> arguments)
    {
        foreach (Argument argument in arguments)
            command.Arguments.Add(argument);
        return command;
    }

    /// <summary>Makes it a command on an existing vault: its folder, where its root lies, how long to wait for it.</summary>
    public static Command OnVault(this Command command, Common common) => command.Taking(common.Vault).With(common.Root, common.PassphraseFile, common.LockTimeout);

    /// <summary>Sets what the command does.</summary>
    public static Command Does(this Command command, Common common, Func<CommandContext, Task<int>> action)
    {
        command.SetAction((parsed, cancellationToken) => action(new CommandContext(parsed, common, cancellationToken)));
        return command;
    }
}
