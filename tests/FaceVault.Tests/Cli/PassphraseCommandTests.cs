using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>The passphrase of the root key on the command line: from a file, never from the command line or the environment itself.</summary>
public sealed class PassphraseCommandTests
{
    [Fact]
    public async Task A_vault_is_made_with_a_passphrase_opened_with_it_and_gets_another_one_and_none()
    {
        using var folder = new TemporaryFolder();
        string vault = folder["vault"], root = folder["root.key"], first = folder.Write("first", "correct horse\n"), second = folder.Write("second", "battery staple\r\n"), same = folder.Write("same", "correct horse");
        Answer made = await Run.Of("init", vault, "--root", root, "--single-root", "--no-mirror", "--allow-ephemeral-root", "--passphrase-file", first);
        Assert.True(made.ExitCode == ExitCode.Done, made.Error);

        AssertWrong(await Run.Of("key", vault));
        AssertWrong(await Run.Of("key", vault, "--passphrase-file", second));
        Answer key = await Run.Of("key", vault, "--passphrase-file", same); // a line end does not count
        Assert.Equal(ExitCode.Done, key.ExitCode);
        Assert.Equal(key.Out, (await WithEnvironment(first, "key", vault)).Out);
        AssertWrong(await WithEnvironment(second, "key", vault));
        Assert.Equal(key.Out, (await WithEnvironment(second, "key", vault, "--passphrase-file", first)).Out);

        Assert.Equal(ExitCode.Misuse, (await Run.Of("root", "passphrase", vault, "--passphrase-file", first)).ExitCode);
        Assert.Equal(ExitCode.Misuse, (await Run.Of("root", "passphrase", vault, "--passphrase-file", first, "--new-passphrase-file", second, "--no-passphrase")).ExitCode);
        Answer changed = await Run.Of("root", "passphrase", vault, "--passphrase-file", first, "--new-passphrase-file", second, "--json");
        Assert.Equal((ExitCode.Done, "{\"v\":1,\"passphrase\":true}\n"), (changed.ExitCode, changed.Out));
        AssertWrong(await Run.Of("key", vault, "--passphrase-file", first));
        Assert.Equal(key.Out, (await Run.Of("key", vault, "--passphrase-file", second)).Out);
        Assert.Equal(ExitCode.Done, (await Run.Of("root", "passphrase", vault, "--passphrase-file", second, "--no-passphrase")).ExitCode);
        AssertWrong(await Run.Of("key", vault, "--passphrase-file", second));
        Assert.Equal(key.Out, (await Run.Of("key", vault)).Out);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("long")]
    [InlineData("missing")]
    public async Task A_file_that_holds_no_passphrase_is_misuse(string kind)
    {
        using CliVault vault = await CliVault.CreateAsync();
        string file = kind == "missing" ? vault.Folder["nothing"] : vault.Folder.Write("words", kind == "long" ? new string('x', 1025) : kind);
        Answer answer = await vault.RunAsync("status", "--passphrase-file", file);
        Assert.Equal((ExitCode.Misuse, "Usage"), (answer.ExitCode, Assert.Single(answer.Codes)));
        Assert.Contains("passphrase", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", answer.Error, StringComparison.Ordinal);
    }

    private static void AssertWrong(Answer answer) => Assert.Equal((ExitCode.Failed, "RootPassphraseWrong"), (answer.ExitCode, Assert.Single(answer.Codes)));

    private static async Task<Answer> WithEnvironment(string file, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal { In = new StringReader(""), Out = output, Error = error, Environment = name => name == "FACEVAULT_PASSPHRASE_FILE" ? file : null };
        int exitCode = await Program.RunAsync(args, terminal, CancellationToken.None);
        return new Answer(exitCode, output.ToString(), error.ToString());
    }
}
