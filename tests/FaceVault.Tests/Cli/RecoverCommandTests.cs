using System.Text.Json;
using FaceVault.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Cli;

/// <summary><c>recover --accept-loss</c>: an older copy of the vault's folder, with the root key of now.</summary>
public sealed class RecoverCommandTests
{
    [Fact]
    public async Task An_older_copy_opens_when_its_loss_is_accepted_and_the_vault_goes_on_under_a_new_key()
    {
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = await vault.ImportAsync(people: 3);
        string certificate = vault.Folder["certificate"], copy = vault.Folder["copy"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-0@door", "--certificate", certificate, "--yes")).ExitCode);
        CopyOf(vault.Path, copy);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
        Directory.Delete(vault.Path, recursive: true);
        CopyOf(copy, vault.Path);

        Answer refused = await vault.RunAsync("status");
        Assert.Equal((ExitCode.Failed, "StoreRolledBack"), (refused.ExitCode, Assert.Single(refused.Codes)));
        Assert.Contains("recover --accept-loss --yes", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("recover", "--yes")).ExitCode);
        Answer unasked = await vault.RunAsync("recover", "--accept-loss");
        Assert.Equal((ExitCode.Misuse, "ConfirmationNeeded"), (unasked.ExitCode, Assert.Single(unasked.Codes)));

        Answer recovered = await vault.RunAsync("recover", "--accept-loss", "--yes", "--json");
        Assert.True(recovered.ExitCode == ExitCode.Done, recovered.Error);
        JsonElement loss = JsonDocument.Parse(Assert.Single(recovered.Lines)).RootElement;
        Assert.Equal((1, 1, true), (loss.GetProperty("consents").GetInt32(), loss.GetProperty("ledgerEntries").GetInt32(), loss.GetProperty("signingKeyChanged").GetBoolean()));
        string key = (await vault.RunAsync("key")).Out.Trim();
        Assert.Equal(loss.GetProperty("verifierKey").GetString(), key);
        Assert.NotEqual(vault.Key, key);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", certificate, "--key", vault.Key)).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit")).ExitCode);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
        string later = vault.Folder["later"];
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("withdraw", "--consent", "person-1@door", "--certificate", later, "--yes")).ExitCode);
        Assert.Equal(ExitCode.Done, (await Run.Of("certificate", "check", later, "--key", key)).ExitCode);
        Answer again = await vault.RunAsync("recover", "--accept-loss", "--yes");
        Assert.Equal((ExitCode.Failed, "NothingLost"), (again.ExitCode, Assert.Single(again.Codes)));
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("identify", "--purpose", "door", "--npy", npy, "--labels", labels, "--threshold", "0.5")).ExitCode);
    }

    [Fact]
    public async Task A_clock_that_ran_ahead_is_accepted_once_it_is_right()
    {
        var ahead = new FixedClock(TimeProvider.System.GetUtcNow().AddDays(400));
        using CliVault vault = await CliVault.CreateAsync(clock: ahead);
        Answer refused = await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-");
        Assert.Contains("recover --accept-clock", refused.Error, StringComparison.Ordinal);
        Assert.Contains("recover --accept-clock", (await Run.Of("doctor", vault.Path)).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misuse, (await vault.RunAsync("recover", "--accept-clock", "--accept-loss", "--yes")).ExitCode);
        Assert.Equal("ConfirmationNeeded", Assert.Single((await vault.RunAsync("recover", "--accept-clock")).Codes));
        Answer accepted = await vault.RunAsync("recover", "--accept-clock", "--yes", "--json");
        Assert.True(accepted.ExitCode == ExitCode.Done, accepted.Error);
        Assert.InRange(JsonDocument.Parse(accepted.Out).RootElement.GetProperty("secondsAhead").GetInt64(), 399 * 86_400, 400 * 86_400);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
        Assert.Contains("not behind", (await vault.RunAsync("recover", "--accept-clock", "--yes")).Out, StringComparison.Ordinal);
    }

    private static void CopyOf(string folder, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(folder))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
