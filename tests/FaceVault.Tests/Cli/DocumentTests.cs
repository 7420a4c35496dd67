using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceVault.Cli;
using FaceVault.Cli.Documents;
using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Cli;

/// <summary>Documents say what their records say, in words, and nothing that a purpose's author wrote becomes part of the page.</summary>
[Trait("Rule", "P12")]
public sealed partial class DocumentTests
{
    private const string Hostile = "<script src=https://example.com/x.js></script>|*bold* [a](javascript:b) ![x](y) &lt; `c`\n# d \\| _e_";

    [Theory]
    [InlineData("markdown")]
    [InlineData("html")]
    public async Task A_report_shows_a_person_everything_that_its_record_holds(string format)
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2);
        await vault.RunAsync("hold", "set", "--subject", "person-1", "--order", "case 12/2026 <b>");
        await vault.RunAsync("copy", "--consent", "person-1@door", "--out", vault.Folder["copy"], "--role", "guardian");
        Answer document = await vault.RunAsync("report", "--subject", "person-1", "--format", format);
        Assert.Equal(ExitCode.Done, document.ExitCode);
        string text = Plain(document.Out, format);
        JsonElement record = JsonDocument.Parse((await vault.RunAsync("report", "--subject", "person-1")).Out).RootElement.GetProperty("consents")[0];
        foreach (string member in (string[])["consent", "purpose", "kind", "description", "status", "templates", "form", "ageBand", "interaction", "evidenceSha256"])
            if (record.TryGetProperty(member, out JsonElement value))
                Assert.Contains(value.ToString(), text, StringComparison.Ordinal);
        Assert.All(record.GetProperty("events").EnumerateArray().SelectMany(e => e.EnumerateObject()).Where(m => m.Name != "time"), m => Assert.Contains(m.Value.GetString()!, text, StringComparison.Ordinal));
        Assert.Contains("A card.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("person-0", text, StringComparison.Ordinal);
        Assert.Contains("The vault keeps nothing about this person.", Plain((await vault.RunAsync("report", "--subject", "nobody", "--format", format)).Out, format), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("report", "--subject", "nobody", "--format", "pdf")).ExitCode);
    }

    [Theory]
    [InlineData("markdown")]
    [InlineData("html")]
    public async Task Public_rules_say_of_every_purpose_what_its_definition_says_and_nothing_of_anybody(string format)
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 2);
        string definition = CliVault.Purpose("lift", "verification").Replace("Opens a door.", JsonEncodedText.Encode(Hostile).ToString(), StringComparison.Ordinal).Replace("baseline", "cn+us-il", StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("purpose", "add", vault.Folder.Write("lift.json", definition))).ExitCode);
        Answer document = await vault.RunAsync("rules", "--format", format);
        Assert.Equal((ExitCode.Done, ""), (document.ExitCode, document.Error));
        string text = Plain(document.Out, format);
        Assert.All(new[] { "Opens a door.", "Security concept 4.2.", "1 year", "3 years", "A card.", "IA-1", new string('0', 64), "verification: ", "identification: ", "PIPL 31", "BIPA 15", vault.Key }, word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.Contains(Hostile.ReplaceLineEndings(" "), text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("person-", document.Out, StringComparison.Ordinal);
        Assert.DoesNotMatch(Script(), document.Out);
        JsonElement record = JsonDocument.Parse((await vault.RunAsync("rules")).Out).RootElement;
        Assert.Equal(["door", "lift"], record.GetProperty("purposes").EnumerateArray().Select(p => p.GetProperty("purpose").GetString()));
    }

    [Fact]
    public async Task Public_rules_and_an_erasure_know_their_scope()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        await test.EnrollAsync(2);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        string rules = Encoding.UTF8.GetString(await test.Vault.ExportPublicRulesAsync());
        Assert.DoesNotContain("c-", JsonDocument.Parse(rules).RootElement.GetProperty("purposes").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("subject of", rules, StringComparison.Ordinal);
        RefusedException scope = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EraseSubjectAsync(new SubjectId("subject of c-0"), purposes: [new("gate")]));
        Assert.Equal(ViolationCode.ScopeUnknown, Assert.Single(scope.Violations).Code);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(new ConsentId("c-0")))!.Status);
        Assert.Empty(await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-1"), purposes: [new(TestVault.Door)])); // destroyed already
        Assert.Single(await test.Vault.EraseSubjectAsync(new SubjectId("subject of c-0"), purposes: [new("gate"), new(TestVault.Door)]));
    }

    [Fact]
    public void No_text_becomes_a_part_of_a_page()
    {
        Gen<string> text = Gen.OneOf(Gen.Elements("<", ">", "&", "\"", "'", "|", "*", "_", "`", "[", "](", "\\", "#", "- ", "+ ", "1. ", "2) ", "\n", "\t", "&lt;", "<!--", "]]>", "漢", "~", "!", "---"), Gen.Choose(0x20, 0x7e).Select(c => ((char)c).ToString()))
            .NonEmptyListOf().Select(parts => string.Concat(parts));
        Prop.ForAll(text.ToArbitrary(), value =>
        {
            foreach (DocumentFormat format in (DocumentFormat[])[DocumentFormat.Markdown, DocumentFormat.Html])
            {
                string cellOf = format == DocumentFormat.Html ? WebUtility.HtmlEncode(value) : MarkdownWriter.Escape(value);
                Assert.Equal(value.ReplaceLineEndings(" ").Replace('\t', ' ').Trim(), format == DocumentFormat.Html ? WebUtility.HtmlDecode(cellOf).ReplaceLineEndings(" ").Replace('\t', ' ').Trim() : Escaped().Replace(cellOf, "${mark}"));
                Assert.DoesNotContain('\n', format == DocumentFormat.Html ? "" : cellOf);
                if (format == DocumentFormat.Html)
                    Assert.DoesNotContain('<', cellOf);
                else
                    Assert.DoesNotMatch(Unescaped(), cellOf);
            }
        }).Check(Deep.Config(300));
    }

    [Fact]
    public void A_page_asks_for_nothing_from_anywhere()
    {
        DocumentWriter document = DocumentWriter.Create(DocumentFormat.Html, Hostile);
        document.Paragraph(Hostile);
        string page = document.Finish();
        Assert.Contains("content=\"default-src 'none'; style-src 'unsafe-inline'\"", page, StringComparison.Ordinal);
        Assert.Equal(["!DOCTYPE", "html", "head", "meta", "meta", "meta", "title", "style", "body", "h1", "p"], Tags().Matches(page).Select(m => m.Groups["tag"].Value));
    }

    [Theory]
    [InlineData("P1Y", "1 year")]
    [InlineData("P1Y6M", "1 year, 6 months")]
    [InlineData("P90D", "90 days")]
    [InlineData("PT12H", "12 hours")]
    [InlineData("P1DT1M", "1 day, 1 minute")]
    public void A_period_is_said_in_words(string iso, string words) => Assert.Equal(words, RulesDocument.Period(iso));

    private static string Plain(string document, string format) => format == "html" ? WebUtility.HtmlDecode(document) : Escaped().Replace(document, "${mark}");

    [GeneratedRegex(@"\\(?<mark>.)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Escaped();

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*[`*_{}\[\]<>#|~&!]", RegexOptions.CultureInvariant)]
    private static partial Regex Unescaped();

    [GeneratedRegex(@"(?<!\\)<\s*/?script", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex(@"<(?<tag>[!a-zA-Z][a-zA-Z0-9]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
