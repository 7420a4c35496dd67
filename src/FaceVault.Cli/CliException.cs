namespace FaceVault.Cli;

/// <summary>A failure that the command line itself found; printed as <c>error CODE: sentence</c>. Made by <see cref="Messages"/> only.</summary>
internal sealed class CliException : Exception
{
    public CliException(string code, string message, int exitCode = Cli.ExitCode.Misuse, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        ExitCode = exitCode;
    }

    /// <summary>A stable word in the style of <see cref="VaultErrorCode"/>.</summary>
    public string Code { get; }

    /// <summary>The exit code it leads to.</summary>
    public int ExitCode { get; }
}
