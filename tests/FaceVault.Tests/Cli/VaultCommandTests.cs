using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Ledger;

namespace FaceVault.Tests.Cli;

public sealed class VaultCommandTests
{
    private static JsonElement[] Json(Answer answer)
    {
        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        JsonElement[] lines = [.. answer.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("v").GetInt32()));
        return lines;
    }

    [Fact]
    public async Task Init_prints_the_verifier_key_where_the_root_lies_and_what_losing_or_copying_it_means()
    {
        using var folder = new TemporaryFolder();

        Answer answer = await Run.Of("init", folder["vault"], "--root", folder["a.key"], "--root", folder["b.key"], "--no-mirror", "--allow-ephemeral-root", "--origin", "example.org/door");

        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        Assert.Contains("verifier key: example.org/door+", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"root key: {folder["a.key"]}\nroot key: {folder["b.key"]}\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("lost every template", answer.Out, StringComparison.Ordinal);
        Assert.Contains("never back it up", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task Init_prints_the_path_of_a_mirror_that_it_wrote_down(params string[] json)
    {
        using var folder = new TemporaryFolder();
        string typed = Path.GetRelativePath(Environment.CurrentDirectory, folder["mirror"]);

        Answer answer = await Run.Of(["init", folder["vault"], "--root", folder["a.key"], "--single-root", "--mirror", typed, "--allow-ephemeral-root", .. json]);

        Assert.True(answer.ExitCode == ExitCode.Done, answer.Error);
        Assert.Contains(json is [] ? $"mirror: {folder["mirror"]}\n" : $"[\"{folder["mirror"]}\"]", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"\"{folder["mirror"]}\"", File.ReadAllText(folder["vault/vault.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_roots_place_comes_from_the_option_else_the_environment_else_vault_json()
    {
        using CliVault vault = await CliVault.CreateAsync();
        string moved = vault.Folder["moved.key"];

        Assert.Equal(vault.Key + "\n", (await vault.RunAsync("key")).Out);
        File.Move(vault.Root, moved);
        Answer missing = await vault.RunAsync("key");
        Assert.Equal((ExitCode.Failed, "RootKeyMissing"), (missing.ExitCode, Assert.Single(missing.Codes)));
        Assert.Equal(vault.Key + "\n", (await vault.RunAsync("key", "--root", moved)).Out);
        using var output = new StringWriter();
        var terminal = new Terminal { In = TextReader.Null, Out = output, Error = TextWriter.Null, Environment = name => name == "FACEVAULT_ROOT" ? $"{moved}:" : null };
        Assert.Equal(ExitCode.Done, await Program.RunAsync(["key", vault.Path], terminal, CancellationToken.None));
        Assert.Equal(vault.Key, output.ToString().TrimEnd());
    }

    [Fact]
    public async Task Purposes_are_added_once_listed_and_shown_as_they_were_written()
    {
        using CliVault vault = await CliVault.CreateAsync();

        Answer again = await vault.RunAsync("purpose", "add", vault.Folder["door.json"], "--json");
        Assert.False(Json(again).Single().GetProperty("added").GetBoolean());
        JsonElement listed = Json(await vault.RunAsync("purpose", "list")).Single();
        Assert.Equal(("door", 1, 0), (listed.GetProperty("id").GetString(), listed.GetProperty("version").GetInt32(), listed.GetProperty("consents").GetInt32()));
        Assert.True(listed.GetProperty("rotated").GetBoolean());
        string shown = (await vault.RunAsync("purpose", "show", "door")).Out;
        Assert.Equal(Purpose.FromJson(System.Text.Encoding.UTF8.GetBytes(CliVault.Purpose("door"))), Purpose.FromJson(System.Text.Encoding.UTF8.GetBytes(shown)));
        Answer unknown = await vault.RunAsync("purpose", "show", "window");
        Assert.Equal((ExitCode.Failed, "PurposeUnknown"), (unknown.ExitCode, Assert.Single(unknown.Codes)));
    }

    [Fact]
    public async Task One_consent_lives_from_grant_to_checked_certificate()
    {
        using CliVault vault = await CliVault.CreateAsync("verification");
        (string npy, _) = vault.MakeFaces(2, 2);
        Answer granted = await vault.RunWithAsync(CliVault.Grant("@c-1", "s-1"), "consent", "grant", "-");
        Assert.True(granted.ExitCode == ExitCode.Done, granted.Error);
        string receipt = vault.Folder.Write("receipt.json", granted.Out);

        Assert.Equal(ExitCode.Done, (await vault.RunAsync("enroll", "--consent", "@c-1", "--npy", npy, "--row", "0")).ExitCode);
        Answer same = await vault.RunAsync("verify-face", "--consent", "@c-1", "--npy", npy, "--row", "2", "--threshold", "0.45", "--json");
        Answer other = await vault.RunAsync("verify-face", "--consent", "@c-1", "--npy", npy, "--row", "1", "--threshold", "0.45", "--json");
        Assert.Equal((ExitCode.Done, ExitCode.No), (same.ExitCode, other.ExitCode));
        Assert.Contains("\"outcome\":\"match\"", same.Out, StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"noMatch\"", other.Out, StringComparison.Ordinal);
        JsonElement shown = Json(await vault.RunAsync("consent", "show", "@c-1", "--json")).Single();
        Assert.Equal("given", shown.GetProperty("state").GetString());
        JsonElement record = Json(await vault.RunAsync("consent", "show", "@c-1", "--record")).Single();
        Assert.Equal(("@c-1", "given", "i-@c-1"), (record.GetProperty("header").GetProperty("record").GetString(), record.GetProperty("header").GetProperty("state").GetString(), record.GetProperty("processing").GetProperty("interaction").GetString()));
        Assert.Equal(("s-1", "door", 1), (shown.GetProperty("subject").GetString(), shown.GetProperty("purpose").GetString(), shown.GetProperty("templates").GetInt32()));

        string certificate = vault.Folder["certificate.json"];
        Answer unasked = await vault.RunAsync("withdraw", "--consent", "@c-1", "--certificate", certificate);
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));
        Answer dry = await vault.RunAsync("withdraw", "--consent", "@c-1", "--certificate", certificate, "--dry-run", "--json");
        Assert.Equal((1, 1), (Json(dry).Single().GetProperty("consents").GetInt32(), Json(dry).Single().GetProperty("templates").GetInt32()));
        Assert.False(File.Exists(certificate));
        Answer withdrawn = await vault.RunAsync("withdraw", "--consent", "@c-1", "--certificate", certificate, "--yes");
        Assert.True(withdrawn.ExitCode == ExitCode.Done, withdrawn.Error);

        Answer refused = await vault.RunAsync("verify-face", "--consent", "@c-1", "--npy", npy, "--row", "2", "--threshold", "0.45");
        Assert.Equal((ExitCode.Failed, "ConsentWithdrawn"), (refused.ExitCode, Assert.Single(refused.Codes)));
        Answer check = await Run.Of("certificate", "check", certificate, "--key", vault.Key, "--receipt", receipt);
        Assert.Equal((ExitCode.Done, ""), (check.ExitCode, check.Error));
        Assert.StartsWith("valid: ", check.Out, StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(certificate);
        bytes[bytes.Length / 2] ^= 1;
        Assert.Equal(ExitCode.No, (await Run.Of("certificate", "check", vault.Folder.Write("changed.json", bytes), "--key", vault.Key)).ExitCode);
    }

    [Fact]
    public async Task Imported_faces_are_identified_and_one_that_withdrew_is_never_named_again()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = await vault.ImportAsync(people: 20);
        string summary = vault.Folder["summary.json"], list = vault.Folder.Write("ids", "person-3@door\nperson-5@door\n"), certificates = vault.Folder["c.ndjson"];
        string[] identify = ["identify", "--purpose", "door", "--npy", npy, "--labels", labels, "--select", "rest", "--top", "3", "--rank-only"];

        JsonElement[] before = Json(await vault.RunAsync([.. identify, "--summary", summary]));
        Assert.Equal(Enumerable.Range(20, 20), before.Select(line => line.GetProperty("row").GetInt32()));
        Assert.All(before, line => Assert.Equal(3, line.GetProperty("candidates").GetArrayLength()));
        Assert.Equal("person-3@door", before[3].GetProperty("candidates")[0].GetProperty("consent").GetString());
        Assert.Equal((await vault.RunAsync([.. identify, "--mode", "open"])).Out, (await vault.RunAsync([.. identify, "--mode", "sealed"])).Out);
        using (JsonDocument figures = JsonDocument.Parse(File.ReadAllText(summary)))
        {
            Assert.Equal((1, 20, 400), (figures.RootElement.GetProperty("v").GetInt32(), figures.RootElement.GetProperty("probes").GetInt32(), figures.RootElement.GetProperty("comparisons").GetInt32()));
            Assert.True(figures.RootElement.GetProperty("rank1").GetDouble() > 0.7);
        }

        Answer withdrawn = await vault.RunWithAsync(File.ReadAllText(list), "withdraw", "--consents", "-", "--certificate", certificates, "--yes", "--json");
        Assert.Equal(2, Json(withdrawn).Single().GetProperty("certificates").GetInt32());
        Answer check = await Run.Of("certificate", "check", certificates, "--key", vault.Key);
        Assert.Equal(2, Json(check).Count(line => line.GetProperty("valid").GetBoolean()));
        Answer after = await vault.RunAsync(identify);
        Assert.DoesNotContain("person-3@", after.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("person-5\"", after.Out, StringComparison.Ordinal);
        string[] unchanged = [.. before.Select(line => line.ToString()).Where(line => !line.Contains("person-3\"") && !line.Contains("person-5\""))];
        Assert.NotEmpty(unchanged);
        Assert.Subset(after.Lines.ToHashSet(StringComparer.Ordinal), unchanged.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_second_import_skips_what_is_there()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = await vault.ImportAsync(people: 5);

        Answer again = await vault.RunAsync("import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--select", "first", "--json");
        JsonElement result = Json(again).Single();
        Assert.Equal((0, 0, 5), (result.GetProperty("granted").GetInt32(), result.GetProperty("enrolled").GetInt32(), result.GetProperty("skipped").GetInt32()));
    }

    [Fact]
    public async Task Consents_from_a_table_bring_their_own_ids_and_an_identity_without_one_stops_the_import()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(2, 2);
        const string header = "identity,consent,subject,given,expires,noticeSha256,form,ageBand,interaction,evidenceSha256,guardian\n";
        string hash = new('0', 64), row = $"{CliVault.Given},2099-01-01T00:00:00Z,{hash},written,";
        string[] import = ["import", "--purpose", "door", "--npy", npy, "--labels", labels, "--receipts", vault.Folder["receipts"], "--consents"];

        Answer missing = await vault.RunAsync([.. import, vault.Folder.Write("one.csv", $"{header}person-0,c-0,s-0,{row}adult,i-0,{hash},\n")]);
        Assert.Equal((ExitCode.Misuse, "ConsentsMismatch"), (missing.ExitCode, Assert.Single(missing.Codes)));
        Assert.False(File.Exists(vault.Folder["receipts"]));
        Answer done = await vault.RunAsync([.. import, vault.Folder.Write("two.csv", $"{header}person-0,c-0,s-0,{row}adult,i-0,{hash},\nperson-1,c-1,s-1,{row}child,i-1,{hash},g-1\n")]);
        Assert.True(done.ExitCode == ExitCode.Done, done.Error);
        Assert.Equal(["c-0", "c-1"], File.ReadLines(vault.Folder["receipts"]).Select(line => ConsentReceipt.Parse(System.Text.Encoding.UTF8.GetBytes(line)).Consent.DangerousValue()).Order());
        JsonElement[] found = Json(await vault.RunAsync("identify", "--purpose", "door", "--npy", npy, "--rank-only", "--top", "1"));
        Assert.Equal(["c-0", "c-1", "c-0", "c-1"], found.Select(line => line.GetProperty("candidates")[0].GetProperty("consent").GetString()));
        Assert.All(Json(await vault.RunAsync("consent", "list")), line => Assert.Equal(2, line.GetProperty("templates").GetInt32()));
        Assert.Single(Json(await vault.RunAsync("consent", "list", "--subject", "s-1")));
    }

    [Fact]
    public async Task The_ledger_is_listed_with_the_strings_as_hashed()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);

        JsonElement[] ledger = Json(await vault.RunAsync("ledger"));
        Assert.Equal(Enumerable.Range(0, ledger.Length), ledger.Select(line => line.GetProperty("index").GetInt32()));
        foreach (JsonElement line in ledger)
        {
            byte[] hashed = [0, .. System.Text.Encoding.UTF8.GetBytes(line.GetProperty("entry").GetString()!)];
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(hashed)), line.GetProperty("leafHash").GetString());
        }
        Assert.Equal(ledger.Length - 2, Json(await vault.RunAsync("ledger", "--from", "2")).Length);
        string note = (await vault.RunAsync("checkpoint")).Out;
        Assert.True(FaceVault.Checkpoint.Parse(note).Check(VerifierKey.Parse(vault.Key)));
    }

    [Fact]
    public async Task A_subject_is_erased_with_all_of_its_consents()
    {
        using CliVault vault = await CliVault.CreateAsync();
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("purpose", "add", vault.Folder.Write("gate.json", CliVault.Purpose("gate")))).ExitCode);
        foreach (string purpose in (string[])["door", "gate"])
            Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant($"c-{purpose}", "s-1", purpose), "consent", "grant", "-")).ExitCode);

        Answer erased = await vault.RunAsync("erase", "--subject", "s-1", "--order", "court order 7", "--certificate", vault.Folder["c.ndjson"], "--yes");
        Assert.True(erased.ExitCode == ExitCode.Done, erased.Error);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", vault.Folder["c.ndjson"], "--key", vault.Key)).ExitCode);
        Answer again = await vault.RunAsync("erase", "--subject", "s-1", "--certificate", vault.Folder["again"], "--yes");
        Assert.Equal((ExitCode.Done, 2), (again.ExitCode, File.ReadLines(vault.Folder["again"]).Count()));
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", vault.Folder["again"], "--key", vault.Key)).ExitCode);
        Answer unknown = await vault.RunAsync("erase", "--subject", "nobody", "--certificate", vault.Folder["d.ndjson"], "--yes");
        Assert.Equal((ExitCode.Failed, "ConsentUnknown"), (unknown.ExitCode, Assert.Single(unknown.Codes)));
    }

    [Fact]
    public async Task An_order_for_one_purpose_leaves_the_other_as_it_is()
    {
        using CliVault vault = await CliVault.CreateAsync();
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("purpose", "add", vault.Folder.Write("gate.json", CliVault.Purpose("gate")))).ExitCode);
        foreach (string purpose in (string[])["door", "gate"])
            Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant($"c-{purpose}", "s-1", purpose), "consent", "grant", "-")).ExitCode);
        Answer dry = await vault.RunAsync("erase", "--subject", "s-1", "--purpose", "gate", "--certificate", vault.Folder["none"], "--dry-run", "--json");
        Assert.Contains("\"consents\":1", dry.Out, StringComparison.Ordinal);
        Answer erased = await vault.RunAsync("erase", "--subject", "s-1", "--purpose", "gate", "--certificate", vault.Folder["c.json"], "--yes");
        Assert.True(erased.ExitCode == ExitCode.Done, erased.Error);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", vault.Folder["c.json"], "--key", vault.Key)).ExitCode);
        Assert.Contains("\"status\":\"active\"", (await vault.RunAsync("consent", "show", "--consent", "c-door", "--json")).Out, StringComparison.Ordinal);
        Answer none = await vault.RunAsync("erase", "--subject", "s-1", "--purpose", "nothing", "--certificate", vault.Folder["d.json"], "--yes");
        Assert.Equal((ExitCode.Failed, "ScopeUnknown"), (none.ExitCode, Assert.Single(none.Codes)));
        Assert.False(File.Exists(vault.Folder["d.json"]));
    }

    [Fact]
    public async Task The_demonstration_runs_through_and_shows_the_refused_copy()
    {
        Answer answer = await Run.Of("demo", "--subjects", "60");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        Assert.Contains("refused: StoreRolledBack: ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("60 found as themselves", answer.Out, StringComparison.Ordinal);
        Assert.Contains("with one bit changed: invalid", answer.Out, StringComparison.Ordinal);
        Assert.Contains("it opens, with 59 templates", answer.Out, StringComparison.Ordinal);
    }
}
