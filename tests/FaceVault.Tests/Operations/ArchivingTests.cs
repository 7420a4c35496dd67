using FaceVault.Storage;
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
        {
            using ITemplateReader archive = new SqliteTemplateStoreLocation(Path.Combine(folder[$"archive{i}"], "templates.db"), TimeSpan.Zero).OpenReader();
            int rows = 0;
            archive.Scan(1, uint.MaxValue, (_, _, _) => rows++ >= 0);
            Assert.InRange(rows, 20, 20 + written);
        }

        await test.ReopenAsync();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
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
        Assert.Throws<OperationCanceledException>(() => store.BackUpTo(Path.Combine(archive, "templates.db"), null, stop.Token)); // after the target was begun
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

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
