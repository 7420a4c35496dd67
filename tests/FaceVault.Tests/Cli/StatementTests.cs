using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceVault.Cli;
using FaceVault.Cli.Documents;
using FaceVault.Operations;
using FaceVault.Tests.Conventions;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Cli;

/// <summary>The statement says what the vault can show, and names nobody and no path.</summary>
public sealed partial class StatementTests
{
    [Fact]
    public void Its_claims_are_those_of_the_threat_model()
    {
        string page = Repository.Read("docs/threat-model.md");
        string[] stated = [.. page[..page.IndexOf("## Tests that attack them", StringComparison.Ordinal)].Split('\n').Where(line => line.StartsWith("| E", StringComparison.Ordinal))];
        Assert.Equal(stated, Claims.All.Select(claim => $"| {claim.Number} | {claim.Says} |"));
    }

    [Fact]
    public async Task Its_counts_are_those_of_the_ledger_and_of_the_vault()
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots: 2, mirrors: 1);
        await test.EnrollAsync(6);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-5"));
        await test.Vault.CopyTemplatesAsync(new ConsentId("c-3"), (_, _) => { });
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), "order 7");
        await test.Vault.RestrictConsentAsync(new ConsentId("c-2"));
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([new("c-3")]));
        byte[] statement = await test.Vault.ExportStatementAsync();
        JsonElement root = JsonDocument.Parse(statement).RootElement;
        JsonElement ledger = root.GetProperty("ledger"), removed = root.GetProperty("keysRemoved");
        Assert.Equal((6, 3, 3, 1), (Count(ledger, "key-created"), Count(ledger, "key-removed"), Count(ledger, "destruction-completed"), Count(ledger, "templates-copied")));
        Assert.Equal((2, 1), (Count(removed, "withdrawn"), Count(removed, "erased")));
        Assert.Equal((3, 0, 1, 1, 1), (Count(root, "consents"), Count(root, "owed"), Count(root, "held"), Count(root, "restricted"), Count(root, "templatesCopied")));
        Assert.Equal(["root", "root", "store", "mirror"], root.GetProperty("places").EnumerateArray().Select(p => p.GetProperty("type").GetString()));
        JsonElement records = root.GetProperty("purposes")[0].GetProperty("records");
        Assert.Equal(("2026-11-21", "2026-11-21", 6, 3), (records.GetProperty("from").GetString(), records.GetProperty("to").GetString(), Count(records, "enrolments"), Count(records, "stopped")));
        Assert.Empty(root.GetProperty("filing").EnumerateArray()); // the baseline asks for none
        long lines = 0;
        await foreach (LedgerLine _ in test.Vault.ReadLedgerAsync())
            lines++;
        Assert.Equal(lines, ledger.EnumerateObject().Sum(kind => kind.Value.GetInt64()));
        Checkpoint checkpoint = Checkpoint.Parse(root.GetProperty("checkpoint").GetString()!);
        Assert.True(checkpoint.Check(VerifierKey.Parse(root.GetProperty("verifierKey").GetString()!)));
        Assert.Equal(lines, checkpoint.Size);
        string text = Encoding.UTF8.GetString(statement);
        Assert.DoesNotContain("subject of", text, StringComparison.Ordinal);
        Assert.DoesNotContain("c-3", text, StringComparison.Ordinal);
        Assert.DoesNotContain("order 7", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markdown")]
    [InlineData("html")]
    public async Task A_page_has_five_parts_and_says_nothing_that_the_record_does_not(string format)
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 3);
        string hostile = CliVault.Purpose("lift", "verification").Replace("Opens a door.", "<script>alert(1)</script> | ```", StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("purpose", "add", vault.Folder.Write("lift.json", hostile))).ExitCode);
        await vault.RunAsync("withdraw", "--consent", "person-1@door", "--certificate", vault.Folder["certificate"], "--yes");
        Answer document = await vault.RunAsync("statement", "--format", format);
        Assert.Equal((ExitCode.Done, ""), (document.ExitCode, document.Error));
        Assert.Equal(["Safety", "Transparency", "Data protection", "Responsibility", "Fairness"], Headings().Matches(document.Out).Select(m => m.Groups["name"].Value));
        string text = format == "html" ? WebUtility.HtmlDecode(document.Out) : Escaped().Replace(document.Out, "${mark}");
        Assert.All(Claims.All, claim => Assert.Contains(claim.Says, text, StringComparison.Ordinal));
        Assert.All(new[] { vault.Key, "A card.", "IA-1", "keys destroyed: withdrawn", "Of 1 keys that were removed, 1 have a certificate", "No threshold was measured for this purpose", "1 year", "declared synthetic, of no real person: 3" }, word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.DoesNotContain(vault.Folder.Path, document.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("person-", document.Out, StringComparison.Ordinal);
        Assert.DoesNotMatch(Script(), document.Out);
        Assert.All((await vault.RunAsync("checkpoint")).Out.TrimEnd('\n').Split('\n'), line => Assert.Contains(line, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_says_where_filing_stands()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Profile = "cn" });
        await test.Vault.GrantConsentsAsync([test.Grant("c-0", "ann", "gate") with { Form = "written" }, test.Grant("c-1", "bob", "gate") with { Form = "written" }]);
        byte[] statement = await test.Vault.ExportStatementAsync();
        JsonElement duty = Assert.Single(JsonDocument.Parse(statement).RootElement.GetProperty("filing").EnumerateArray());
        Assert.Equal((100_000, 2, false), (Count(duty, "threshold"), Count(duty, "persons"), duty.GetProperty("overdue").GetBoolean()));
        string page = StatementDocument.Make(statement, DocumentFormat.Markdown);
        Assert.Contains("| 100000 persons | 2 | not reached |  |  |", page, StringComparison.Ordinal);
        string reached = Encoding.UTF8.GetString(statement).Replace("\"persons\":2,", "\"persons\":100000,\"crossed\":\"2026-06-01\",", StringComparison.Ordinal);
        Assert.Contains("| 2026-06-01 | cannot be told without a calendar of working days | no |", StatementDocument.Make(Encoding.UTF8.GetBytes(reached), DocumentFormat.Markdown), StringComparison.Ordinal);
        string overdue = reached.Replace("\"overdue\":false", "\"due\":\"2026-07-14\",\"overdue\":true", StringComparison.Ordinal);
        Assert.Contains("| 2026-06-01 | 2026-07-14 | no, and the last day is over |", StatementDocument.Make(Encoding.UTF8.GetBytes(overdue), DocumentFormat.Markdown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_without_a_purpose_says_so()
    {
        await using var vault = new Vault(VaultOptions.InMemoryForTests());
        await vault.InitializeAsync();
        byte[] statement = await vault.ExportStatementAsync();
        string page = StatementDocument.Make(statement, DocumentFormat.Markdown);
        Assert.Contains("No purpose is registered: nothing is processed.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No threshold", page, StringComparison.Ordinal);
    }

    private static int Count(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    [GeneratedRegex(@"^(## |<h2>)(?<name>[^<\n]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Headings();

    [GeneratedRegex(@"\\(?<mark>.)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Escaped();

    [GeneratedRegex(@"(?<!\\)<\s*/?script", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Script();
}
