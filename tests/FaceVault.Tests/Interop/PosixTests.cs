using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using FaceVault.Interop;
using Microsoft.Win32.SafeHandles;

namespace FaceVault.Tests.Interop;

[Collection(Alone.Name)]
public sealed partial class PosixTests : IDisposable
{
    private const int NoSuchFile = 2;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("facevault-posix-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_file_and_its_folder_are_flushed()
    {
        using SafeFileHandle file = Posix.OpenFile(NewPath(), write: true);
        RandomAccess.Write(file, [1], 0);
        Posix.Flush(file);
        Posix.FlushDirectory(folder.FullName);
    }

    [Fact]
    public void A_flush_that_the_system_refuses_is_an_error()
    {
        using var stream = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pipe = new SafeFileHandle(stream.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        var failure = Assert.Throws<IOException>(() => Posix.Flush(pipe));
        Assert.StartsWith("fsync failed: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flushing_a_folder_that_is_not_there_names_the_call_and_the_cause()
    {
        var failure = Assert.Throws<IOException>(() => Posix.FlushDirectory(Path.Combine(folder.FullName, "absent")));
        Assert.Equal(NoSuchFile, failure.HResult);
        Assert.StartsWith("open folder failed: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_type_of_a_file_system_is_the_number_the_system_reports()
    {
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-f", "-c", "%t", folder.FullName]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        long expected = long.Parse(stat.StandardOutput.ReadToEnd().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(expected, Posix.FileSystemType(folder.FullName));
        Assert.Equal(NoSuchFile, Assert.Throws<IOException>(() => Posix.FileSystemType(Path.Combine(folder.FullName, "absent"))).HResult);
    }

    [RootFact("mount", "umount")]
    public void A_tmpfs_is_known_as_one()
    {
        Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.FullName);
        try
        {
            Assert.Equal(Posix.TmpfsMagic, Posix.FileSystemType(folder.FullName));
        }
        finally
        {
            Run("umount", folder.FullName);
        }
    }

    [Fact]
    public void A_lock_belongs_to_one_handle_until_it_is_closed()
    {
        using SafeFileHandle second = Posix.OpenFile(NewPath(), write: true);
        using (SafeFileHandle first = Posix.OpenFile(NewPath(), write: true))
        {
            Assert.True(Posix.TryLock(first));
            Assert.True(Posix.TryLock(first));
            Assert.False(Posix.TryLock(second));
        }

        Assert.True(Posix.TryLock(second));
    }

    [Fact]
    public void A_lock_given_back_is_free_although_a_copy_of_the_handle_lives_on()
    {
        using SafeFileHandle ours = Posix.OpenFile(NewPath(), write: true), theirs = Posix.OpenFile(NewPath(), write: true);
        Assert.True(Posix.TryLock(ours));
        using SafeFileHandle copy = Duplicate(ours);
        Posix.Unlock(ours);
        Assert.True(Posix.TryLock(theirs));
        Posix.Unlock(copy);
        Assert.False(Posix.TryLock(copy));
    }

    [Fact]
    public void A_root_file_that_is_closed_is_free_although_a_forked_child_still_holds_it()
    {
        using var store = new FileRootKeyStore(Path.Combine(folder.FullName, "root.key")) { AllowEphemeral = true };
        using var record = new RootRecord(1, 1, new byte[16], new byte[16], [.. Enumerable.Repeat((byte)7, 32)]);
        store.Locations[0].Create(record);
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName == store.Locations[0].Description);
        using SafeFileHandle held = new(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture), ownsHandle: false);
        using SafeFileHandle copy = Duplicate(held);
        store.Locations[0].Dispose();
        using SafeFileHandle next = Posix.OpenFile(store.Locations[0].Description, write: true);
        Assert.True(Posix.TryLock(next));
    }

    [Fact]
    public void A_lock_ends_with_the_process_that_holds_it()
    {
        using SafeFileHandle ours = Posix.OpenFile(NewPath(), write: true);
        using (Process child = Child.Start([], "lock", NewPath()))
        {
            Assert.Equal("locked", child.StandardOutput.ReadLine());
            Assert.False(Posix.TryLock(ours));
            child.Kill();
            child.WaitForExit();
        }

        Assert.True(Posix.TryLock(ours));
        using Process late = Child.Start([], "lock", NewPath());
        Assert.Equal("refused", late.StandardOutput.ReadLine());
        late.StandardInput.Close();
        late.WaitForExit();
    }

    [Fact]
    public void A_stream_of_dotnet_takes_a_shared_lock_of_its_own()
    {
        using SafeFileHandle ours = Posix.OpenFile(NewPath(), write: true);
        using (new FileStream(NewPath(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            Assert.False(Posix.TryLock(ours));
        Assert.True(Posix.TryLock(ours));
    }

    [Fact]
    public unsafe void Mapped_memory_is_zero_and_can_be_given_back()
    {
        byte* memory = Posix.Map(3 * (nuint)Posix.PageSize);
        Assert.Equal(-1, new ReadOnlySpan<byte>(memory, 3 * Posix.PageSize).IndexOfAnyExcept((byte)0));
        memory[0] = 1;
        Posix.Unmap(memory, 3 * (nuint)Posix.PageSize);
        Assert.Throws<IOException>(() => Posix.Unmap((byte*)1, 1));
    }

    [Fact]
    public unsafe void A_mapping_that_cannot_be_had_is_an_error() =>
        Assert.StartsWith("mmap failed: ", Assert.Throws<IOException>(() => Posix.Map(nuint.MaxValue / 2)).Message, StringComparison.Ordinal);

    /// <summary>What a fork does to every handle.</summary>
    private static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        int copy = dup(handle);
        Assert.True(copy >= 0);
        return new SafeFileHandle(copy, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(SafeFileHandle fd);

    private static void Run(params string[] command)
    {
        using Process process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string NewPath()
    {
        string path = Path.Combine(folder.FullName, "file");
        if (!File.Exists(path))
            File.WriteAllBytes(path, []);
        return path;
    }
}
