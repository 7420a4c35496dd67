using System.Text;

namespace FaceVault.Cli.Output;

/// <summary>
/// A file of results, written beside its place and moved there when it is whole. Opening comes before the work, so that an irreversible command does not find out
/// afterwards that its certificate has nowhere to go. The path <c>-</c> is standard output.
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
        string draft = full + ".part";
        try
        {
            if (Directory.Exists(full))
                throw new UnauthorizedAccessException();
            var file = new StreamWriter(new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.Read), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            return new ResultFile(file, full, draft, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Messages.OutputUnwritable(path, e);
        }
    }

    /// <summary>Flushes to the disk and puts the file in its place.</summary>
    public void Complete()
    {
        if (_file is null)
            return;
        _file.Flush();
        ((FileStream)_file.BaseStream).Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_draft!, _path!, overwrite: true);
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
