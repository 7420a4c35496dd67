namespace FaceVault.Tests.Crash;

/// <summary>What a system call does to files.</summary>
internal enum FileCallKind
{
    None = 0,
    Open,
    Write,
    Truncate,
    Flush,
    FlushFolder,
    Rename,
    Link,
    Delete,
    MakeFolder,
    Read,

    /// <summary>A line on the standard output: what the process has answered.</summary>
    Line,
}

/// <summary>One system call below the watched folder, or a line said, in the order in which the process made them.</summary>
/// <param name="Number">From 1; lines do not count.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Path">The file or folder, or the line.</param>
internal sealed record FileCall(int Number, FileCallKind Kind, string Path)
{
    /// <summary>The other name of a rename or link.</summary>
    public string Target { get; init; } = "";

    /// <summary>Where it writes, or the length it truncates to.</summary>
    public long Offset { get; init; }

    /// <summary>What it writes.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>Whether an opening empties the file.</summary>
    public bool Truncates { get; init; }

    /// <summary>The error it was answered with instead of being executed; 0: it was executed.</summary>
    public int Error { get; init; }

    /// <summary>Whether a file of the product's own data is meant, and not the index of a log, which is not durable and is made anew.</summary>
    public bool IsDurable => !Path.EndsWith("-shm", StringComparison.Ordinal);

    public override string ToString() => Kind == FileCallKind.Line ? $"\"{Path}\""
        : $"call {Number}: {Kind} {System.IO.Path.GetFileName(Path)}{(Kind is FileCallKind.Write ? $" {Data.Length} at {Offset}" : "")}{(Error == 0 ? "" : $" error {Error}")}";
}

/// <summary>What becomes of a call.</summary>
internal readonly record struct Verdict(VerdictKind Kind, int Error = 0)
{
    public const int EIO = 5, ENOSPC = 28;

    public static Verdict Continue => new(VerdictKind.Continue);

    /// <summary>The process is killed before the call is executed.</summary>
    public static Verdict Kill => new(VerdictKind.Kill);

    /// <summary>The first half of a write is executed, then the process is killed.</summary>
    public static Verdict Tear => new(VerdictKind.Tear);

    /// <summary>The first half of a write is executed, and the answer says so.</summary>
    public static Verdict Short => new(VerdictKind.Short);

    public static Verdict Fail(int error) => new(VerdictKind.Fail, error);

    /// <summary>The first half of a write is executed, the answer is an error.</summary>
    public static Verdict FailTorn(int error) => new(VerdictKind.FailTorn, error);
}

internal enum VerdictKind
{
    Continue = 0,
    Kill,
    Tear,
    Short,
    Fail,
    FailTorn,
}
