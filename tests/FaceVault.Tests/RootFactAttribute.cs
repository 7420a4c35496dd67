namespace FaceVault.Tests;

/// <summary>A test that gives up rights or mounts something, and therefore starts as root on Linux with the named tools; elsewhere it says why it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params string[] tools)
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Needs Linux.";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "Needs root, to run a child with fewer rights.";
        else if (tools.FirstOrDefault(tool => !IsOnPath(tool)) is { } missing)
            Skip = $"Needs {missing}.";
    }

    internal static bool IsOnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}

/// <summary>A test that needs a device that is always full, which Linux has for everybody.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullDeviceFactAttribute : FactAttribute
{
    public FullDeviceFactAttribute() => Skip = File.Exists("/dev/full") ? null : "Needs /dev/full.";
}

/// <summary>A test that reads <c>/proc</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Needs Linux.";
}

/// <summary>A test that asks git about the working tree.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GitFactAttribute : FactAttribute
{
    public GitFactAttribute() =>
        Skip = !RootFactAttribute.IsOnPath("git") ? "Needs git." : Path.Exists(Path.Combine(Conventions.Repository.Root, ".git")) ? null : "Needs a clone; these are sources alone.";
}
