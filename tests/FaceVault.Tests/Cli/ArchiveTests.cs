using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>Archives of the templates, and the drill: the disk is gone, a mirror and a week-old archive are left.</summary>
[Trait("Claim", "E3")]
public sealed class ArchiveTests
{
    [Fact]
    public async Task A_mirror_and_a_week_old_archive_bring_back_the_survivors_and_nobody_else()
    {
        using var mirror = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: mirror["m"]);
        (string npy, string labels) = vault.MakeFaces(6, 2);
        Assert.Equal(ExitCode.Done, (await ImportAsync(vault, npy, vault.Folder.Write("four.csv", Head(labels, people: 4, of: 6)))).ExitCode);
        string archive = vault.Folder["archive"];
        Answer archived = await vault.RunAsync("archive", archive, "--json");
        Assert.True(archived.ExitCode == ExitCode.Done, archived.Error);
        Assert.Equal(["archive.json", "templates.db"], Names(archive));

        // A week goes by: two people come, two go, one of whom the archive holds.
        Assert.Equal(ExitCode.Done, (await ImportAsync(vault, npy, labels)).ExitCode);
        string file = vault.Folder["certificates"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-1@door", "--consent", "person-5@door", "--certificate", file, "--yes")).ExitCode);

        Directory.Delete(vault.Path, recursive: true);
        Answer restored = await Run.Of("restore", vault.Path, "--keys", mirror["m"], "--templates", archive, "--root", vault.Root);
        Assert.True(restored.ExitCode == ExitCode.Done, restored.Error);
        Answer audited = await vault.RunAsync("audit", "--json");
        Assert.Equal(ExitCode.Done, audited.ExitCode);
        JsonElement missing = Assert.Single(JsonDocument.Parse(audited.Out).RootElement.GetProperty("findings").EnumerateArray(), f => f.GetProperty("code").GetString() == "template-missing");
        Assert.Equal(1, missing.GetProperty("count").GetInt32()); // person-4 came after the archive; person-5 is destroyed

        Answer found = await vault.RunAsync("identify", "--purpose", "door", "--npy", npy, "--labels", labels, "--select", "first", "--top", "1", "--threshold", "0.9");
        string[] subjects = [.. found.Lines.SelectMany(l => JsonDocument.Parse(l).RootElement.GetProperty("candidates").EnumerateArray()).Select(c => c.GetProperty("subject").GetString()!)];
        Assert.Equal(["person-0", "person-2", "person-3"], subjects.Order(StringComparer.Ordinal));
        Assert.Contains("status: destroyed", (await vault.RunAsync("consent", "show", "person-1@door")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", file, "--key", vault.Key)).ExitCode);
    }

    [Fact]
    public async Task An_archive_of_another_vault_is_refused_and_nothing_is_changed()
    {
        using CliVault one = await CliVault.CreateAsync(), other = await CliVault.CreateAsync();
        await one.ImportAsync(people: 2);
        await other.ImportAsync(people: 2);
        Assert.Equal(ExitCode.Done, (await other.RunAsync("archive", one.Folder["foreign"])).ExitCode);
        var before = Operations.Unchanged.Print(one.Path);
        foreach (string foreign in new[] { one.Folder["foreign"], other.Path })
        {
            Answer refused = await one.RunAsync("restore", "--templates", foreign, "--yes");
            Assert.Equal((ExitCode.Failed, "ArchiveForeign"), (refused.ExitCode, Assert.Single(refused.Codes)));
        }

        Assert.Equal(before, Operations.Unchanged.Print(one.Path));
    }

    [Fact]
    public async Task An_archive_replaces_nothing_and_holds_no_key()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        string archive = vault.Folder["archive"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("archive", archive)).ExitCode);
        foreach (string taken in new[] { archive, vault.Path })
        {
            var before = Operations.Unchanged.Print(taken);
            Answer refused = await vault.RunAsync("archive", taken);
            Assert.Equal((ExitCode.Failed, "VaultExists"), (refused.ExitCode, Assert.Single(refused.Codes)));
            Assert.Equal(before, Operations.Unchanged.Print(taken));
        }

        JsonElement description = JsonDocument.Parse(File.ReadAllText(Path.Combine(archive, "archive.json"))).RootElement;
        Assert.Equal(["format", "vault", "taken", "commit"], description.EnumerateObject().Select(p => p.Name));
        File.WriteAllText(Path.Combine(archive, "archive.json"), "{");
        Answer unreadable = await vault.RunAsync("restore", "--templates", archive, "--yes");
        Assert.Equal((ExitCode.Failed, "StoreDamaged"), (unreadable.ExitCode, Assert.Single(unreadable.Codes)));
    }

    private static Task<Answer> ImportAsync(CliVault vault, string npy, string labels) =>
        vault.RunAsync("import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--select", "first");

    /// <summary>Labels in which the later people carry the names of the first ones, so that only these are imported.</summary>
    private static string Head(string labels, int people, int of)
    {
        string text = File.ReadAllText(labels);
        for (int i = people; i < of; i++)
            text = text.Replace($"person-{i},", "person-0,", StringComparison.Ordinal);
        return text;
    }

    private static string[] Names(string folder) => [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
