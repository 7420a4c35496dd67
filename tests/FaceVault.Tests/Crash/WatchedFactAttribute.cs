namespace FaceVault.Tests.Crash;

/// <summary>A test that stops a child at its system calls; where the kernel or its rules do not allow that, it says so and skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WatchedFactAttribute : FactAttribute
{
    public WatchedFactAttribute() => Skip = Seccomp.Missing;
}
