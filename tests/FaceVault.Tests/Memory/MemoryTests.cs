using System.Globalization;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Memory;

/// <summary>E5: a process reads its own memory before and after people left.</summary>
[Trait("Claim", "E5")]
[Collection(Alone.Name)]
public sealed class MemoryTests
{
    private static readonly string[] People = ["withdrawn", "withdrawn gate", "withdrawn mood", "withdrawn tail", "replaced", "removed", "renewed"];
    private static readonly string[] Path = ["root key", "crown: tail-leaf key", "crown: branch key", "branch: leaf key"];

    [LinuxFact]
    public void Nothing_of_a_destroyed_key_or_template_is_left_in_the_process()
    {
        using var folder = new TemporaryFolder();
        string[] locked = Check(Child.Run([], "memory-scan", folder.Path));
        if (locked[1] != "0")
            Assert.True(long.Parse(locked[3], CultureInfo.InvariantCulture) * 1024 >= long.Parse(locked[1], CultureInfo.InvariantCulture), "the kernel counts less locked memory than the vault says");
    }

    [RootFact("setpriv", "prlimit")]
    public void The_same_holds_where_memory_may_not_be_locked()
    {
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ff);
        string[] locked = Check(Child.Run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "prlimit", "--memlock=65536:65536"], "memory-scan", folder.Path));
        Assert.Equal("0", locked[1]);
        Assert.NotEqual("0", locked[2]);
    }

    [LinuxFact]
    public void No_template_stands_in_the_process_while_a_sealed_gallery_is_open_and_nobody_searches()
    {
        using var folder = new TemporaryFolder();
        ChildResult result = Child.Run([], "memory-sealed", folder.Path);
        Assert.True(result.ExitCode == 0, result.Errors);
        string[][] lines = [.. result.Output.TrimEnd().Split('\n').Select(line => line.Split('\t'))];
        Assert.Equal(["1 of 4 in Sealed", "1 of 4 in Sealed"], Lines(lines, "found").Select(l => l[1]));
        Assert.Equal([], lines.Where(l => l[0].StartsWith("sealed", StringComparison.Ordinal)).Select(l => $"{l[0]}: {l[1]} in {l[2]}"));
        foreach (string secret in (string[])["enrolled: gallery lane", "loaded: gallery lane"])
            Assert.Contains(Lines(lines, "open"), l => l[1] == secret); // the search finds what is there
    }

    /// <summary>What was found before, where, and what is left; answers the line about locked memory.</summary>
    private static string[] Check(ChildResult result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        string[][] lines = [.. result.Output.TrimEnd().Split('\n').Select(line => line.Split('\t'))];
        string[][] before = Lines(lines, "before"), withdrawn = Lines(lines, "withdrawn"), after = Lines(lines, "after");
        foreach (string secret in (string[])[.. Path, "living: ledger key", "living: gallery lane", "living: rotation seed", "living: rotation signs", "living until retired: rotation seed", "living until retired: rotation signs", .. People.Select(p => p + ": template key"), "withdrawn: gallery lane", "withdrawn tail: gallery lane", "replaced: gallery lane", "removed: gallery lane"])
            Assert.Contains(before, l => l[1] == secret); // the search finds what is there
        Assert.Equal([], before.Where(l => l[3] != "True").Select(l => $"{l[1]} in {l[2]}, which a dump would hold"));
        Assert.Equal([], withdrawn.Where(l => Path.Contains(l[1]) || l[1].StartsWith("withdrawn", StringComparison.Ordinal)).Select(l => $"{l[1]} in {l[2]}"));
        Assert.Equal([], after.Where(l => !l[1].StartsWith("living", StringComparison.Ordinal)).Select(l => $"{l[1]} in {l[2]}"));
        foreach (string secret in (string[])["living: gallery lane", "living beside: gallery lane", "living renewed: gallery lane"])
            Assert.Contains(after, l => l[1] == secret);
        Assert.Equal([], lines.Where(l => l[1].Contains("not turned", StringComparison.Ordinal)).Select(l => $"{l[1]} in {l[2]}"));
        Assert.Equal([], Lines(lines, "retired").Where(l => l[1].StartsWith("living until retired", StringComparison.Ordinal)).Select(l => $"{l[1]} in {l[2]}"));
        Assert.Contains(Lines(lines, "retired"), l => l[1] == "living: rotation signs");
        return Assert.Single(lines, l => l[0] == "locked");
    }

    private static string[][] Lines(string[][] lines, string when) => [.. lines.Where(l => l[0] == when)];
}
