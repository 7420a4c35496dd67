using FaceVault.Cli;
using static FaceVault.Tests.Cli.BadPlaceTests;

namespace FaceVault.Tests.Cli;

/// <summary>Disks that are full or cannot be written, through the tool.</summary>
[Collection(Alone.Name)]
public sealed class BadDiskTests
{
    [SmallDiskFact]
    public async Task A_vault_on_a_full_disk_can_be_looked_at()
    {
        using var disk = new SmallDisk(1_500);
        using CliVault vault = await CliVault.CreateAsync(at: disk["vault"]);
        using (var rest = new FileStream(disk["rest"], FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            byte[] page = new byte[4096];
            Assert.Throws<IOException>(Fill);

            void Fill()
            {
                while (true)
                    rest.Write(page);
            }
        }

        Answer status = await vault.RunAsync("status");
        Assert.True(status.ExitCode == ExitCode.Done, status.Error);
        AssertRefused(await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-"), "StoreFailed");
        File.Delete(disk["rest"]);
        Assert.Equal(ExitCode.Done, (await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-")).ExitCode);
    }

    [SmallDiskFact]
    public async Task A_full_disk_is_named_and_the_vault_goes_on_when_there_is_room_again()
    {
        using var disk = new SmallDisk(1_500);
        using CliVault vault = await CliVault.CreateAsync(at: disk["vault"]);
        (string npy, string labels) = vault.MakeFaces(4_000, 1);
        string[] import = ["import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents"];

        AssertRefused(await vault.RunAsync(import), "StoreFailed");
        disk.Resize(50_000);
        Answer audit = await vault.RunAsync("audit");
        Assert.True(audit.ExitCode == ExitCode.Done, audit.Out + audit.Error);
        Answer again = await vault.RunAsync(import);
        Assert.True(again.ExitCode == ExitCode.Done, again.Error);
        Assert.Contains("4000 living", (await vault.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public async Task Certificates_and_receipts_that_do_not_fit_their_file_go_to_standard_output()
    {
        using var disk = new SmallDisk(64);
        using CliVault vault = await CliVault.CreateAsync();
        (string npy, string labels) = vault.MakeFaces(300, 1);

        Answer import = await vault.RunAsync("import", "--purpose", "door", "--npy", npy, "--labels", labels, "--synthetic-consents", "--receipts", disk["receipts"]);
        Assert.Equal((ExitCode.Failed, "OutputUnwritable", 300), (import.ExitCode, import.Codes.Single(), import.Lines.Length));
        Assert.All(import.Lines, line => ConsentReceipt.Parse(System.Text.Encoding.UTF8.GetBytes(line)));
        string ids = string.Join('\n', Enumerable.Range(0, 30).Select(person => $"person-{person}@door"));
        Answer withdraw = await vault.RunWithAsync(ids, "withdraw", "--consents", "-", "--certificate", disk["certificates"], "--yes");
        Assert.Equal((ExitCode.Failed, "OutputUnwritable", 30), (withdraw.ExitCode, withdraw.Codes.Single(), withdraw.Lines.Length));
        Assert.Equal(ExitCode.Done, (await Run.With(withdraw.Out, "certificate", "check", "-", "--key", vault.Key)).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
    }

    [SmallDiskFact]
    public async Task A_read_only_folder_can_be_looked_at_and_nothing_else()
    {
        using var disk = new SmallDisk(10_000);
        using CliVault vault = await CliVault.CreateAsync(at: disk["vault"]);
        await vault.ImportAsync(people: 2, images: 1);
        Answer before = await vault.RunAsync("ledger");
        disk.MakeReadOnly();

        Assert.Equal(before.Out, (await vault.RunAsync("ledger")).Out);
        AssertRefused(await vault.RunWithAsync(CliVault.Grant("c-1", "s-1"), "consent", "grant", "-"), "StoreFailed");
        disk.MakeWritable();
        Assert.Equal(before.Out, (await vault.RunAsync("ledger")).Out);
        Assert.Equal(ExitCode.Done, (await vault.RunAsync("audit")).ExitCode);
    }
}
