using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests.Crash;

/// <summary>
/// The kernel's own stopping point at every system call that changes a file (seccomp user notification, Linux 5.19 and newer, x86-64): the child asks for it and hands the listener to
/// its parent, which sees each call before it is executed and lets it go on, answers it with an error, or kills. The product has no hook for it and needs none.
/// </summary>
internal static unsafe class Seccomp
{
    public const int Write = 1, PWrite = 18, WriteV = 20, PWriteV = 296, PWriteV2 = 328, FSync = 74, FDataSync = 75, FTruncate = 77, Rename = 82, MakeFolder = 83, Link = 86, Unlink = 87,
        OpenAt = 257, MakeFolderAt = 258, UnlinkAt = 263, RenameAt = 264, LinkAt = 265, FAllocate = 285, RenameAt2 = 316, CopyFileRange = 326, SendFile = 40, Read = 0, PRead = 17;

    /// <summary>O_CREAT and O_TRUNC: an opening that may change a folder or a file.</summary>
    private const uint OpeningFlags = 0x40 | 0x200;

    private const int SysSeccomp = 317;
    private const uint Architecture = 0xc000003e;
    private const uint NewListener = 8, AllThreads = 1, AllThreadsOrError = 16, WaitKillable = 32;
    private const uint Allow = 0x7fff0000, Notify = 0x7fc00000;
    private const ushort Load = 0x20, JumpEqual = 0x15, JumpAnyBit = 0x45, Return = 0x06;

    private static readonly int[] Calls =
        [Write, PWrite, WriteV, PWriteV, PWriteV2, FSync, FDataSync, FTruncate, Rename, MakeFolder, Link, Unlink, MakeFolderAt, UnlinkAt, RenameAt, LinkAt, FAllocate, RenameAt2, CopyFileRange, SendFile];

    private static readonly Lazy<string?> Trouble = new(Probe);

    /// <summary>Why this machine has no such stopping point, or null.</summary>
    public static string? Missing => Trouble.Value;

    /// <summary>In the child: from now on every such call of every thread waits for the parent.</summary>
    /// <param name="socket">The parent's abstract socket.</param>
    /// <param name="reads">Whether reads wait too.</param>
    public static void Surrender(string socket, bool reads)
    {
        using var parent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        parent.Connect(new UnixDomainSocketEndPoint('\0' + socket));
        int listener = Install(reads);
        SendHandle((int)parent.SafeHandle.DangerousGetHandle(), listener);
        _ = close(listener);
    }

    /// <summary>In the parent: the listener that the child sends.</summary>
    public static int ReceiveHandle(Socket socket)
    {
        byte data = 0;
        var part = new Part { Data = &data, Length = 1 };
        byte* control = stackalloc byte[ControlSize];
        var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlSize };
        socket.Poll(10_000_000, SelectMode.SelectRead); // .NET has made it non-blocking
        return recvmsg((int)socket.SafeHandle.DangerousGetHandle(), &message, 0) == 1 && message.ControlLength >= ControlSize
            ? *(int*)(control + 16)
            : throw new IOException("The child sent no listener.");
    }

    /// <summary>The next call, or null after a while without one.</summary>
    public static Notification? Next(SafeFileHandle listener, int milliseconds)
    {
        var wait = new PollFile { File = (int)listener.DangerousGetHandle(), Events = 1 };
        if (poll(&wait, 1, milliseconds) <= 0 || (wait.Answer & 1) == 0)
            return null;
        Notification call = default;
        return ioctl(listener, 0xc0502100, &call) == 0 ? call : null;
    }

    /// <summary>Lets the call be executed.</summary>
    public static void Continue(SafeFileHandle listener, ulong id) => Send(listener, new Answer { Id = id, Flags = 1 });

    /// <summary>Answers the call, which is not executed.</summary>
    public static void Reply(SafeFileHandle listener, ulong id, long value, int error = 0) => Send(listener, new Answer { Id = id, Value = value, Error = -error });

    /// <summary>Closes a handle that .NET does not own.</summary>
    public static void Close(int handle) => _ = close(handle);

    private const int ControlSize = 24;

    private static void Send(SafeFileHandle listener, Answer answer) => _ = ioctl(listener, 0xc0182101, &answer); // a child that died meanwhile needs no answer

    private static int Install(bool reads)
    {
        int[] watched = reads ? [.. Calls, Read, PRead] : Calls;
        var code = new List<Instruction> { new(Load, 0, 0, 4), new(JumpEqual, 1, 0, Architecture), new(Return, 0, 0, Allow), new(Load, 0, 0, 0) };
        for (int i = 0; i < watched.Length; i++)
            code.Add(new Instruction(JumpEqual, (byte)(watched.Length - i + 3), 0, (uint)watched[i]));
        code.Add(new Instruction(JumpEqual, 0, 2, OpenAt));
        code.Add(new Instruction(Load, 0, 0, 16 + (2 * 8)));
        code.Add(new Instruction(JumpAnyBit, 1, 0, OpeningFlags));
        code.Add(new Instruction(Return, 0, 0, Allow));
        code.Add(new Instruction(Return, 0, 0, Notify));
        Instruction[] program = [.. code];
        if (prctl(38, 1, 0, 0, 0) != 0)
            throw new IOException("prctl(NO_NEW_PRIVS) failed.");
        fixed (Instruction* first = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, First = first };
            long listener = syscall(SysSeccomp, 1, NewListener | AllThreads | AllThreadsOrError | WaitKillable, &filter);
            return listener >= 0 ? (int)listener : throw new IOException($"seccomp failed: {Marshal.GetLastPInvokeError()}");
        }
    }

    private static void SendHandle(int socket, int handle)
    {
        byte data = 1;
        var part = new Part { Data = &data, Length = 1 };
        byte* control = stackalloc byte[ControlSize];
        *(ulong*)control = 20;
        *(int*)(control + 8) = 1; // SOL_SOCKET
        *(int*)(control + 12) = 1; // SCM_RIGHTS
        *(int*)(control + 16) = handle;
        *(int*)(control + 20) = 0;
        var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlSize };
        if (sendmsg(socket, &message, 0) != 1)
            throw new IOException("The listener could not be handed over.");
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture64)
            return "Needs Linux on x86-64, to stop a process at its system calls.";
        try
        {
            using WatchedChild child = WatchedChild.Run("idle", [], "/nowhere", static _ => Verdict.Continue);
            return child.Lines.Contains("idle") ? null : "Needs a kernel that lets a parent stop its child at system calls (seccomp user notification).";
        }
        catch (IOException refused)
        {
            return "Needs a kernel that lets a parent stop its child at system calls: " + refused.Message;
        }
    }

    private const System.Runtime.InteropServices.Architecture Architecture64 = System.Runtime.InteropServices.Architecture.X64;

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte ifTrue, byte ifFalse, uint value)
    {
        private readonly ushort code = code;
        private readonly byte ifTrue = ifTrue;
        private readonly byte ifFalse = ifFalse;
        private readonly uint value = value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Length;
        public Instruction* First;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Notification
    {
        public ulong Id;
        public uint Thread;
        public uint Flags;
        public int Call;
        public uint Architecture;
        public ulong Address;
        public fixed ulong Arguments[6];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Answer
    {
        public ulong Id;
        public long Value;
        public int Error;
        public uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int File;
        public short Events;
        public short Answer;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public byte* Data;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, nuint operation, nuint flags, void* arguments);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(SafeFileHandle file, nuint request, void* argument);

    [DllImport("libc", SetLastError = true)]
    private static extern nint sendmsg(int socket, Message* message, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recvmsg(int socket, Message* message, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int poll(PollFile* files, nuint count, int milliseconds);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int handle);
}
