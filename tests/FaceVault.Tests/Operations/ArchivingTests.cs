using FaceVault.Storage;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>An archive is one moment of the template store, taken while others write.</summary>
public sealed class ArchivingTests
{
    [Fact]
    public async Task An_archive_taken_under_writing_is_a_consistent_store()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(20);
        using var ended = new CancellationTokenSource();
        int written = 0;
        Task writer = Task.Run(async () =>
        {
            for (; !ended.IsCancellationRequested; written++)
                await test.EnrollAsync(1, from: 100 + written);
        });
        for (int i = 0; i < 3; i++)
        {
            long copied = 0;
            await test.Vault.ArchiveAsync(folder[$"archive{i}"], new Told(bytes => copied = bytes));
            Assert.Equal(new FileInfo(Path.Combine(folder[$"archive{i}"], "templates.db")).Length, copied);
        }

        await ended.CancelAsync();
        await writer;
        for (int i = 0; i < 3; i++)
            Assert.InRange(Rows(folder[$"archive{i}"]), 20, 20 + written);

        await test.ReopenAsync();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    /// <summary>What a failed attempt left behind comes back from no archive, also when its number was skipped meanwhile or is another row's now.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_an_attempt_that_failed_are_in_no_archive(bool numberIsTakenAgain)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(2);
        var left = new TemplateRow(1, 1, new byte[FaceVault.Templates.TemplateCodec.SealedSize(TestVault.Model)]);
        test.Vault.Engine.Templates.Append([left, left with { Slot = 9, Ordinal = 0 }]);

        await test.Vault.ArchiveAsync(folder["archive"]);
        Assert.Equal(2, Rows(folder["archive"]));
        Assert.Equal(["archive.json", "templates.db"], Directory.EnumerateFiles(folder["archive"]).Select(Path.GetFileName).Order());
        if (numberIsTakenAgain)
            test.Vault.Engine.Templates.DeleteOrdinals(1, 1, 1);
        await test.Vault.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(7));
        await test.Vault.DisposeAsync();
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), null, folder["archive"]);
        test.Renew();

        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(2, gallery.Count);
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.Equal(["template-missing"], audit.Findings.Where(f => f.Code.StartsWith("template", StringComparison.Ordinal)).Select(f => f.Code));
        Assert.True(audit.IsIntact);
    }

    [Theory]
    [InlineData(VaultAccess.Inspect)]
    [InlineData(VaultAccess.ReadWrite)]
    public async Task An_archive_holds_what_lies_in_a_log_that_was_left_beside_the_store(VaultAccess access)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(5);
        string vault = Path.Combine(folder.Path, "vault");
        StolenFiles.Copy(vault, folder["open"]);
        await test.Vault.DisposeAsync();
        foreach (string file in new[] { "templates.db", "templates.db-wal" })
            File.Copy(Path.Combine(folder["open"], file), Path.Combine(vault, file), overwrite: true);
        File.Delete(Path.Combine(folder["open"], "templates.db-wal"));
        Assert.Equal(0, Rows(folder["open"])); // all of it lies in the log

        await using (Vault left = test.Make(access))
            await left.ArchiveAsync(folder["archive"]);
        Answer command = await Run.Of("archive", vault, folder["by command"]);

        Assert.True(command.ExitCode == FaceVault.Cli.ExitCode.Done, command.Error);
        Assert.Equal((5, 5), (Rows(folder["archive"]), Rows(folder["by command"])));
        File.Delete(Path.Combine(vault, "templates.db-wal"));
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), null, folder["archive"]);
        test.Renew();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        Assert.Equal(5, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).Count);
    }

    [Fact]
    public async Task Stopping_leaves_nothing_under_the_final_name_and_another_try_succeeds()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(3);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        string archive = folder["archive"];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Vault.ArchiveAsync(archive, null, stop.Token));
        var store = new SqliteTemplateStoreLocation(Path.Combine(folder.Path, "vault", "templates.db"), TimeSpan.Zero);
        Directory.CreateDirectory(archive);
        Assert.Throws<OperationCanceledException>(() => store.BackUpTo(Path.Combine(archive, "templates.db"), static _ => { }, null, stop.Token)); // after the target was begun
        Assert.Empty(Directory.EnumerateFiles(archive));
        await test.Vault.ArchiveAsync(archive);
        Assert.True(File.Exists(Path.Combine(archive, "templates.db")));
    }

    [Fact]
    public async Task Archiving_beside_a_writer_takes_no_lock_and_a_vault_in_memory_says_that_it_has_none()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(3);
        await using (Vault inspecting = test.Make(VaultAccess.Inspect))
            await inspecting.ArchiveAsync(folder["beside"]);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        Assert.True(File.Exists(Path.Combine(folder["beside"], "templates.db")));
        await using TestVault memory = await TestVault.InMemoryAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => memory.Vault.ArchiveAsync(folder["memory"]));
    }

    private static int Rows(string folder)
    {
        using ITemplateReader archive = new SqliteTemplateStoreLocation(Path.Combine(folder, "templates.db"), TimeSpan.Zero).OpenReader();
        int rows = 0;
        archive.Scan(1, uint.MaxValue, (_, _, _) => rows++ >= 0);
        return rows;
    }

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
