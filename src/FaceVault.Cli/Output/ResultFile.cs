using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Cli.Output;

/// <summary>
/// A file of results, written beside its place and moved there when it is whole. Opening comes before the work, so that an irreversible command does not find out
/// afterwards that its certificate has nowhere to go. The path <c>-</c> is standard output. A device or pipe under <c>/dev</c> or <c>/proc</c>
/// is written as it is, never replaced, and behind a symbolic link stands its target.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string? _path;
    private readonly string? _draft;
    private readonly StreamWriter? _file;

    private ResultFile(TextWriter writer, string? path, string? draft, StreamWriter? file)
    {
        Writer = writer;
        _path = path;
        _draft = draft;
        _file = file;
    }

    public TextWriter Writer { get; }

    public static ResultFile Open(string path, Terminal terminal)
    {
        if (path == "-")
            return new ResultFile(terminal.Out, null, null, null);
        string full = Path.GetFullPath(path);
        try
        {
            if (IsDevice(full))
                return Writing(new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), null, null);
            if (new FileInfo(full).LinkTarget is not null)
                full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            if (Directory.Exists(full))
                throw new UnauthorizedAccessException();
            if (IsPrecious(full))
                throw Messages.OutputPrecious(path);
            string draft = full + ".part";
            return Writing(new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.Read), full, draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Messages.OutputUnwritable(path, e);
        }
    }

    private static ResultFile Writing(FileStream stream, string? path, string? draft)
    {
        var file = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        return new ResultFile(file, path, draft, file);
    }

    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal)) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Whether a file is one that a result must never replace: a store, a root key, a vault's description, vectors.</summary>
    private static bool IsPrecious(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: >= 16 })
            return false;
        if (Path.GetFileName(path) == "vault.json")
            return true;
        using SafeFileHandle file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[16];
        foreach (long offset in (ReadOnlySpan<long>)[0, 4096, 8192])
        {
            ReadOnlySpan<byte> got = start[..RandomAccess.Read(file, start, offset)];
            if (got.StartsWith("facevault/"u8) || (offset == 0 && (got.StartsWith("SQLite format 3"u8) || got is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..])))
                return true;
        }
        return false;
    }

    /// <summary>Flushes to the disk and puts the file in its place.</summary>
    public void Complete()
    {
        if (_file is null)
            return;
        _file.Flush();
        if (_draft is null)
            return;
        ((FileStream)_file.BaseStream).Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_draft, _path!, overwrite: true);
    }

    /// <summary>Writes lines that exist nowhere else and completes; if the file fails, they go to standard output rather than nowhere.</summary>
    public void Write(IReadOnlyList<string> lines, Terminal terminal, Func<Exception, CliException> failure)
    {
        try
        {
            foreach (string line in lines)
                Writer.WriteLine(line);
            Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (string line in lines)
                terminal.Out.WriteLine(line);
            throw failure(e);
        }
    }

    /// <summary>Removes the draft when <see cref="Complete"/> was not reached.</summary>
    public void Dispose()
    {
        if (_file is null)
            return;
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What could not be written was reported when it was.
        }
        if (File.Exists(_draft))
            File.Delete(_draft);
    }
}
