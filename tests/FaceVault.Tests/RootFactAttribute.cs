namespace FaceVault.Tests;

/// <summary>A test that gives up rights or mounts something, and therefore starts as root on Linux with the named tools; elsewhere it says why it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params string[] tools)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "needs Linux";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "needs root, to run a child with fewer rights";
        else if (tools.FirstOrDefault(tool => !IsOnPath(tool)) is { } missing)
            Skip = $"needs {missing}";
    }

    private static bool IsOnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
