using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FaceVault.Interop;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests.Crash;

/// <summary>A child process that stops at every system call which changes a file below a folder, and asks what is to become of it.</summary>
internal sealed class WatchedChild : IDisposable
{
    private const int OpenCreates = 0x40, OpenTruncates = 0x200;
    private static int sockets;

    private readonly Process process;
    private readonly SafeFileHandle listener;
    private readonly SafeFileHandle memory;
    private readonly string folder;
    private readonly List<FileCall> calls = [];
    private readonly Task<string> errors;
    private readonly Task output;
    private int number;
    private string line = "";

    private WatchedChild(Process process, SafeFileHandle listener, string folder)
    {
        this.process = process;
        this.listener = listener;
        this.folder = folder;
        memory = Posix.OpenFile($"/proc/{process.Id}/mem", write: false);
        errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEndAsync(); // lines are read where they are written
    }

    /// <summary>Everything the child did to files below the folder and said, in its order.</summary>
    public IReadOnlyList<FileCall> Calls => calls;

    /// <summary>What the child said.</summary>
    public IEnumerable<string> Lines => calls.Where(c => c.Kind == FileCallKind.Line).Select(c => c.Path);

    /// <summary>Whether it was killed, by verdict or otherwise.</summary>
    public bool WasKilled { get; private set; }

    public int ExitCode => process.ExitCode;

    /// <summary>What it said on its error stream.</summary>
    public string Errors => errors.Result;

    /// <summary>Runs a scenario of <see cref="Child"/>, whose first two arguments are the socket for <see cref="Seccomp.Surrender"/> and the folder, until it ends or is killed.</summary>
    /// <remarks>Lines are shown to whoever decides, and always go on.</remarks>
    public static WatchedChild Run(string scenario, string[] arguments, string folder, Func<FileCall, Verdict> decide)
    {
        WatchedChild child = Start(scenario, arguments, folder);
        try
        {
            child.Attend(decide);
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    private static WatchedChild Start(string scenario, string[] arguments, string folder)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"facevault-{Environment.ProcessId}-{Interlocked.Increment(ref sockets)}-{Guid.NewGuid():N}");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint('\0' + name));
        server.Listen(1);
        Process started = Child.Start([], scenario, [name, folder, .. arguments]);
        started.StandardInput.Close();
        try
        {
            Task<Socket> accepted = server.AcceptAsync();
            while (!accepted.Wait(20))
                if (started.HasExited)
                    throw new IOException("the child ended: " + started.StandardError.ReadToEnd());
            using Socket connection = accepted.Result;
            return new WatchedChild(started, new SafeFileHandle(Seccomp.ReceiveHandle(connection), ownsHandle: true), folder);
        }
        catch
        {
            if (!started.HasExited)
                started.Kill();
            started.Dispose();
            throw;
        }
    }

    private void Attend(Func<FileCall, Verdict> decide)
    {
        while (!process.HasExited)
        {
            if (Seccomp.Next(listener, 20) is { } call && !Attend(call, decide))
                break;
        }

        process.WaitForExit();
        output.Wait();
        WasKilled = process.ExitCode == 137;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        memory.Dispose();
        listener.Dispose();
        process.Dispose();
    }

    /// <summary>Answers false when the child is dead.</summary>
    private bool Attend(Seccomp.Notification notification, Func<FileCall, Verdict> decide)
    {
        FileCall? call = Read(notification);
        if (call is null)
        {
            Seccomp.Continue(listener, notification.Id);
            return true;
        }

        Verdict verdict = decide(call);
        if (call.Kind == FileCallKind.Line)
            verdict = Verdict.Continue;
        if (verdict.Kind is VerdictKind.Tear or VerdictKind.Short or VerdictKind.FailTorn)
            return AttendToHalf(call, notification.Id, verdict);
        if (verdict.Kind == VerdictKind.Kill)
            return Kill();
        calls.Add(call with { Error = verdict.Error });
        if (verdict.Kind == VerdictKind.Fail)
            Seccomp.Reply(listener, notification.Id, 0, verdict.Error);
        else
            Seccomp.Continue(listener, notification.Id);
        return true;
    }

    /// <summary>Executes the first half of a write in the child's place; of anything else, nothing.</summary>
    private bool AttendToHalf(FileCall call, ulong id, Verdict verdict)
    {
        byte[] half = call.Data[..(call.Data.Length / 2)];
        if (half.Length > 0)
        {
            using SafeFileHandle file = Posix.OpenFile(call.Path, write: true);
            RandomAccess.Write(file, half, call.Offset);
            calls.Add(call with { Data = half });
        }

        if (verdict.Kind == VerdictKind.Tear)
            return Kill();
        if (verdict.Kind == VerdictKind.Short && half.Length > 0)
            Seccomp.Reply(listener, id, half.Length);
        else
            Seccomp.Reply(listener, id, 0, verdict.Error == 0 ? Verdict.EIO : verdict.Error);
        return true;
    }

    private bool Kill()
    {
        process.Kill();
        return false;
    }

    private unsafe FileCall? Read(Seccomp.Notification n)
    {
        ulong* a = n.Arguments;
        switch (n.Call)
        {
            case Seccomp.Write when LinkOf(a[0]) == LinkOf(1): // the console of .NET writes to a copy of the handle
                return Line(Encoding.UTF8.GetString(Bytes(a[1], a[2])));
            case Seccomp.Write:
                return OfHandle(a[0]) is { } written ? Counted(FileCallKind.Write, written) with { Data = Bytes(a[1], a[2]), Offset = Position(a[0]) } : null;
            case Seccomp.PWrite:
                return OfHandle(a[0]) is { } path ? Counted(FileCallKind.Write, path) with { Data = Bytes(a[1], a[2]), Offset = (long)a[3] } : null;
            case Seccomp.FSync or Seccomp.FDataSync:
                return OfHandle(a[0]) is { } flushed ? Counted(Directory.Exists(flushed) ? FileCallKind.FlushFolder : FileCallKind.Flush, flushed) : null;
            case Seccomp.FTruncate:
                return OfHandle(a[0]) is { } cut ? Counted(FileCallKind.Truncate, cut) with { Offset = (long)a[1] } : null;
            case Seccomp.Read:
                return OfHandle(a[0]) is { } read ? Counted(FileCallKind.Read, read) : null;
            case Seccomp.PRead:
                return OfHandle(a[0]) is { } readAt ? Counted(FileCallKind.Read, readAt) with { Offset = (long)a[3] } : null;
            case Seccomp.OpenAt:
                return Below(Text(a[1])) is { } opened && (!File.Exists(opened) || ((int)a[2] & OpenTruncates) != 0)
                    ? Counted(FileCallKind.Open, opened) with { Truncates = ((int)a[2] & OpenTruncates) != 0 }
                    : null;
            case Seccomp.Rename:
                return Pair(FileCallKind.Rename, a[0], a[1]);
            case Seccomp.RenameAt or Seccomp.RenameAt2:
                return Pair(FileCallKind.Rename, a[1], a[3]);
            case Seccomp.Link:
                return Pair(FileCallKind.Link, a[0], a[1]);
            case Seccomp.LinkAt:
                return Pair(FileCallKind.Link, a[1], a[3]);
            case Seccomp.Unlink:
                return Below(Text(a[0])) is { } deleted ? Counted(FileCallKind.Delete, deleted) : null;
            case Seccomp.UnlinkAt:
                return Below(Text(a[1])) is { } gone ? Counted(FileCallKind.Delete, gone) : null;
            case Seccomp.MakeFolder:
                return Below(Text(a[0])) is { } made ? Counted(FileCallKind.MakeFolder, made) : null;
            case Seccomp.MakeFolderAt:
                return Below(Text(a[1])) is { } madeAt ? Counted(FileCallKind.MakeFolder, madeAt) : null;
            default:
                return OfHandle(a[0]) is { } unknown ? throw new InvalidOperationException($"System call {n.Call} on {unknown} is not understood here.") : null;
        }
    }

    /// <summary>The console writes a long line in pieces.</summary>
    private FileCall? Line(string piece)
    {
        line += piece;
        if (!line.EndsWith('\n'))
            return null;
        var said = new FileCall(0, FileCallKind.Line, line.TrimEnd('\n'));
        line = "";
        return said;
    }

    private FileCall Counted(FileCallKind kind, string path) => new(++number, kind, path);

    private FileCall? Pair(FileCallKind kind, ulong from, ulong to) => Below(Text(from)) is { } source && Below(Text(to)) is { } target ? Counted(kind, source) with { Target = target } : null;

    private string? OfHandle(ulong handle) => Below(LinkOf(handle));

    private string LinkOf(ulong handle) => new FileInfo($"/proc/{process.Id}/fd/{(int)handle}").LinkTarget ?? "";

    private string? Below(string path) => path.StartsWith(folder + "/", StringComparison.Ordinal) || path == folder ? Path.TrimEndingDirectorySeparator(path) : null;

    private long Position(ulong handle) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/fdinfo/{(int)handle}").First(l => l.StartsWith("pos:", StringComparison.Ordinal))["pos:".Length..], CultureInfo.InvariantCulture);

    private byte[] Bytes(ulong address, ulong length)
    {
        var bytes = new byte[length];
        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(memory, bytes.AsSpan(done), (long)address + done);
            done += read > 0 ? read : throw new IOException("The child's memory could not be read.");
        }

        return bytes;
    }

    private string Text(ulong address)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int page = 4096 - (int)(address % 4096), length = RandomAccess.Read(memory, buffer[..page], (long)address);
        if (buffer[..length].IndexOf((byte)0) < 0)
            length += RandomAccess.Read(memory, buffer[length..], (long)address + length);
        return Encoding.UTF8.GetString(buffer[..buffer[..length].IndexOf((byte)0)]);
    }
}
