using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>The commands for the rights of subjects.</summary>
public sealed class RightsCommandTests
{
    [Fact]
    public async Task A_consent_is_restricted_and_shown_so_and_roles_stand_in_the_report()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        Answer unasked = await vault.RunAsync("restrict", "--consent", "person-1@door");
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));
        Answer restricted = await vault.RunAsync("restrict", "--consent", "person-1@door", "--reason", "request 7", "--role", "guardian", "--yes", "--json");
        Assert.True(Json(restricted).GetProperty("restricted").GetBoolean());
        Assert.Equal("restricted before\n", (await vault.RunAsync("restrict", "--consent", "person-1@door", "--yes")).Out);
        Assert.Contains("status: restricted\n", (await vault.RunAsync("consent", "show", "person-1@door")).Out, StringComparison.Ordinal);
        Assert.Contains("restricted, kept and not used: 1\n", (await vault.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, ""), ((await vault.RunAsync("hold", "set", "--consent", "person-1@door")).ExitCode, (await vault.RunAsync("hold", "lift", "--consent", "person-1@door")).Error.Split('\n')[1]));

        Answer erased = await vault.RunAsync("erase", "--subject", "person-1", "--order", "order 9", "--role", "relative", "--certificate", vault.Folder["certificate"], "--yes");
        Assert.Equal(ExitCode.Done, erased.ExitCode);
        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", "person-2@door", "--role", "subject", "--certificate", vault.Folder["other"], "--yes");
        Assert.Equal(ExitCode.Done, withdrawn.ExitCode);
        JsonElement events = Json(await vault.RunAsync("report", "--subject", "person-1")).GetProperty("consents")[0].GetProperty("events");
        Assert.Equal(["given", "restricted", "held", "released", "stopped", "removed"], events.EnumerateArray().Select(e => e.GetProperty("kind").GetString()));
        Assert.Equal(("guardian", "relative"), (events[1].GetProperty("role").GetString(), events[4].GetProperty("role").GetString()));
        Answer unknown = await vault.RunAsync("withdraw", "--consent", "person-0@door", "--role", "friend", "--certificate", "-", "--yes");
        Assert.Equal(ExitCode.Misuse, unknown.ExitCode);
    }

    [Fact]
    public async Task Templates_are_copied_into_a_file_of_their_own_and_recipients_are_named_when_the_consent_ends()
    {
        using CliVault vault = await CliVault.CreateAsync();
        string form = vault.Folder.Write("form.json", CliVault.Grant("c-1", "ann").Replace("\"form\"", "\"recipients\": [\"Lift Ltd\"], \"form\"", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("consent", "grant", form)).ExitCode);
        (string npy, _) = vault.MakeFaces(people: 1, images: 1);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("enroll", "--consent", "c-1", "--npy", npy, "--row", "0")).ExitCode);

        string file = vault.Folder["copy.ndjson"];
        JsonElement copied = Json(await vault.RunAsync("copy", "--consent", "c-1", "--out", file, "--recipient", "Lift Ltd", "--reference", "request 7", "--role", "subject", "--json"));
        Assert.Equal((1, file), (copied.GetProperty("templates").GetInt32(), copied.GetProperty("file").GetString()));
        JsonElement template = JsonDocument.Parse(Assert.Single(File.ReadAllLines(file))).RootElement;
        Assert.Equal((1, "m", 64, 64), (template.GetProperty("v").GetInt32(), template.GetProperty("model").GetString(), template.GetProperty("dimensions").GetInt32(), template.GetProperty("template").GetArrayLength()));
        Assert.Equal(1, template.GetProperty("template").EnumerateArray().Sum(x => x.GetDouble() * x.GetDouble()), 1e-5);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Answer again = await vault.RunAsync("copy", "--consent", "c-1", "--out", file);
        Assert.Equal((ExitCode.Misuse, "OutputUnwritable"), (again.ExitCode, Assert.Single(again.Codes)));
        Answer stranger = await vault.RunAsync("copy", "--consent", "c-1", "--out", vault.Folder["other"], "--recipient", "Landlord");
        Assert.Equal((ExitCode.Failed, "RecipientNotConsented"), (stranger.ExitCode, Assert.Single(stranger.Codes)));
        Assert.False(File.Exists(vault.Folder["other"]));

        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", "c-1", "--certificate", vault.Folder["certificate"], "--yes", "--json");
        Assert.Equal("Lift Ltd", Assert.Single(Json(withdrawn).GetProperty("recipientsToNotify").EnumerateArray()).GetString());
        Assert.Contains("Tell them that the consent has ended: Lift Ltd.", withdrawn.Error, StringComparison.Ordinal);
    }

    private static JsonElement Json(Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        return JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
    }
}
