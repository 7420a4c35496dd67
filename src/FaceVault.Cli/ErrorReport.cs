using System.CommandLine;

namespace FaceVault.Cli;

/// <summary>Turns whatever ended a command into lines of <c>error CODE: sentence</c> and an exit code.</summary>
internal static class ErrorReport
{
    /// <summary>Parse errors, one line each, and where help is found.</summary>
    public static int Write(TextWriter error, ParseResult parsed)
    {
        string path = string.Join(' ', PathOf(parsed.CommandResult.Command));
        if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-'))
        {
            WriteLine(error, "Usage", $"There is no command '{path} {word}'.");
        }
        else
        {
            foreach (string message in parsed.Errors.Select(e => OneLine(e.Message)).Distinct(StringComparer.Ordinal))
                WriteLine(error, "Usage", message);
        }
        error.WriteLine($"Run '{path} --help' to see what it takes.");
        return ExitCode.Misuse;
    }

    /// <summary>An exception that left a command.</summary>
    public static int Write(TextWriter error, Exception exception)
    {
        switch (exception)
        {
            case OperationCanceledException:
                return Write(error, Messages.Interrupted());
            case CliException e:
                WriteLine(error, e.Code, e.Message);
                return e.ExitCode;
            case RefusedException e:
                foreach (Violation violation in e.Violations)
                    WriteLine(error, violation);
                return ExitCode.Failed;
            case VaultException e:
                WriteLine(error, e.Code.ToString(), e.Message);
                return ExitCode.Failed;
            case PlatformNotSupportedException e:
                WriteLine(error, "PlatformUnsupported", e.Message);
                return ExitCode.Failed;
            case TypeInitializationException { InnerException: { } inner }:
                return Write(error, inner);
            case AggregateException { InnerExceptions: [var only] }:
                return Write(error, only);
            case ArgumentException { ParamName: "model" } e:
                WriteLine(error, nameof(ViolationCode.ModelNotAdmitted), WithoutParameter(e));
                return ExitCode.Failed;
            case ArgumentException { ParamName: "probe" or "embedding" } e:
                WriteLine(error, nameof(ViolationCode.MalformedTemplate), WithoutParameter(e));
                return ExitCode.Failed;
            case ArgumentException e:
                WriteLine(error, "Usage", WithoutParameter(e));
                return ExitCode.Misuse;
            case FormatException e:
                WriteLine(error, "Malformed", e.Message);
                return ExitCode.Misuse;
            case IOException or UnauthorizedAccessException:
                WriteLine(error, "StoreFailed", $"Reading or writing failed: {Messages.Reason(exception)}. Check the disk and the permissions, then start the command again.");
                return ExitCode.Failed;
            default:
                WriteLine(error, "Unexpected", $"{exception.GetType().Name}: {exception.Message} This is a fault of the program; please report it with the command that led to it.");
                return ExitCode.Failed;
        }
    }

    public static void WriteLine(TextWriter error, string code, string sentence) => error.WriteLine($"error {code}: {OneLine(sentence)}");

    /// <summary>A refusal: the reason, then the remedy.</summary>
    public static void WriteLine(TextWriter error, Violation violation) =>
        WriteLine(error, violation.Code.ToString(),
            $"{violation.Rule}{(violation.Field.Length > 0 ? $" ({violation.Field})" : "")}: {violation.Reason} {violation.Remedy}");

    /// <summary>The words that lead to a command, beginning with the program's name.</summary>
    public static IEnumerable<string> PathOf(Command command) =>
        command.Parents.OfType<Command>().SelectMany(PathOf).Append(command is RootCommand ? "facevault" : command.Name);

    /// <summary>BCL messages end with the parameter's name, which means nothing on a command line, and the settings of a vault have other names here.</summary>
    private static string WithoutParameter(ArgumentException e)
    {
        int at = e.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return (at < 0 ? e.Message : e.Message[..at])
            .Replace("VaultOptions.Directory", "VAULT", StringComparison.Ordinal)
            .Replace("VaultOptions.Mirrors", "--mirror", StringComparison.Ordinal)
            .Replace("VaultOptions.Origin", "--origin", StringComparison.Ordinal);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
