using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary><c>hold set|lift</c>, and what the commands that destroy say of what is held.</summary>
public sealed class HoldCommandTests
{
    [Fact]
    public async Task A_held_consent_is_stopped_with_an_error_and_destroyed_when_the_hold_is_lifted()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 4);
        Assert.Equal((2, 0), Numbers(await vault.RunAsync("hold", "set", "--consent", "person-1@door", "--consent", "person-2@door", "--order", "case 12", "--json"), "held", "alreadyHeld"));
        Assert.Equal("held: 0, and 1 before\n", (await vault.RunAsync("hold", "set", "--subject", "person-1")).Out);
        Assert.Contains("status: active, under a legal hold", (await vault.RunAsync("consent", "show", "person-1@door")).Out, StringComparison.Ordinal);
        Assert.Equal((1, 1), Numbers(await vault.RunAsync("withdraw", "--consent", "person-0@door", "--consent", "person-1@door", "--certificate", "-", "--dry-run", "--json"), "consents", "held"));

        string file = vault.Folder["certificates"];
        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", "person-0@door", "--consent", "person-1@door", "--certificate", file, "--yes");
        Assert.Equal((ExitCode.Failed, "LegalHold"), (withdrawn.ExitCode, Assert.Single(withdrawn.Codes)));
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", file, "--key", vault.Key)).ExitCode); // the other one's
        Answer erased = await vault.RunAsync("erase", "--subject", "person-1", "--certificate", vault.Folder["none"], "--yes");
        Assert.Equal((ExitCode.Failed, "LegalHold"), (erased.ExitCode, Assert.Single(erased.Codes)));
        Assert.False(File.Exists(vault.Folder["none"]));

        Assert.Equal((2, 1), Numbers(await vault.RunAsync("status", "--json"), "held", "restricted"));
        Assert.Equal((2, 1), Numbers(await vault.RunAsync("audit", "--json"), "held", "restricted"));
        Assert.Equal((4, 2), Numbers(await vault.RunAsync("hold", "lift", "--purpose", "door", "--dry-run", "--json"), "consents", "held"));
        Answer unasked = await vault.RunAsync("hold", "lift", "--purpose", "door");
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));
        string late = vault.Folder["late"];
        Assert.Equal((2, 1), Numbers(await vault.RunAsync("hold", "lift", "--purpose", "door", "--certificate", late, "--yes", "--json"), "lifted", "certificates"));
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", late, "--key", vault.Key)).ExitCode);
        Assert.Equal((0, 0), Numbers(await vault.RunAsync("status", "--json"), "held", "restricted"));
    }

    [Fact]
    public async Task Lifting_what_was_never_stopped_asks_nothing_and_scopes_do_not_mix()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2);
        Assert.Equal((1, 0), Numbers(await vault.RunWithAsync("person-1@door\n", "hold", "set", "--consents", "-", "--json"), "held", "alreadyHeld"));
        Assert.Equal((1, 0), Numbers(await vault.RunAsync("hold", "lift", "--subject", "person-1", "--json"), "lifted", "certificates"));
        foreach (string[] scope in new string[][] { [], ["--subject", "a", "--purpose", "door"], ["--consent", "a", "--consents", "-"] })
        {
            Answer mixed = await vault.RunAsync(["hold", "set", .. scope]);
            Assert.Equal((ExitCode.Misuse, "Usage"), (mixed.ExitCode, Assert.Single(mixed.Codes)));
        }

        Answer unknown = await vault.RunAsync("hold", "set", "--consent", "nobody");
        Assert.Equal((ExitCode.Failed, "ConsentUnknown"), (unknown.ExitCode, Assert.Single(unknown.Codes)));
    }

    private static (int First, int Second) Numbers(Answer answer, string first, string second)
    {
        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        JsonElement json = JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
        return (json.GetProperty(first).GetInt32(), json.GetProperty(second).GetInt32());
    }
}
