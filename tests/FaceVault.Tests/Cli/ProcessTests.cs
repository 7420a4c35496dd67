using FaceVault.Cli;

namespace FaceVault.Tests.Cli;

/// <summary>The tool as a process of its own.</summary>
[Collection(Alone.Name)]
public sealed class ProcessTests
{
    [Fact]
    public async Task A_result_goes_to_standard_output_byte_for_byte()
    {
        Answer answer = await RealProcess.RunAsync("", "purpose", "template");

        Assert.Equal((ExitCode.Done, ""), (answer.ExitCode, answer.Error));
        Assert.StartsWith("{\n", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("}\n", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parse_error_exits_with_2_and_says_where_help_is()
    {
        Answer answer = await RealProcess.RunAsync("", "identify", "--frobnicate");

        Assert.Equal((ExitCode.Misuse, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("'facevault identify --help'", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passphrase_may_come_through_a_pipe_which_gives_it_once()
    {
        using var folder = new TemporaryFolder();
        string vault = folder["vault"], root = folder["root.key"], words = folder.Write("words", "correct horse"), pipe = folder["pipe"];
        Assert.Equal(ExitCode.Done, (await Run.Of("init", vault, "--root", root, "--single-root", "--no-mirror", "--allow-ephemeral-root", "--passphrase-file", words)).ExitCode);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync();
        Task given = Task.Run(() => File.WriteAllText(pipe, "correct horse"));
        Answer added = await Task.Run(() => Run.Of("root", "add", vault, folder["second.key"], "--allow-ephemeral-root", "--passphrase-file", pipe)).WaitAsync(Operations.Observation.Patience);
        Assert.True(added.ExitCode == ExitCode.Done, added.Error);
        await given;
    }

    [Fact]
    public async Task A_certificate_on_standard_input_is_checked_byte_by_byte()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await vault.ImportAsync(people: 1, images: 1);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-0@door", "--certificate", vault.Folder["c"], "--yes")).ExitCode);
        string certificate = File.ReadAllText(vault.Folder["c"]);

        Assert.Equal(ExitCode.Done, (await RealProcess.RunAsync(certificate, "certificate", "check", "-", "--key", vault.Key)).ExitCode);
        Assert.Equal(ExitCode.No, (await RealProcess.RunAsync("\uFEFF" + certificate, "certificate", "check", "-", "--key", vault.Key)).ExitCode);
    }

    [Fact]
    public async Task A_device_is_written_and_never_replaced_and_a_link_stays_a_link()
    {
        if (OperatingSystem.IsWindows())
            return;
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, _) = await vault.ImportAsync(people: 2, images: 1);
        string[] identify = ["identify", vault.Path, "--purpose", "door", "--npy", npy, "--rank-only", "--out"];
        string link = vault.Folder["link"], target = vault.Folder.Write("target", "old");
        File.CreateSymbolicLink(link, target);

        // The own output under another name: a program that replaced it could not even make its draft there.
        Answer device = await RealProcess.RunAsync("", [.. identify, "/dev/fd/1"]);
        Assert.True(device.ExitCode == ExitCode.Done && device.Lines.Length == 2, device.Error);
        Assert.Equal(ExitCode.Done, (await Run.Of([.. identify, link])).ExitCode);
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal(2, File.ReadLines(target).Count());
    }

    [FullDeviceFact]
    public async Task A_result_that_cannot_be_written_is_a_failure_and_no_crash()
    {
        using System.Diagnostics.Process shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", "exec dotnet \"$1\" purpose template > /dev/full", "sh", RealProcess.Tool])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Answer answer = await RealProcess.AnswerAsync(shell);

        Assert.Equal((ExitCode.Failed, "StoreFailed"), (answer.ExitCode, Assert.Single(answer.Codes)));
    }

    [Fact]
    public async Task A_second_process_waits_and_then_says_who_holds_the_vault()
    {
        using CliVault vault = await CliVault.CreateAsync();
        await using var holder = new Vault(new VaultOptions { Directory = vault.Path, RootKey = new FileRootKeyStore(vault.Root) });
        await holder.OpenAsync(CancellationToken.None);

        Answer answer = await RealProcess.RunAsync("", "sweep", vault.Path, "--lock-timeout", "0");
        BadPlaceTests.AssertRefused(answer, "VaultInUse");
        Assert.Contains(Environment.ProcessId.ToString(), answer.Error, StringComparison.Ordinal);
        Assert.Equal(vault.Key + "\n", (await RealProcess.RunAsync("", "key", vault.Path)).Out);
    }
}
