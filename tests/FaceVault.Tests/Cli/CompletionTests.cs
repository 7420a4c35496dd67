using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>Shells complete command lines with what the commands say of themselves.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("facevault ver", "verify-face")]
    [InlineData("facevault root ", "add retire status passphrase")]
    [InlineData("facevault withdraw V --cons", "--consent --consents")]
    [InlineData("facevault certificate check c.json --rec", "--receipt")]
    [InlineData("facevault identify V --select ", "all first rest")]
    [InlineData("facevault identify V --mode s", "sealed")]
    [InlineData("facevault nothing-of-that-kind --x", "")]
    [InlineData("facevault", "")]
    public async Task Words_that_fit_are_listed(string line, string expected)
    {
        Answer answer = await Run.Of("completion", "words", line);

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), answer.Lines.Order());
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shells_script_asks_for_the_words(string shell)
    {
        Answer answer = await Run.Of("completion", shell);

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        Assert.Contains("facevault completion words", answer.Out, StringComparison.Ordinal);
    }
}
