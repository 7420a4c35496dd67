using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary><c>purpose admit-model|retire-model|retire</c> and the list for enrolling anew.</summary>
public sealed class PurposeChangeTests
{
    [Fact]
    public async Task Models_are_admitted_and_retired_and_whoever_lacks_one_is_listed()
    {
        using CliVault vault = await CliVault.CreateAsync("verification");
        (string npy, _) = await vault.ImportAsync(people: 3);
        Assert.Equal("admitted\n", (await vault.RunAsync("purpose", "admit-model", "door", "--model", "n", "--dimensions", "64", "--encoding", "int8")).Out);
        Assert.Equal("admitted, as it was\n", (await vault.RunAsync("purpose", "admit-model", "door", "--model", "n", "--dimensions", "64", "--encoding", "int8")).Out);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("enroll", "--consent", "person-1@door", "--npy", npy, "--row", "4", "--model", "n")).ExitCode);
        Assert.Equal(2, (await vault.RunAsync("consent", "list", "--purpose", "door", "--without-model", "n")).Lines.Length);
        Answer inUse = await vault.RunAsync("purpose", "retire-model", "door", "--model", "m");
        Assert.Equal((ExitCode.Failed, "ModelInUse"), (inUse.ExitCode, Assert.Single(inUse.Codes)));
        JsonElement retired = JsonDocument.Parse((await vault.RunAsync("purpose", "retire-model", "door", "--model", "m", "--leave-templates", "--json")).Out).RootElement;
        Assert.Equal((true, 3), (retired.GetProperty("retired").GetBoolean(), retired.GetProperty("templatesLeft").GetInt32()));
        JsonElement shown = JsonDocument.Parse((await vault.RunAsync("purpose", "show", "door", "--json")).Out).RootElement;
        Assert.Equal("m", Assert.Single(shown.GetProperty("retiredModels").EnumerateArray()).GetString());
        Answer refused = await vault.RunAsync("verify-face", "--consent", "person-0@door", "--npy", npy, "--row", "0", "--threshold", "0.5", "--model", "m");
        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        foreach (string[] wrong in new string[][] { ["--encoding", "int7", "--dimensions", "64"], ["--encoding", "int8", "--dimensions", "-1"] })
            Assert.Equal(ExitCode.Misuse, (await vault.RunAsync(["purpose", "admit-model", "door", "--model", "o", .. wrong])).ExitCode);
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("consent", "list", "--without-model", "n")).ExitCode);
    }

    [Fact]
    public async Task A_retired_purpose_leaves_certificates_and_its_name()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        string file = vault.Folder["certificates"];
        JsonElement counts = JsonDocument.Parse((await vault.RunAsync("purpose", "retire", "door", "--certificate", file, "--dry-run", "--json")).Out).RootElement;
        Assert.Equal(3, counts.GetProperty("consents").GetInt32());
        Answer unasked = await vault.RunAsync("purpose", "retire", "door", "--certificate", file);
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));
        Answer held = await vault.RunAsync("hold", "set", "--subject", "person-1");
        Assert.Equal("held: 1, and 0 before\n", held.Out);
        Answer blocked = await vault.RunAsync("purpose", "retire", "door", "--certificate", file, "--yes");
        Assert.Equal((ExitCode.Failed, "LegalHold"), (blocked.ExitCode, Assert.Single(blocked.Codes)));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("hold", "lift", "--subject", "person-1")).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("purpose", "retire", "door", "--certificate", file, "--yes")).ExitCode);
        Assert.Equal(3, File.ReadAllLines(file).Length);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", file, "--key", vault.Key)).ExitCode);
        Answer again = await vault.RunAsync("purpose", "add", vault.Folder["door.json"]);
        Assert.Equal((ExitCode.Failed, "PurposeRetired"), (again.ExitCode, Assert.Single(again.Codes)));
        Assert.Equal(3, (await vault.RunAsync("consent", "list", "--purpose", "door")).Lines.Length);
        Assert.Empty((await vault.RunAsync("purpose", "list")).Out);
    }
}
