namespace FaceVault.Cli;

/// <summary>What the process answers with; scripts are written against these numbers.</summary>
internal static class ExitCode
{
    /// <summary>The command did what was asked.</summary>
    public const int Done = 0;

    /// <summary>A check was made and said no: a certificate that does not hold, a face that does not match, a broken claim.</summary>
    public const int No = 1;

    /// <summary>The command line or an input file is not what the command takes.</summary>
    public const int Misuse = 2;

    /// <summary>A rule refused it, or the vault or a store failed.</summary>
    public const int Failed = 3;

    /// <summary>Ctrl-C or a termination signal, 128 + SIGINT as shells count it.</summary>
    public const int Interrupted = 130;
}
