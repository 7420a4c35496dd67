namespace FaceVault.Cli;

/// <summary>What a command may touch of the world around it: three streams, the environment, the clock. Tests give their own.</summary>
internal sealed class Terminal
{
    public required TextReader In { get; init; }

    /// <summary>The bytes behind <see cref="In"/>, for files given as <c>-</c>: a certificate is checked byte by byte, so nothing may be decoded on the way. Null where there is only text.</summary>
    public Stream? RawIn { get; init; }

    /// <summary>Results only.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, summaries, questions and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Somebody sits there: both input and the error stream are a terminal.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The error stream is a terminal, so progress may be drawn.</summary>
    public bool DrawsProgress { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The process's own streams, UTF-8 without a mark, LF at line ends.</summary>
    public static Terminal OfProcess()
    {
        var utf8 = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Stream input = Console.OpenStandardInput();
        return new Terminal
        {
            In = new StreamReader(input, utf8),
            RawIn = input,
            Out = new StreamWriter(Console.OpenStandardOutput(), utf8, 1 << 16) { NewLine = "\n" },
            Error = new StreamWriter(Console.OpenStandardError(), utf8, 1 << 10) { NewLine = "\n", AutoFlush = true },
            IsInteractive = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            DrawsProgress = !Console.IsErrorRedirected,
        };
    }
}
