using System.CommandLine;
using System.Text;
using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Cli.Options;
using FaceVault.Consents;

namespace FaceVault.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("purpose")]
    [InlineData("purpose", "template", "--no-such-option")]
    [InlineData("purpose", "template", "unexpected")]
    [InlineData("[diagram]", "purpose")]
    [InlineData("identify", "V", "--purpose", "p", "--purpose", "q", "--npy", "f", "--rank-only")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--calibrated")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--top", "0")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--top", "many")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--top", "1,0")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--top", "99999999999999999999")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--threads", "1.0")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--threshold", "0,1")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--threshold", "high")]
    [InlineData("verify-face", "V", "--consent", "c", "--npy", "f", "--row", "one", "--threshold", "0.5")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--select", "last")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--rank-only", "--mode", "ajar")]
    [InlineData("identify", "V", "--purpose", "p", "--npy", "f", "--threshold", "2")]
    [InlineData("init", "V", "--root", "/r", "--single-root")]
    [InlineData("init", "V", "--root", "/r", "--single-root", "--no-mirror", "--mirror", "/m")]
    [InlineData("init", "V", "--single-root", "--no-mirror")]
    [InlineData("init", "V", "--root", "/r", "/s", "--no-mirror")]
    [InlineData("init", "", "--root", "/r", "--single-root", "--no-mirror")]
    [InlineData("init", "V", "--root", "", "--single-root", "--no-mirror")]
    [InlineData("init", "V", "--root", "/r", "--single-root", "--no-mirror", "--origin", "two words")]
    [InlineData("status", "")]
    [InlineData("withdraw", "V", "--certificate", "c")]
    [InlineData("withdraw", "V", "--consent", "a", "--consents", "f", "--certificate", "c")]
    [InlineData("withdraw", "V", "--consent", "a")]
    [InlineData("withdraw", "--consent", "a", "b", "V", "--certificate", "c")]
    [InlineData("certificate", "check", "f")]
    [InlineData("ledger", "V", "--from", "-1")]
    public async Task A_command_line_that_cannot_be_parsed_is_misuse(params string[] args)
    {
        Answer answer = await Run.Of(args);

        Assert.Equal((ExitCode.Misuse, ""), (answer.ExitCode, answer.Out));
        Assert.All(answer.Codes, code => Assert.Equal("Usage", code));
        Assert.NotEmpty(answer.Codes);
        Assert.DoesNotContain("System.", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("VaultOptions", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("facevault surgeon", "surgeon", "V")]
    [InlineData("facevault undelete", "undelete", "V", "--accept-loss")]
    [InlineData("facevault purpose forget", "purpose", "forget", "V", "p")]
    public async Task A_command_that_there_is_not_is_named_and_nothing_else_is_complained_of(string name, params string[] args)
    {
        Answer answer = await Run.Of(args);

        Assert.Equal((ExitCode.Misuse, "Usage"), (answer.ExitCode, Assert.Single(answer.Codes)));
        Assert.Contains($"There is no command '{name}'.", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("purpose", "--help")]
    [InlineData("purpose", "template", "--help")]
    [InlineData("--version")]
    public async Task Help_and_version_are_results(params string[] args)
    {
        Answer answer = await Run.Of(args);

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        Assert.NotEmpty(answer.Out);
    }

    [Fact]
    public async Task One_root_without_saying_so_is_refused()
    {
        Answer answer = await Run.Of("init", "V", "--root", "/r", "--no-mirror");

        Assert.Equal((ExitCode.Failed, ""), (answer.ExitCode, answer.Out));
        Assert.Equal(["RootPathRefused"], answer.Codes);
    }

    [Fact]
    public async Task A_folder_that_is_no_vault_is_refused()
    {
        using var folder = new TemporaryFolder();

        foreach (string command in (string[])["key", "checkpoint", "ledger"])
        {
            Answer answer = await Run.Of(command, folder.Path);
            Assert.Equal((ExitCode.Failed, ""), (answer.ExitCode, answer.Out));
            Assert.Equal(["VaultNotFound"], answer.Codes);
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_option_never_swallows_the_argument_after_it_and_ids_may_begin_with_an_at_sign()
    {
        using var nothing = new StringWriter();
        var common = new Common(new Terminal { In = TextReader.Null, Out = nothing, Error = nothing });
        Option<string[]> ids = New.Repeated("--consent", "ID", "An id.");
        var root = new RootCommand { new Command("withdraw").Taking(common.Vault).With(ids) };

        ParseResult parsed = root.Parse(["withdraw", "--consent", "@a", "folder", "--consent=b=c"], new ParserConfiguration { ResponseFileTokenReplacer = null });

        Assert.Empty(parsed.Errors);
        Assert.Equal(["@a", "b=c"], parsed.GetValue(ids)!);
        Assert.Equal("folder", parsed.GetValue(common.Vault));
    }

    [Fact]
    public async Task The_purpose_template_can_be_registered_as_it_stands()
    {
        Answer answer = await Run.Of("purpose", "template");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        using JsonDocument document = JsonDocument.Parse(answer.Out);
        Assert.Equal("door", document.RootElement.GetProperty("id").GetString());
        Assert.Empty(PurposeRules.Check(Purpose.FromJson(Encoding.UTF8.GetBytes(answer.Out))));
        Assert.Equal(Purpose.Template.ReplaceLineEndings("\n"), answer.Out); // the one of docs/consents.md, where a consent to it stands too
    }
}
