using System.Text.Json;
using FaceVault.Cli;
using Microsoft.Data.Sqlite;

namespace FaceVault.Tests.Cli;

/// <summary>Status, audit, sweep, mirrors, restore, replacing and renewing, stopping half way.</summary>
public sealed class OperatingTests
{
    private static JsonElement Json(Answer answer)
    {
        Assert.True(answer.ExitCode is ExitCode.Done or ExitCode.No, answer.Error);
        JsonElement result = JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
        Assert.Equal(1, result.GetProperty("v").GetInt32());
        return result;
    }

    [Fact]
    public async Task Status_counts_and_audit_finds_an_intact_vault_intact()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 5);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-1@door", "--certificate", vault.Folder["c"], "--yes")).ExitCode);

        JsonElement status = Json(await vault.RunAsync("status", "--json"));
        Assert.Equal((4, 5, 1), (status.GetProperty("consents").GetInt32(), status.GetProperty("slots").GetInt32(), status.GetProperty("purposes").GetInt32()));
        Assert.Equal((0, false), (status.GetProperty("owed").GetInt32(), status.GetProperty("degraded").GetBoolean()));
        Assert.True(status.GetProperty("keyStoreBytes").GetInt64() > 0);
        Assert.Contains("consents: 4 living, 5 ever\n", (await vault.RunAsync("status")).Out, StringComparison.Ordinal);
        Answer audit = await vault.RunAsync("audit", "--json");
        Assert.Equal(ExitCode.Done, audit.ExitCode);
        Assert.Equal((true, 4, 1), (Json(audit).GetProperty("intact").GetBoolean(), Json(audit).GetProperty("templates").GetInt32(), Json(audit).GetProperty("certificates").GetInt32()));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit", "--inspect")).ExitCode);
    }

    [Fact]
    public async Task Audit_exits_1_for_a_broken_claim_and_0_for_templates_that_are_missing()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 5);
        string templates = Path.Combine(vault.Path, "templates.db");

        Execute(templates, "DELETE FROM template WHERE id IN (SELECT id FROM template LIMIT 1)");
        Answer missing = await vault.RunAsync("audit", "--json");
        Assert.True(missing.ExitCode == ExitCode.Done, missing.Out);
        Assert.NotEqual(0, Json(missing).GetProperty("findings").GetArrayLength());
        Execute(templates, "UPDATE template SET blob = zeroblob(length(blob))");
        Answer broken = await vault.RunAsync("audit");
        Assert.Equal((ExitCode.No, ""), (broken.ExitCode, broken.Error));
        Assert.StartsWith("BROKEN", broken.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_destroys_what_has_expired_and_asks_before()
    {
        using CliVault vault = await CliVault.CreateAsync();
        DateTimeOffset soon = TimeProvider.System.GetUtcNow().AddMinutes(2);
        string expires = soon.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1", expires: expires), "consent", "grant", "-")).ExitCode);
        Assert.Equal(0, Json(await vault.RunAsync("sweep", "--json")).GetProperty("expired").GetInt32());
        var later = new LaterClock(TimeSpan.FromMinutes(5));

        Answer unasked = await Run.At(later, "sweep", vault.Path);
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));
        Assert.Equal(1, Json(await Run.At(later, "sweep", vault.Path, "--dry-run", "--json")).GetProperty("consents").GetInt32());
        Assert.Equal(1, Json(await Run.At(later, "sweep", vault.Path, "--yes", "--json")).GetProperty("expired").GetInt32());
        Assert.Contains("status: destroyed", (await Run.At(later, "consent", "show", vault.Path, "c-1")).Out, StringComparison.Ordinal);

        var years = new LaterClock(TimeSpan.FromDays(4 * 366));
        Assert.Equal("ConfirmationNeeded", Assert.Single((await Run.At(years, "sweep", vault.Path)).Codes));
        JsonElement preview = Json(await Run.At(years, "sweep", vault.Path, "--dry-run", "--json"));
        Assert.Equal((0, 1), (preview.GetProperty("consents").GetInt32(), preview.GetProperty("evidence").GetInt32()));
        Assert.Equal(1, Json(await Run.At(years, "sweep", vault.Path, "--yes", "--json")).GetProperty("evidenceDestroyed").GetInt32());
    }

    [Fact]
    public async Task Templates_are_replaced_and_a_consent_renewed_each_with_a_certificate_of_the_old_key()
    {
        using CliVault vault = await CliVault.CreateAsync("verification");
        (string npy, _) = vault.MakeFaces(2, 2);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("enroll", "--consent", "c-1", "--npy", npy, "--row", "0")).ExitCode);

        string[] replace = ["replace", "--consent", "c-1", "--npy", npy, "--row", "1"];
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync(replace)).ExitCode);
        Assert.Equal(1, Json(await vault.RunAsync([.. replace, "--dry-run", "--json"])).GetProperty("templates").GetInt32());
        Answer replaced = await vault.RunAsync([.. replace, "--yes"]);
        Assert.True(replaced.ExitCode == ExitCode.Done, replaced.Error);
        Answer check = await Run.With(replaced.Out, "certificate", "check", "-", "--key", vault.Key);
        Assert.True(check.ExitCode == ExitCode.Done, check.Out + check.Error);
        Answer shown = await Run.With(replaced.Out, "certificate", "show", "-", "--json");
        Assert.Equal("replaced", Json(shown).GetProperty("trigger").GetString());
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("verify-face", "--consent", "c-1", "--npy", npy, "--row", "3", "--threshold", "0.45")).ExitCode);

        Answer renewed = await vault.RunWithAsync(CliVault.Grant("c-2", "s-1"), "consent", "renew", "-", "--consent", "c-1", "--certificate", vault.Folder["c"], "--yes");
        Assert.True(renewed.ExitCode == ExitCode.Done, renewed.Error);
        Assert.Equal("c-2", Json(renewed).GetProperty("consent").GetString());
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", vault.Folder["c"], "--key", vault.Key)).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("verify-face", "--consent", "c-2", "--npy", npy, "--row", "3", "--threshold", "0.45")).ExitCode);
    }

    [Fact]
    public async Task A_lost_vault_comes_back_from_its_mirror_and_an_archive_of_the_templates()
    {
        using var place = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: place["mirror"]);
        (string npy, _) = await vault.ImportAsync(people: 5);
        string[] identify = ["identify", "--purpose", "door", "--npy", npy, "--rank-only"];
        Answer before = await vault.RunAsync(identify);
        Directory.CreateDirectory(place["archive"]);
        File.Copy(Path.Combine(vault.Path, "templates.db"), Path.Combine(place["archive"], "templates.db"));
        Answer mirrors = await vault.RunAsync("mirror", "status");
        Assert.True(Json(mirrors).GetProperty("current").GetBoolean());
        Directory.Delete(vault.Path, recursive: true);

        Answer restored = await vault.RunAsync("restore", "--keys", place["mirror"], "--templates", place["archive"]);
        Assert.True(restored.ExitCode == ExitCode.Done, restored.Error);
        Assert.Equal(before.Out, (await vault.RunAsync(identify)).Out);
        Answer again = await vault.RunAsync("restore", "--templates", place["archive"]);
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (again.ExitCode, Assert.Single(again.Codes)));
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("restore")).ExitCode);
        File.Delete(Path.Combine(vault.Path, "templates.db"));
        Answer without = await vault.RunAsync("restore");
        Assert.Equal(ExitCode.Done, without.ExitCode);
        Assert.Contains("Enrol again", without.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_damaged_mirror_is_refilled()
    {
        using var place = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: place["mirror"]);
        await vault.ImportAsync(people: 3);
        Execute(Path.Combine(place["mirror"], "keys.db"), "UPDATE crown SET blob = zeroblob(length(blob))");
        Assert.False(Json(await vault.RunAsync("mirror", "status")).GetProperty("current").GetBoolean());

        Answer refilled = await vault.RunAsync("mirror", "refill", "--json");
        Assert.Equal(1, Json(refilled).GetProperty("refilled").GetInt32());
        Assert.True(Json(await vault.RunAsync("mirror", "status")).GetProperty("current").GetBoolean());
    }

    [Fact]
    public async Task A_mirror_whose_folder_is_gone_is_made_anew_and_can_be_restored_from()
    {
        using var place = new TemporaryFolder();
        using CliVault vault = await CliVault.CreateAsync(mirror: place["mirror"]);
        await vault.ImportAsync(people: 3);
        Directory.Delete(place["mirror"], recursive: true);

        Answer refilled = await vault.RunAsync("mirror", "refill", place["mirror"], "--json");
        Assert.Equal(1, Json(refilled).GetProperty("refilled").GetInt32());
        Assert.Equal(["keys.db", "vault.json"], Directory.EnumerateFiles(place["mirror"]).Select(Path.GetFileName).Order());
        Assert.True(Json(await vault.RunAsync("mirror", "status")).GetProperty("current").GetBoolean());
        Answer stranger = await vault.RunAsync("mirror", "refill", place["elsewhere"]);
        Assert.Equal((ExitCode.Misuse, false), (stranger.ExitCode, Directory.Exists(place["elsewhere"])));
    }

    [Fact]
    public async Task Receipts_are_given_again_when_an_import_is_repeated_and_kept_when_it_is_stopped()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(9_000, 1);
        string receipts = vault.Folder["receipts"];
        string[] import = ["import", vault.Path, "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--receipts", receipts];
        bool wasStopped = false;
        for (int calls = 2; calls <= 64 && !wasStopped; calls++)
        {
            using var stop = new CancellationTokenSource();
            using StringWriter output = new(), error = new();
            var terminal = new Terminal { In = TextReader.Null, Out = output, Error = error, Clock = new StoppingClock(stop, calls * 4_000), Environment = _ => null };
            int exit = await Program.RunAsync(import, terminal, stop.Token);
            int granted = Json(await vault.RunAsync("status", "--json")).GetProperty("consents").GetInt32();
            wasStopped = exit == ExitCode.Interrupted && granted > 0;
            if (wasStopped)
                Assert.Equal(granted, File.ReadLines(receipts).Count());
            if (exit == ExitCode.Done)
                break;
        }

        Assert.True(wasStopped);
        for (int run = 0; run < 2; run++)
        {
            Answer again = await Run.Of(import);
            Assert.True(again.ExitCode == ExitCode.Done, again.Error);
            Assert.Equal(9_000, File.ReadLines(receipts).Select(line => ConsentReceipt.Parse(System.Text.Encoding.UTF8.GetBytes(line)).Consent).Distinct().Count());
        }
    }

    [Fact]
    public async Task An_import_stopped_anywhere_leaves_a_consistent_vault_and_goes_on_when_run_again()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(10_000, 1);
        string[] import = ["import", vault.Path, "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--json"];
        var exits = new List<int>();
        for (int calls = 2; calls <= 32; calls *= 2)
        {
            using var stop = new CancellationTokenSource();
            using StringWriter output = new(), error = new();
            var terminal = new Terminal { In = TextReader.Null, Out = output, Error = error, Clock = new StoppingClock(stop, calls), Environment = _ => null };
            exits.Add(await Program.RunAsync(import, terminal, stop.Token));
            Assert.True(exits[^1] is ExitCode.Done or ExitCode.Interrupted, error.ToString());
            Assert.Equal(exits[^1] == ExitCode.Interrupted, error.ToString().StartsWith("error Interrupted: ", StringComparison.Ordinal));
            Answer audit = await vault.RunAsync("audit");
            Assert.True(audit.ExitCode == ExitCode.Done, audit.Out);
        }

        Assert.Contains(ExitCode.Interrupted, exits);
        JsonElement rest = Json(await Run.Of(import));
        Assert.Equal(10_000, rest.GetProperty("enrolled").GetInt64() + rest.GetProperty("skipped").GetInt64());
        Assert.Equal(10_000, Json(await vault.RunAsync("audit", "--json")).GetProperty("templates").GetInt64());
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class LaterClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }

    /// <summary>Presses Ctrl-C when the time was asked for so many times.</summary>
    private sealed class StoppingClock(CancellationTokenSource stop, int calls) : TimeProvider
    {
        private int _calls;

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Increment(ref _calls) == calls)
                stop.Cancel();
            return System.GetUtcNow();
        }
    }
}
