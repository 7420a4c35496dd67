using System.Security.Cryptography;
using FaceVault.Cli;
using FaceVault.Tests.Operations;
using Microsoft.Data.Sqlite;

namespace FaceVault.Tests.Cli;

/// <summary>Vaults, roots and stores that are not where or what they should be.</summary>
public sealed class BadPlaceTests
{
    internal static void AssertRefused(Answer answer, params string[] codes)
    {
        Assert.True(answer.ExitCode == ExitCode.Failed && codes.Contains(answer.Codes.FirstOrDefault()), $"{answer.ExitCode} {answer.Error}{answer.Out}");
        Assert.Equal("", answer.Out);
    }

    /// <summary>Every file of a folder, so that not even a new one goes unseen.</summary>
    private static SortedDictionary<string, string> Hashes(string folder) =>
        new(Directory.EnumerateFiles(folder).ToDictionary(file => file, file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))), StringComparer.Ordinal);

    private static Task<Answer> InitAsync(TemporaryFolder folder, string root, string vault = "vault") =>
        Run.Of("init", folder[vault], "--root", root, "--single-root", "--no-mirror", "--allow-ephemeral-root");

    [Fact]
    public async Task A_root_that_is_relative_or_inside_the_vault_is_refused_and_no_vault_is_made()
    {
        using var folder = new TemporaryFolder();

        AssertRefused(await InitAsync(folder, "door.key"), "RootPathRefused");
        AssertRefused(await InitAsync(folder, Path.Combine(folder["vault"], "door.key")), "RootPathRefused");
        AssertRefused(await InitAsync(folder, Path.Combine(folder["absent"], "door.key")), "RootPathRefused");
        Assert.False(File.Exists(Path.Combine(folder["vault"], "vault.json")));
    }

    [Fact]
    public async Task A_folder_that_has_a_vault_and_a_root_that_has_one_are_refused()
    {
        using CliVault vault = await CliVault.CreateAsync();

        AssertRefused(await InitAsync(vault.Folder, vault.Folder["other.key"]), "VaultExists");
        AssertRefused(await InitAsync(vault.Folder, vault.Root, "second"), "VaultExists");
        Assert.Equal(vault.Key + "\n", (await vault.RunAsync("key")).Out);
    }

    [Fact]
    public async Task A_mirror_in_the_vaults_own_folder_or_named_twice_or_of_another_vault_is_refused_and_nothing_is_made()
    {
        using CliVault other = await CliVault.CreateAsync();
        TemporaryFolder folder = other.Folder;
        string[] init = ["init", folder["new"], "--root", folder["new.key"], "--single-root", "--allow-ephemeral-root"];
        SortedDictionary<string, string> before = Hashes(other.Path);

        foreach (string[] mirrors in (string[][])[["--mirror", folder["new"]], ["--mirror", folder["new"] + "/"], ["--mirror", folder["m"], "--mirror", folder["m"] + "/."], ["--mirror", ""]])
        {
            Answer answer = await Run.Of([.. init, .. mirrors]);
            Assert.Equal((ExitCode.Misuse, "Usage"), (answer.ExitCode, Assert.Single(answer.Codes)));
        }
        AssertRefused(await Run.Of([.. init, "--mirror", other.Path]), "VaultExists");
        Assert.Equal(before, Hashes(other.Path));
        Assert.False(File.Exists(folder["new.key"]));
        Assert.Equal(ExitCode.Done, (await Run.Of([.. init, "--mirror", folder["m"]])).ExitCode);
    }

    [Fact]
    public async Task A_root_that_is_missing_damaged_or_foreign_opens_nothing()
    {
        using CliVault vault = await CliVault.CreateAsync(), other = await CliVault.CreateAsync();
        byte[] root = File.ReadAllBytes(vault.Root);

        AssertRefused(await vault.RunAsync("sweep", "--root", other.Root), "RootKeyForeign");
        AssertRefused(await vault.RunAsync("sweep", "--root", "relative.key"), "RootPathRefused");
        File.WriteAllBytes(vault.Root, new byte[root.Length]);
        AssertRefused(await vault.RunAsync("sweep"), "RootKeyDamaged", "RootKeyMissing");
        File.Delete(vault.Root);
        AssertRefused(await vault.RunAsync("sweep"), "RootKeyMissing");
        File.WriteAllBytes(vault.Root, root);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("sweep")).ExitCode);
    }

    [Fact]
    public async Task A_copy_from_before_a_withdrawal_is_refused_also_when_only_a_grant_lies_between()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2, images: 1);
        Copy(vault.Path, vault.Folder["copy"]);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
        Copy(vault.Path, vault.Folder["copy2"]);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-0@door", "--certificate", vault.Folder["c"], "--yes")).ExitCode);

        foreach (string copy in (string[])["copy", "copy2"])
        {
            SortedDictionary<string, string> before = Hashes(vault.Folder[copy]);
            foreach (string command in (string[])["status", "key", "audit", "sweep"])
            {
                AssertRefused(await Run.Of(command, vault.Folder[copy]), "StoreRolledBack");
                Assert.Equal(before, Hashes(vault.Folder[copy]));
            }
        }
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("consent", "list")).ExitCode);
    }

    [Theory]
    [InlineData("keys.db", "crown", "StoreDamaged")]
    [InlineData("keys.db", "leaf", "StoreDamaged,IntegrityViolated")]
    [InlineData("keys.db", "ledger", "StoreDamaged,IntegrityViolated")]
    [InlineData("keys.db", "record", "IntegrityViolated")]
    [InlineData("templates.db", "template", "IntegrityViolated")]
    public async Task One_corrupted_byte_is_named_and_never_gives_a_wrong_answer(string file, string table, string codes)
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, _) = await vault.ImportAsync(people: 3, images: 1);
        Corrupt(Path.Combine(vault.Path, file), table);
        string[] command = table switch
        {
            "ledger" => ["ledger"],
            "record" => ["consent", "show", "person-1@door"],
            "template" => ["identify", "--purpose", "door", "--npy", npy, "--rank-only"],
            _ => ["consent", "list"],
        };

        SortedDictionary<string, string> before = Hashes(vault.Path);
        Answer answer = await vault.RunAsync(command);
        Assert.Equal(before, Hashes(vault.Path));
        Assert.True(answer.ExitCode == ExitCode.Failed && codes.Split(',').Contains(answer.Codes.FirstOrDefault()), $"{answer.ExitCode} {answer.Error}{answer.Out}");
    }

    [Fact]
    public async Task A_corrupted_branch_page_opens_nothing_says_what_helps_and_changes_no_byte()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, _) = await vault.ImportAsync(people: 100, images: 1);
        string keys = Path.Combine(vault.Path, "keys.db");
        byte[] whole = File.ReadAllBytes(keys);
        Corrupt(keys, "branch");
        SortedDictionary<string, string> before = Unchanged.Print(vault.Folder.Path);

        foreach (string[] command in (string[][])
            [
                ["audit"], ["audit", "--inspect"], ["consent", "list"], ["identify", "--purpose", "door", "--npy", npy, "--rank-only"],
                ["withdraw", "--consent", "person-1@door", "--certificate", vault.Folder["certificate"], "--yes"],
            ])
        {
            Answer answer = await vault.RunAsync(command);
            AssertRefused(answer, "StoreDamaged");
            Assert.Contains("Restore it from a mirror (restore --keys).", answer.Error, StringComparison.Ordinal);
            Assert.Equal(before, Unchanged.Print(vault.Folder.Path));
        }

        File.WriteAllBytes(keys, whole);
        Answer mended = await vault.RunAsync("audit");
        Assert.True(mended.ExitCode == ExitCode.Done, mended.Out + mended.Error);
    }

    [Fact]
    public async Task Looking_at_a_vault_leaves_its_folders_as_they_were()
    {
        using var place = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: place["mirror"]);
        await vault.ImportAsync(people: 3, images: 1);
        SortedDictionary<string, string> before = Hashes(vault.Path), mirror = Hashes(place["mirror"]);

        foreach (string[] command in (string[][])[["status"], ["key"], ["checkpoint"], ["ledger", "--json"], ["consent", "list", "--json"], ["purpose", "list", "--json"], ["mirror", "status", "--json"], ["audit", "--inspect"], ["sweep", "--dry-run"]])
        {
            Answer answer = await vault.RunAsync(command);
            Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
            Assert.Equal(before, Hashes(vault.Path));
            Assert.Equal(mirror, Hashes(place["mirror"]));
        }
    }

    [Fact]
    public async Task Status_warns_of_a_template_store_that_is_not_there()
    {
        using CliVault vault = await CliVault.CreateAsync();
        File.Delete(Path.Combine(vault.Path, "templates.db"));

        Answer status = await vault.RunAsync("status");
        Assert.Equal(ExitCode.Done, status.ExitCode);
        Assert.Contains("warning: The template store is not there", status.Out, StringComparison.Ordinal);
        AssertRefused(await vault.RunAsync("audit"), "StoreMissing");
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_its_version()
    {
        using CliVault vault = await CliVault.CreateAsync();
        string path = Path.Combine(vault.Path, "vault.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 2"));

        AssertRefused(await vault.RunAsync("key"), "FormatTooNew");
    }

    [Fact]
    public async Task Of_two_clones_with_one_root_only_the_one_that_went_on_opens()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2, images: 1);
        Copy(vault.Path, vault.Folder["clone"]);
        Assert.Equal(ExitCode.Done, (await Run.With(CliVault.Grant("c-1", "s-1"), "consent", "grant", vault.Folder["clone"], "-")).ExitCode);

        AssertRefused(await vault.RunWithAsync(CliVault.Grant("c-2", "s-2"), "consent", "grant", "-"), "StoreRolledBack", "StoreForked");
        Assert.Equal(ExitCode.Done, (await Run.Of("audit", vault.Folder["clone"])).ExitCode);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>Flips a bit in the middle of every blob of a table.</summary>
    private static void Corrupt(string path, string table)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand read = connection.CreateCommand();
        read.CommandText = $"SELECT id, blob FROM {table}";
        var blobs = new List<(long Id, byte[] Blob)>();
        using (SqliteDataReader rows = read.ExecuteReader())
        {
            while (rows.Read())
                blobs.Add((rows.GetInt64(0), (byte[])rows[1]));
        }
        Assert.NotEmpty(blobs);
        foreach ((long id, byte[] blob) in blobs)
        {
            blob[blob.Length / 2] ^= 1;
            using SqliteCommand write = connection.CreateCommand();
            write.CommandText = $"UPDATE {table} SET blob = $blob WHERE id = $id";
            write.Parameters.AddWithValue("$blob", blob);
            write.Parameters.AddWithValue("$id", id);
            write.ExecuteNonQuery();
        }
    }
}
