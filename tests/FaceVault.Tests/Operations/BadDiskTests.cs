using System.Globalization;
using System.Text;
using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.BadPlaceTests;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>Disks that are full or cannot be written, and a vault that another process holds.</summary>
[Collection(Alone.Name)]
public sealed class BadDiskTests
{
    [Fact]
    public async Task A_second_process_waits_and_is_told_who_holds_the_vault()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.Path);
        using System.Diagnostics.Process holder = Child.Start([], "lock", folder["root0.key"]);
        Assert.Equal("locked", await holder.StandardOutput.ReadLineAsync());
        await using (var vault = new Vault(Options(folder["vault"], folder["root0.key"])))
        {
            VaultException refusal = await Assert.ThrowsAsync<VaultException>(() => vault.OpenAsync());
            Assert.Equal(VaultErrorCode.VaultInUse, refusal.Code);
            Assert.True(refusal.IsTransient);
            Assert.Contains(holder.Id.ToString(CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
        }

        // Whoever waits long enough gets it.
        VaultOptions patient = Options(folder["vault"], folder["root0.key"]);
        patient.LockTimeout = TimeSpan.FromMinutes(1);
        await using var waiting = new Vault(patient);
        Task opening = waiting.OpenAsync();
        holder.StandardInput.Close();
        await opening;
        Assert.Equal(3, (await waiting.GetStatusAsync()).Consents);
    }

    [SmallDiskFact]
    public async Task A_full_disk_while_committing()
    {
        using var disk = new SmallDisk(6 * 1024);
        await using TestVault test = await TestVault.InFilesAsync(disk.Path);
        await test.EnrollAsync(3);
        VaultStatus before = await test.Vault.GetStatusAsync();
        Fill(disk["filler"]);
        VaultException failure = await Assert.ThrowsAsync<VaultException>(async () =>
        {
            for (int i = 100; i < 2000; i++)
                await test.Vault.GrantConsentAsync(test.Grant($"c-{i}"));
        });
        Assert.Equal(VaultErrorCode.StoreFailed, failure.Code);
        Assert.Contains("full", failure.Message, StringComparison.Ordinal);
        NamesNobody(failure);
        File.Delete(disk["filler"]);

        // Room again: the same vault goes on, with everything it had answered for.
        await test.Vault.GrantConsentAsync(test.Grant("c-after"));
        VaultStatus after = await test.Vault.GetStatusAsync();
        Assert.True(after.Commit > before.Commit);
        await test.ReopenAsync();
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
        Assert.Equal(3, audit.Templates);
        Assert.Equal(after.Consents, (await test.Vault.GetStatusAsync()).Consents);
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
    }

    [SmallDiskFact]
    public async Task A_read_only_folder()
    {
        using var keys = new TemporaryFolder();
        using var disk = new SmallDisk(4096);
        string vault = disk["vault"], root = keys["root.key"];
        await using (var made = new Vault(Options(vault, root)))
        {
            await made.InitializeAsync();
            await made.EnsurePurposeAsync(TestVault.Purpose());
        }

        disk.MakeReadOnly();
        VaultException refusal = await OpeningFails(disk.Path, VaultErrorCode.StoreFailed, Options(vault, root));
        Assert.Contains("read-only", refusal.Message, StringComparison.Ordinal);
        await CreatingFails(disk.Path, VaultErrorCode.StoreFailed, Options(disk["new"], keys["new.key"]));
        VaultOptions inspecting = Options(vault, root);
        inspecting.Access = VaultAccess.Inspect;
        await using (var inspected = new Vault(inspecting))
            Assert.True((await inspected.AuditAsync()).IsIntact);

        // A root location that cannot be written cannot destroy a key.
        disk.MakeWritable();
        File.Copy(root, disk["root.key"]);
        Copy(vault, keys["vault"]);
        disk.MakeReadOnly();
        await OpeningFails(keys.Path, VaultErrorCode.RootPathRefused, Options(keys["vault"], disk["root.key"]));
        disk.MakeWritable();
        await (await OpensAsync(vault, disk["root.key"])).DisposeAsync();
    }

    private static void Fill(string path)
    {
        using FileStream filler = File.Create(path, 1);
        try
        {
            while (true)
                filler.Write(Encoding.ASCII.GetBytes(new string('x', 4096)));
        }
        catch (IOException)
        {
            // full
        }
    }
}
