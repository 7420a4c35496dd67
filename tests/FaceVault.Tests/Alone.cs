namespace FaceVault.Tests;

/// <summary>Tests that read counters or memory of the whole process, or start a child, run while no other test does.</summary>
/// <remarks>Between fork and exec a child holds every open file of the process, and with it every lock: a test that closed a file would find it locked still.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone in the process";
}
