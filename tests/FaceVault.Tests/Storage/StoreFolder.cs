using System.Diagnostics;

namespace FaceVault.Tests.Storage;

/// <summary>A folder for database files, gone afterwards.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("facevault-store-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Copies every file, as a thief of the disk would. Another process does it: opening a database file in this one would drop SQLite's locks.</summary>
    public StoreFolder Copy()
    {
        var copy = new StoreFolder();
        using Process process = Process.Start("cp", ["-a", Path + "/.", copy.Path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
