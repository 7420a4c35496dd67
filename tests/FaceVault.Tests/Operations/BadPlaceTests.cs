using System.Globalization;
using System.Text;
using System.Text.Json;
using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>Folders and root locations that are not what they should be: a code, a remedy, and not a byte changed.</summary>
public sealed class BadPlaceTests
{
    [Fact]
    public async Task A_folder_that_is_no_vault()
    {
        using var folder = new TemporaryFolder();
        using var key = new TemporaryFolder();
        await OpeningFails(folder.Path, VaultErrorCode.VaultNotFound, Options(folder.Path, key["root.key"]));
        await OpeningFails(folder.Path, VaultErrorCode.VaultNotFound, Options(folder["missing"], key["root.key"]));
        folder.Write("keys.db", "no database");
        await OpeningFails(folder.Path, VaultErrorCode.VaultNotFound, Options(folder.Path, key["root.key"]));
        Assert.False(File.Exists(key["root.key"]));
    }

    [Theory]
    [InlineData("", VaultErrorCode.StoreDamaged)]
    [InlineData("{", VaultErrorCode.StoreDamaged)]
    [InlineData("[]", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":\"1\",\"vault\":\"\",\"origin\":\"\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":0,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899AABBCCDDEEFF\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a b\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[1],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[\"relative\"]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[],\"comment\":\"\"}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[],\"Mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[],\"format\":1}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":null}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[null]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[[]]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":{}}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[\"\\uD800\"]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[],}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]} {}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]/**/}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":null,\"origin\":\"a\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":null,\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":7,\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":1.5,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":-1,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":[]}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":2,\"something\":\"new\",\"something\":\"else\"}", VaultErrorCode.StoreDamaged)]
    [InlineData("{\"format\":2,\"vault\":\"00112233445566778899aabbccddeeff\",\"origin\":\"a\",\"roots\":[],\"mirrors\":{},\"more\":1}", VaultErrorCode.FormatTooNew)]
    [InlineData("{\"format\":2,\"something\":\"new\"}", VaultErrorCode.FormatTooNew)]
    public async Task A_vault_json_that_is_none_or_newer(string text, VaultErrorCode code)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vault.json", text);
        using var key = new TemporaryFolder();
        VaultException failure = await OpeningFails(folder.Path, code, Options(folder.Path, key["root.key"]));
        Assert.Contains(code == VaultErrorCode.FormatTooNew ? "format 2" : "vault.json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_json_is_read_as_it_was_written_whatever_the_order_and_the_white_space()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        string path = Path.Combine(folder["vault"], VaultDescription.FileName);
        using JsonDocument written = JsonDocument.Parse(File.ReadAllText(path));
        VaultDescription description = VaultDescription.Read(folder["vault"]);
        IEnumerable<string> members = written.RootElement.EnumerateObject().Reverse().Select(m => $"\"{m.Name}\":{m.Value.GetRawText()}");
        File.WriteAllText(path, $" {{{string.Join(',', members)}}}\r\n");
        VaultDescription again = VaultDescription.Read(folder["vault"]);
        Assert.Equal((description.VaultId, description.Origin), (again.VaultId, again.Origin));
        Assert.Equal(description.Roots, again.Roots);
        Assert.Equal(description.Mirrors, again.Mirrors);
        Assert.Equal([folder["root0.key"]], Vault.ReadRootPaths(folder["vault"]));
        await (await OpensAsync(folder["vault"], folder["root0.key"])).DisposeAsync();
    }

    [Theory]
    [InlineData("keys.db", 2)]
    [InlineData("templates.db", 1)]
    public async Task A_store_of_a_newer_format(string store, int known)
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        SetUserVersion(Path.Combine(folder["vault"], store), known + 1);
        await OpeningFails(folder.Path, VaultErrorCode.FormatTooNew, Options(folder["vault"], folder["root0.key"]));
        SetUserVersion(Path.Combine(folder["vault"], store), known);
        await (await OpensAsync(folder["vault"], folder["root0.key"])).DisposeAsync();
    }

    [Fact]
    public async Task A_missing_damaged_foreign_or_relative_root_path()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        using var other = new TemporaryFolder();
        await MakeAsync(other.Path);
        string vault = folder["vault"], root = folder["root0.key"];
        await OpeningFails(folder.Path, VaultErrorCode.RootKeyMissing, Options(vault, folder["elsewhere.key"]));
        await OpeningFails(folder.Path, VaultErrorCode.RootPathRefused, Options(vault, "root0.key"));
        await OpeningFails(folder.Path, VaultErrorCode.RootPathRefused, Options(vault, Path.Combine(vault, "root.key")));
        VaultException foreign = await OpeningFails(folder.Path, VaultErrorCode.RootKeyForeign, Options(vault, other["root0.key"]));
        Assert.Contains("another vault", foreign.Message, StringComparison.Ordinal);
        await OpeningFails(folder.Path, VaultErrorCode.RootKeyForeign, Options(vault, root, other["root0.key"]));

        byte[] whole = await File.ReadAllBytesAsync(root);
        foreach (byte[] damaged in (byte[][])[[], whole[..1000], Flipped(whole), new byte[whole.Length]])
        {
            await File.WriteAllBytesAsync(root, damaged);
            await OpeningFails(folder.Path, VaultErrorCode.RootKeyMissing, Options(vault, root));
        }

        await File.WriteAllBytesAsync(root, whole);
        await (await OpensAsync(vault, root)).DisposeAsync();
        static byte[] Flipped(byte[] bytes)
        {
            byte[] flipped = [.. bytes];
            flipped[8192 + 1000] ^= 1;
            flipped[40960 + 1000] ^= 1;
            return flipped;
        }
    }

    [Fact]
    public async Task One_damaged_root_of_two_leaves_a_degraded_vault_that_says_so()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path, roots: 2);
        await File.WriteAllBytesAsync(folder["root1.key"], new byte[10]);
        await using var vault = new Vault(Options(folder["vault"], folder["root0.key"], folder["root1.key"]));
        VaultStatus status = await vault.GetStatusAsync();
        Assert.True(status.IsDegraded);
        Assert.Contains(status.Warnings, w => w.Contains("nothing can be destroyed", StringComparison.Ordinal));
        ErasureIncompleteException incomplete = await Assert.ThrowsAsync<ErasureIncompleteException>(() => vault.WithdrawConsentAsync(new ConsentId("c-0")));
        Assert.Equal(VaultErrorCode.ErasureIncomplete, incomplete.Code);
        Assert.Equal(ConsentStatus.Stopped, (await vault.GetConsentAsync(new ConsentId("c-0")))!.Status);
    }

    [Fact]
    public async Task Places_that_are_refused_for_a_new_vault()
    {
        using var folder = new TemporaryFolder();
        await CreatingFails(folder.Path, VaultErrorCode.RootPathRefused, Options(folder["vault"], "relative.key"));
        await CreatingFails(folder.Path, VaultErrorCode.RootPathRefused, Options(folder["vault"], Path.Combine(folder["vault"], "root.key")));
        await CreatingFails(folder.Path, VaultErrorCode.RootPathRefused, Options(folder["vault"], folder["no/folder/root.key"]));
        await CreatingFails(folder.Path, VaultErrorCode.RootPathRefused, Options(folder["vault"], folder["a.key"], folder["a.key"]));
        folder.Write("file", "in the way");
        await CreatingFails(folder.Path, VaultErrorCode.StoreFailed, Options(folder["file"], folder["b.key"]));
    }

    [Fact]
    public async Task Two_vaults_given_one_root()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        string root = folder["root0.key"];
        string before = Convert.ToHexString(await File.ReadAllBytesAsync(root));
        await using (var second = new Vault(Options(folder["second"], root)))
        {
            VaultException refusal = await Assert.ThrowsAsync<VaultException>(() => second.InitializeAsync());
            Assert.Equal(VaultErrorCode.VaultExists, refusal.Code);
        }

        await using (var mixed = new Vault(Options(folder["third"], folder["fresh.key"], root)))
            Assert.Equal(VaultErrorCode.VaultExists, (await Assert.ThrowsAsync<VaultException>(() => mixed.InitializeAsync())).Code);
        Assert.Equal(before, Convert.ToHexString(await File.ReadAllBytesAsync(root)));
        Assert.False(File.Exists(Path.Combine(folder["second"], "vault.json")));
        await (await OpensAsync(folder["vault"], root)).DisposeAsync();
        await OpeningFails(folder.Path, VaultErrorCode.VaultNotFound, Options(folder["second"], root));
        await using var again = new Vault(Options(folder["third"], folder["fresh.key"])); // what the refused creation left counts as unused
        await again.InitializeAsync();
    }

    [Fact]
    public async Task A_vault_is_not_made_where_one_is()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        await CreatingFails(folder.Path, VaultErrorCode.VaultExists, Options(folder["vault"], folder["root0.key"]));
        await CreatingFails(folder.Path, VaultErrorCode.VaultExists, Options(folder["vault"], folder["new.key"]));
        File.Delete(Path.Combine(folder["vault"], "vault.json"));
        await CreatingFails(folder.Path, VaultErrorCode.VaultExists, Options(folder["vault"], folder["root0.key"]));
    }

    [Fact]
    public async Task A_cloned_vault_folder_with_the_same_root()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        Copy(folder["vault"], folder["clone"]);
        string root = folder["root0.key"];
        await using (Vault clone = await OpensAsync(folder["clone"], root))
        {
            await using var beside = new Vault(Options(folder["vault"], root));
            Assert.Equal(VaultErrorCode.VaultInUse, (await Assert.ThrowsAsync<VaultException>(() => beside.OpenAsync())).Code);
            await clone.EnsurePurposeAsync(TestVault.Purpose(id: "gate"));
        }

        // The clone went on, so that the first folder is now the old copy; and the other way round.
        await OpeningFails(folder.Path, VaultErrorCode.StoreRolledBack, Options(folder["vault"], root));
        Copy(folder["clone"], folder["later"]);
        await using (Vault clone = await OpensAsync(folder["clone"], root))
            await clone.WithdrawConsentAsync(new ConsentId("c-0"));
        await OpeningFails(folder.Path, VaultErrorCode.StoreRolledBack, Options(folder["vault"], root));
        await OpeningFails(folder.Path, VaultErrorCode.StoreRolledBack, Options(folder["later"], root));
        await (await OpensAsync(folder["clone"], root)).DisposeAsync();
    }

    [Fact]
    public async Task Two_copies_that_both_went_on_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        Copy(folder["vault"], folder["clone"]);
        File.Copy(folder["root0.key"], folder["copied.key"]);
        await using (Vault one = await OpensAsync(folder["vault"], folder["root0.key"]))
            await one.EnsurePurposeAsync(TestVault.Purpose(id: "one"));
        await using (Vault two = await OpensAsync(folder["clone"], folder["copied.key"]))
            await two.EnsurePurposeAsync(TestVault.Purpose(id: "two"));
        await OpeningFails(folder.Path, VaultErrorCode.StoreForked, Options(folder["clone"], folder["root0.key"]));
        await OpeningFails(folder.Path, VaultErrorCode.StoreForked, Options(folder["vault"], folder["copied.key"]));
    }

    [Fact]
    public async Task A_missing_or_emptied_key_store()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        string store = Path.Combine(folder["vault"], "keys.db");
        File.Move(store, folder["kept.db"]);
        await OpeningFails(folder.Path, VaultErrorCode.StoreMissing, Options(folder["vault"], folder["root0.key"]));
        await CreatingFails(folder.Path, VaultErrorCode.VaultExists, Options(folder["vault"], folder["root0.key"]));
        await File.WriteAllBytesAsync(store, []);
        await using (var vault = new Vault(Options(folder["vault"], folder["root0.key"])))
            Assert.True((await Assert.ThrowsAsync<VaultException>(() => vault.OpenAsync())).Code is VaultErrorCode.StoreMissing or VaultErrorCode.StoreDamaged);
        File.Move(folder["kept.db"], store, overwrite: true);
        await (await OpensAsync(folder["vault"], folder["root0.key"])).DisposeAsync();
    }

    internal static VaultOptions Options(string directory, params string[] roots) => new()
    {
        Directory = directory,
        RootKey = new FileRootKeyStore(roots) { AllowEphemeral = true },
        TimeProvider = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)),
        LockTimeout = TimeSpan.FromMilliseconds(200),
        MatchingThreads = 1,
    };

    /// <summary>Makes a vault of three in a folder, in good order, and closes it.</summary>
    internal static async Task MakeAsync(string folder, int roots = 1)
    {
        await using TestVault test = await TestVault.InFilesAsync(folder, roots);
        await test.EnrollAsync(3);
    }

    internal static async Task<VaultException> OpeningFails(string folder, VaultErrorCode code, VaultOptions options)
    {
        SortedDictionary<string, string> before = Print(folder);
        VaultException failure;
        await using (var vault = new Vault(options))
            failure = await Assert.ThrowsAnyAsync<VaultException>(() => vault.OpenAsync());
        Assert.Equal((code, failure.Message), (failure.Code, failure.Message));
        Assert.Equal(before, Print(folder));
        return failure;
    }

    internal static async Task CreatingFails(string folder, VaultErrorCode code, VaultOptions options)
    {
        SortedDictionary<string, string> before = Print(folder);
        await using (var vault = new Vault(options))
        {
            VaultException failure = await Assert.ThrowsAnyAsync<VaultException>(() => vault.InitializeAsync());
            Assert.Equal((code, failure.Message), (failure.Code, failure.Message));
        }

        Assert.Equal(before, Print(folder));
    }

    internal static async Task<Vault> OpensAsync(string directory, string root)
    {
        var vault = new Vault(Options(directory, root));
        await vault.OpenAsync();
        _ = await vault.GetStatusAsync();
        return vault;
    }

    internal static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void SetUserVersion(string database, int version)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}");
        command.ExecuteNonQuery();
    }
}
