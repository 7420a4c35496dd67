using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Cli;

/// <summary><c>doctor</c> says what is wrong with the machine or a vault, and changes nothing.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task The_machine_alone_is_looked_at_without_a_vault()
    {
        Answer answer = await Run.Of("doctor", "--json");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        JsonElement[] findings = Findings(answer);
        Assert.Equal(["runtime", "libsodium", "sqlite", "memory", "vectors", "clock"], findings.Select(Check));
        Assert.All(findings, finding => Assert.NotEqual("bad", State(finding)));
        Assert.StartsWith("ok", (await Run.Of("doctor")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_in_order_has_nothing_bad_and_its_places_are_named()
    {
        using CliVault vault = await CliVault.CreateAsync();
        Answer answer = await vault.RunAsync("doctor", "--json");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        JsonElement[] findings = Findings(answer);
        Assert.Contains(findings, f => Check(f) == "store" && Message(f).Contains(vault.Path, StringComparison.Ordinal));
        Assert.Contains(findings, f => Check(f) == "root" && Message(f).Contains(vault.Root, StringComparison.Ordinal));
        Assert.Contains(findings, f => (Check(f), State(f)) == ("time", "ok"));
        Assert.Contains(findings, f => (Check(f), State(f)) == ("vault", "warning") && Message(f).Contains("no mirror", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task A_root_key_that_others_may_read_is_a_warning()
    {
        using CliVault vault = await CliVault.CreateAsync();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(vault.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Answer answer = await vault.RunAsync("doctor", "--json");

        Assert.Contains(Findings(answer), f => (Check(f), State(f)) == ("root", "warning") && Message(f).Contains("chmod 600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_behind_the_ledger_is_bad()
    {
        using CliVault vault = await CliVault.CreateAsync();
        Answer answer = await Run.At(new FixedClock(TimeProvider.System.GetUtcNow().AddDays(-2)), "doctor", vault.Path, "--json");

        Assert.Equal(ExitCode.No, answer.ExitCode);
        Assert.Contains(Findings(answer), f => (Check(f), State(f)) == ("time", "bad"));
    }

    [Fact]
    public async Task What_does_not_open_is_bad_with_its_code()
    {
        using CliVault vault = await CliVault.CreateAsync();
        File.Delete(vault.Root);
        Answer withoutRoot = await vault.RunAsync("doctor", "--json");
        Answer noVault = await Run.Of("doctor", vault.Folder["nowhere"], "--json");

        Assert.Equal((ExitCode.No, ExitCode.No), (withoutRoot.ExitCode, noVault.ExitCode));
        Assert.Contains(Findings(withoutRoot), f => State(f) == "bad" && Message(f).Contains("(RootKeyMissing)", StringComparison.Ordinal));
        Assert.Contains(Findings(noVault), f => State(f) == "bad" && Message(f).Contains("(VaultNotFound)", StringComparison.Ordinal));
        Assert.False(JsonDocument.Parse(noVault.Out).RootElement.GetProperty("well").GetBoolean());
    }

    private static JsonElement[] Findings(Answer answer) => [.. JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement.GetProperty("findings").EnumerateArray()];

    private static string Check(JsonElement finding) => finding.GetProperty("check").GetString()!;

    private static string State(JsonElement finding) => finding.GetProperty("state").GetString()!;

    private static string Message(JsonElement finding) => finding.GetProperty("message").GetString()!;
}
