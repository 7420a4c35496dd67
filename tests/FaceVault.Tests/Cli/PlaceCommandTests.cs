using System.Text.Json;
using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>Mirrors and root locations on the command line, and the drills for their loss.</summary>
public sealed class PlaceCommandTests
{
    [Fact]
    public async Task A_mirror_is_added_listed_kept_and_dropped()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        string mirror = vault.Folder["disk/mirror"];
        Assert.Equal(mirror, Json(await vault.RunAsync("mirror", "add", mirror, "--json")).GetProperty("added").GetString());
        Assert.Equal("VaultExists", Assert.Single((await vault.RunAsync("mirror", "add", mirror)).Codes));
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("mirror", "add", vault.Path)).ExitCode);
        JsonElement listed = Json(await vault.RunAsync("mirror", "status"));
        Assert.True(listed.GetProperty("current").GetBoolean());
        Assert.Equal([mirror], VaultDescription.Read(vault.Path).Mirrors);
        Assert.Equal([mirror], VaultDescription.Read(mirror).Mirrors);
        Assert.Equal(2, await LocationsAsync(vault, "person-0@door", "store", "mirror"));

        Assert.Equal("ConfirmationNeeded", Assert.Single((await vault.RunAsync("mirror", "drop", mirror)).Codes));
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("mirror", "drop", "--yes")).ExitCode);
        Assert.True(Json(await vault.RunAsync("mirror", "drop", mirror, "--yes", "--json")).GetProperty("confirmed").GetBoolean());
        Assert.Empty((await vault.RunAsync("mirror", "status")).Lines);
        Assert.Empty(VaultDescription.Read(vault.Path).Mirrors);
        Assert.Equal(1, await LocationsAsync(vault, "person-1@door", "store", "mirror"));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit")).ExitCode);
    }

    [Fact]
    public async Task A_folder_of_another_vault_is_no_mirror_and_keeps_its_files_as_they_are()
    {
        using var disk = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(), other = await CliVault.CreateAsync(mirror: disk["mirror"]);
        foreach (string folder in (string[])[other.Path, disk["mirror"]])
        {
            byte[] before = File.ReadAllBytes(Path.Combine(folder, "vault.json"));
            Assert.Equal("VaultExists", Assert.Single((await vault.RunAsync("mirror", "add", folder)).Codes));
            Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder, "vault.json")));
        }

        Assert.Equal(ExitCode.Done, (await other.RunAsync("audit")).ExitCode);
        Assert.Empty(VaultDescription.Read(vault.Path).Mirrors);
    }

    [Fact]
    public async Task A_mirror_is_one_place_however_its_folder_is_spelled()
    {
        using CliVault vault = await CliVault.CreateAsync();
        string mirror = vault.Folder["mirror"], link = vault.Folder["link"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("mirror", "add", mirror + "/")).ExitCode);
        Assert.Equal([mirror], VaultDescription.Read(vault.Path).Mirrors);
        File.CreateSymbolicLink(link, mirror);
        foreach (string spelling in (string[])[mirror, mirror + "/", Path.Combine(mirror, "..", "mirror"), link])
        {
            Assert.Equal("VaultExists", Assert.Single((await vault.RunAsync("mirror", "add", spelling)).Codes));
            Assert.Equal([mirror], VaultDescription.Read(vault.Path).Mirrors);
        }

        Assert.Single((await vault.RunAsync("mirror", "status")).Lines);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("mirror", "drop", mirror + "/", "--yes")).ExitCode);
        Assert.Empty(VaultDescription.Read(vault.Path).Mirrors);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit")).ExitCode);
    }

    [Fact]
    public async Task No_root_key_lies_in_the_folder_of_a_mirror()
    {
        using CliVault vault = await CliVault.CreateAsync();
        string mirror = vault.Folder["mirror"];
        Assert.Equal("RootPathRefused", Assert.Single((await vault.RunAsync("mirror", "add", vault.Folder.Path)).Codes));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("mirror", "add", mirror)).ExitCode);
        Assert.Equal("RootPathRefused", Assert.Single((await vault.RunAsync("root", "add", Path.Combine(mirror, "root.key"), "--allow-ephemeral-root")).Codes));
        Assert.Equal([vault.Root], Vault.ReadRootPaths(vault.Path));
        Assert.Equal([mirror], VaultDescription.Read(vault.Path).Mirrors);
        string second = vault.Folder["second"], copies = vault.Folder["copies"];
        Directory.CreateDirectory(copies);
        Answer made = await Run.Of("init", second, "--root", Path.Combine(copies, "root.key"), "--single-root", "--allow-ephemeral-root", "--mirror", copies);
        Assert.Equal("RootPathRefused", Assert.Single(made.Codes));
        Assert.Empty(Directory.EnumerateFileSystemEntries(copies));
    }

    [Fact]
    public async Task A_root_location_is_added_and_the_first_one_retired()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        string second = vault.Folder["second.key"];
        Assert.Equal("RootPathRefused", Assert.Single((await vault.RunAsync("root", "retire", vault.Root, "--yes")).Codes));
        Assert.Equal("RootPathRefused", Assert.Single((await vault.RunAsync("root", "add", "relative.key")).Codes));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("root", "add", second, "--allow-ephemeral-root")).ExitCode);
        Assert.Equal([vault.Root, second], Vault.ReadRootPaths(vault.Path));
        Answer status = await vault.RunAsync("root", "status");
        Assert.Equal(2, status.Lines.Length);
        Assert.All(status.Lines, line => Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("current").GetBoolean()));

        Assert.Equal("ConfirmationNeeded", Assert.Single((await vault.RunAsync("root", "retire", vault.Root)).Codes));
        Assert.True(Json(await vault.RunAsync("root", "retire", vault.Root, "--yes", "--json")).GetProperty("confirmed").GetBoolean());
        Assert.Equal([second], Vault.ReadRootPaths(vault.Path));
        File.Delete(vault.Root);
        Assert.Equal(1, await LocationsAsync(vault, "person-0@door", "root"));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit")).ExitCode);
    }

    [Fact]
    public async Task A_lost_disk_is_made_good_by_the_mirror_and_an_old_archive_and_what_is_missing_is_listed()
    {
        using var disk = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: disk["mirror"]);
        (string npy, _) = await vault.ImportAsync(people: 6);
        Directory.CreateDirectory(disk["archive"]);
        File.Copy(Path.Combine(vault.Path, "templates.db"), Path.Combine(disk["archive"], "templates.db"));

        // A week passes: two people leave, one comes.
        foreach (int person in (int[])[1, 4])
            Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", $"person-{person}@door", "--certificate", vault.Folder["c"], "--yes")).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("late", "late"), "consent", "grant", "-")).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("enroll", "--consent", "late", "--npy", npy, "--row", "1")).ExitCode);
        Directory.Delete(vault.Path, recursive: true);

        Assert.Equal("VaultNotFound", Assert.Single((await vault.RunAsync("status")).Codes));
        Answer restored = await vault.RunAsync("restore", "--keys", disk["mirror"], "--templates", disk["archive"]);
        Assert.True(restored.ExitCode == ExitCode.Done, restored.Error);
        JsonElement audit = Json(await vault.RunAsync("audit", "--json"));
        Assert.True(audit.GetProperty("intact").GetBoolean());
        Assert.Equal(1, audit.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("code").GetString() == "template-missing").GetProperty("count").GetInt32());
        Answer found = await vault.RunAsync("identify", "--purpose", "door", "--npy", npy, "--top", "1", "--rank-only");
        Assert.Equal([0, 2, 3, 5], found.Lines.Take(6).Select((line, row) => (line, row)).Where(x => x.line.Contains($"\"person-{x.row}\"", StringComparison.Ordinal)).Select(x => x.row));
        foreach (int person in (int[])[1, 4])
        {
            Assert.Contains("destroyed", (await vault.RunAsync("consent", "show", $"person-{person}@door")).Out, StringComparison.Ordinal);
            Assert.DoesNotContain($"person-{person}", found.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_place_that_is_away_keeps_certificates_back_and_heals_and_one_that_is_lost_is_retired_and_named(bool isRoot)
    {
        using var disk = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 4);
        string place = disk[isRoot ? "second.key" : "mirror"];
        Answer added = await (isRoot ? vault.RunAsync("root", "add", place, "--allow-ephemeral-root") : vault.RunAsync("mirror", "add", place));
        Assert.True(added.ExitCode == ExitCode.Done, added.Error);
        Directory.Move(disk.Path, disk.Path + "-away");
        try
        {
            Answer kept = await vault.RunAsync("withdraw", "--consent", "person-0@door", "--certificate", vault.Folder["c"], "--yes");
            Assert.Equal((ExitCode.Failed, "ErasureIncomplete"), (kept.ExitCode, Assert.Single(kept.Codes)));
            Assert.Contains(isRoot ? "root retire" : "mirror drop", kept.Error, StringComparison.Ordinal);
            Assert.True(Json(await vault.RunAsync("status", "--json")).GetProperty("degraded").GetBoolean());
        }
        finally
        {
            Directory.Move(disk.Path + "-away", disk.Path);
        }

        Assert.Equal(isRoot ? 2 : 1, await LocationsAsync(vault, "person-0@door", isRoot ? "root" : "mirror"));

        Directory.Move(disk.Path, disk.Path + "-away");
        try
        {
            Answer status = await vault.RunAsync(isRoot ? "root" : "mirror", "status");
            string lost = status.Lines.Select(line => JsonDocument.Parse(line).RootElement).Single(l => !l.GetProperty("current").GetBoolean() && l.TryGetProperty("id", out _)).GetProperty("id").GetString()!;
            Answer retired = await vault.RunAsync(isRoot ? "root" : "mirror", isRoot ? "retire" : "drop", "--place", lost, "--yes", "--json");
            Assert.False(Json(retired).GetProperty("confirmed").GetBoolean());
            Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-1@door", "--certificate", vault.Folder["c"], "--yes")).ExitCode);
            Assert.Contains("NOT confirmed", (await Run.Of("certificate", "show", vault.Folder["c"])).Out, StringComparison.Ordinal);
            Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", vault.Folder["c"], "--key", vault.Key)).ExitCode);
            Assert.Contains("location-retired", (await vault.RunAsync("ledger")).Out, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Move(disk.Path + "-away", disk.Path);
        }
    }

    private static JsonElement Json(Answer answer)
    {
        Assert.True(answer.ExitCode is ExitCode.Done or ExitCode.No, answer.Error);
        return JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
    }

    /// <summary>Withdraws and counts the confirmed places of some types that the certificate names.</summary>
    private static async Task<int> LocationsAsync(CliVault vault, string consent, params string[] types)
    {
        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", consent, "--certificate", vault.Folder["c"], "--yes");
        Assert.True(withdrawn.ExitCode == ExitCode.Done, withdrawn.Error);
        using JsonDocument certificate = JsonDocument.Parse(File.ReadAllText(vault.Folder["c"]));
        return certificate.RootElement.GetProperty("body").GetProperty("locations").EnumerateArray().Count(l => l.GetProperty("confirmed").GetBoolean() && types.Contains(l.GetProperty("type").GetString()));
    }
}
