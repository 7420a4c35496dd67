using System.Globalization;

namespace FaceVault.Interop;

/// <summary>The kernel's list of file locks (<c>/proc/locks</c>): who holds the whole-file lock of a file.</summary>
internal static class LockTable
{
    private const string Path = "/proc/locks";

    /// <summary>The process that holds the lock; null when nobody does, or when the system does not tell (another container, no /proc).</summary>
    public static int? FindHolder(in FileIdentity file)
    {
        try
        {
            return FindHolder(File.ReadLines(Path), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same over given lines: <c>7: FLOCK  ADVISORY  WRITE 4711 fe:00:131085 0 EOF</c>; waiting processes have <c>-></c> after the number.</summary>
    public static int? FindHolder(IEnumerable<string> lines, in FileIdentity file)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture, $"{file.DeviceMajor:x2}:{file.DeviceMinor:x2}:{file.Inode}");
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 6 && fields[1] == "FLOCK" && fields[5] == wanted
                && int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process > 0)
                return process;
        }

        return null;
    }
}
