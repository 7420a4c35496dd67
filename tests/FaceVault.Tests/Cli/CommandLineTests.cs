using System.Text.Json;
using FaceVault.Cli;

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
    public async Task A_command_line_that_cannot_be_parsed_is_misuse(params string[] args)
    {
        Answer answer = await Run.Of(args);

        Assert.Equal((ExitCode.Misuse, ""), (answer.ExitCode, answer.Out));
        Assert.All(answer.Codes, code => Assert.Equal("Usage", code));
        Assert.NotEmpty(answer.Codes);
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
    public async Task The_purpose_template_is_JSON()
    {
        Answer answer = await Run.Of("purpose", "template");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        using JsonDocument document = JsonDocument.Parse(answer.Out);
        Assert.Equal("door", document.RootElement.GetProperty("id").GetString());
    }
}
