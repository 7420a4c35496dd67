using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace FaceVault.Tests.Conventions;

/// <summary>What every file of the repository keeps to.</summary>
public sealed class SourceTests(ITestOutputHelper output)
{
    private const int LongestFile = 450;

    // Spelled in two halves, so that this file keeps to its own rule.
    private static readonly Regex Unfinished = new(@"\b(TO" + "DO|FIX" + "ME|HA" + "CK|XX" + @"X)\b|NotImple" + "mented");

    private static readonly Regex MachinePath = new("/wo" + @"rk/|/tmp/f" + @"v\b|/ro" + @"ot/\.|h-se" + "ed|[A-Z]:\\\\Us" + "ers");

    [Fact]
    public void No_source_file_is_longer_than_450_lines()
    {
        var lengths = Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs")).ToDictionary(path => path, path => Repository.Lines(path).Length);
        int[] library = [.. lengths.Where(file => file.Key.StartsWith("src/FaceVault/", StringComparison.Ordinal)).Select(file => file.Value).Order()];
        output.WriteLine($"src/FaceVault: {library.Length} files, median {library[library.Length / 2]}, longest {library[^1]} lines");
        Assert.Empty(lengths.Where(file => file.Value > LongestFile).Select(file => $"{file.Key}: {file.Value} lines"));
    }

    [Fact]
    public void Nothing_is_left_unfinished() => AssertNowhere(Unfinished);

    [Fact]
    public void No_file_names_a_path_or_host_of_the_machine_it_was_written_on() => AssertNowhere(MachinePath);

    [Fact]
    public void An_assertion_is_not_a_check() => AssertNowhere(new Regex(@"\b(Debug|Trace)\.Assert\("), "src/FaceVault/");

    [Fact]
    public void Overflow_checks_are_switched_off_in_kernels_alone() =>
        AssertNowhere(new Regex(@"\bunchecked\b"), "src/FaceVault/", except: "src/FaceVault/Matching/");

    [Fact]
    public void Every_message_that_a_user_meets_stands_in_one_file() =>
        AssertNowhere(new Regex(@"new (VaultException|PlatformNotSupportedException|CryptographicException)\("), "src/FaceVault/", except: "src/FaceVault/Error");

    [Fact]
    public void Missing_documentation_of_a_public_member_fails_the_build()
    {
        string project = Repository.Read("src/FaceVault/FaceVault.csproj");
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", project, StringComparison.Ordinal);
        Assert.DoesNotContain("NoWarn", project, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
        AssertNowhere(new Regex("#pragma warning disable.*CS1591|CS1591.*none"));
    }

    [Fact]
    public void Scripts_can_be_run()
    {
        foreach (string path in Repository.Files("eng", ".sh").Where(path => !path.EndsWith("common.sh", StringComparison.Ordinal)).Append(".ci/run"))
        {
            if (!OperatingSystem.IsWindows())
                Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, path)).HasFlag(UnixFileMode.UserExecute), path);
        }
    }

    private static void AssertNowhere(Regex pattern, string below = "", string? except = null) =>
        Assert.Empty(
            from path in Repository.TextFiles()
            where path.StartsWith(below, StringComparison.Ordinal) && (except is null || !path.StartsWith(except, StringComparison.Ordinal))
            where path != "tests/FaceVault.Tests/Conventions/SourceTests.cs"
            from line in Repository.Lines(path).Select((text, index) => (text, number: index + 1))
            where pattern.IsMatch(line.text)
            select $"{path}:{line.number}: {line.text.Trim()}");
}
