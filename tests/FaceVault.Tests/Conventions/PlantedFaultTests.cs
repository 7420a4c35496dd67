using System.Diagnostics;
using System.Reflection;

namespace FaceVault.Tests.Conventions;

/// <summary>The faults that eng/planted-faults.sh plants: each still fits the sources, and names a test that is there to catch it.</summary>
[Collection(Alone.Name)]
public sealed class PlantedFaultTests
{
    private static readonly string[] Faults =
    [
        "no new root key", "staged key reused after failure", "page key reused", "old root record kept", "key derived from a survivor", "discard without fence", "promote before mirror",
        "promote before checkpoint", "certificate with a listed location unseen", "read-back only after all mirrors", "tail-leaf key left in a crown under the new root",
        "template row left openable", "evidence key kept", "rows after entry on re-key", "head before commit",
        "expiry waits for the sweep", "a child is found after its age band", "a clock set back is unseen by searches", "times of the ledger go back with the clock",
        "a refusal tells one violation of several", "a grant is refused when it is in the draft", "a rotation derived from a key that stays", "one rotation for two purposes",
        "records are not compared with the ledger", "records are not compared with their sum", "counts of a failed commit are lost", "a gallery of more persons than were measured",
        "a restricted consent is copied for a recipient", "the daily limit of copies begins anew", "templates of public security are handed out", "filing counts consents as persons",
        "a restricted consent is found after opening", "an act is free again after opening", "a stricter rule spares who consented before",
    ];

    private static IReadOnlyList<string> Patches => Repository.Files("tests/planted-faults", ".patch");

    [Fact]
    public void There_is_a_patch_for_each_of_them() => Assert.Equal(Faults, Patches.Select(path => Header(path, "Fault")).Take(Faults.Length));

    [Fact]
    public void Each_names_a_test_that_exists()
    {
        MethodInfo[] methods = [.. typeof(PlantedFaultTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())];
        Assert.All(Patches, path => Assert.Contains(methods, method => $"{method.DeclaringType!.Name}.{method.Name}".StartsWith(Header(path, "Caught by"), StringComparison.Ordinal)));
    }

    [GitFact]
    public void Each_still_applies_to_the_sources() => Assert.All(Patches, path =>
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", "-C1", path]) { WorkingDirectory = Repository.Root, RedirectStandardError = true, UseShellExecute = false };
        using Process git = Process.Start(start)!;
        string errors = git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"{path} no longer applies. Plant the fault anew in the sources as they are and write the patch again.\n{errors}");
    });

    private static string Header(string path, string name) => Repository.Lines(path).First(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
