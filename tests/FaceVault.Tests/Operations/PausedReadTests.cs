using FaceVault.Storage;
using FaceVault.Tests.Cli;
using Microsoft.Data.Sqlite;

namespace FaceVault.Tests.Operations;

/// <summary>E4, E5: a reader that stops in the middle holds up no withdrawal, because no snapshot of the store outlives a stretch; a stranger's snapshot is told of.</summary>
[Trait("Claim", "E5")]
public sealed class PausedReadTests
{
    private const int Many = 300;

    [Theory]
    [InlineData(VaultAccess.Inspect)]
    [InlineData(VaultAccess.ReadWrite)]
    public async Task A_list_a_ledger_and_an_audit_that_stop_half_way_do_not_block_a_withdrawal(VaultAccess access)
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await MakeAsync(folder.Path);
        await using Vault? beside = access == VaultAccess.Inspect ? test.Make(access) : null;
        Vault reader = beside ?? test.Vault;
        await reader.OpenAsync();

        await using IAsyncEnumerator<ConsentInfo> list = reader.ListConsentsAsync(new PurposeId(TestVault.Door)).GetAsyncEnumerator();
        await using IAsyncEnumerator<LedgerLine> ledger = reader.ReadLedgerAsync(0).GetAsyncEnumerator();
        Assert.True(await list.MoveNextAsync() && await ledger.MoveNextAsync());
        using var stopped = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        Task<AuditReport> audit = Task.Run(() => reader.AuditAsync(new Waiting(() =>
        {
            stopped.Set();
            goOn.Wait();
        })));
        Assert.True(stopped.Wait(Observation.Patience));

        Assert.True((await test.Vault.WithdrawConsentAsync(Scenario.Id("m-7")).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);

        goOn.Set();
        Assert.True((await audit.WaitAsync(Observation.Patience)).IsIntact);
        long size = (await test.Vault.GetStatusAsync()).LedgerSize;
        int listed = 1, lines = 1;
        while (await list.MoveNextAsync())
            listed++;
        while (await ledger.MoveNextAsync())
            lines++;
        Assert.InRange(listed, Many - 1, Many);
        Assert.InRange(lines, size - 2, size);
    }

    [Fact]
    public async Task A_stranger_s_snapshot_of_the_store_holds_up_the_certificate_and_is_told_of()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await MakeAsync(folder.Path);
        test.LockTimeout = TimeSpan.FromMilliseconds(200);
        await test.ReopenAsync();
        using (var stranger = new SqliteConnection($"Data Source={folder["vault/keys.db"]};Mode=ReadOnly;Pooling=False"))
        {
            stranger.Open();
            using SqliteTransaction snapshot = stranger.BeginTransaction(deferred: true);
            using SqliteCommand read = stranger.CreateCommand();
            read.CommandText = "SELECT count(*) FROM sqlite_master";
            read.Transaction = snapshot;
            read.ExecuteScalar();
            Exception told = await Assert.ThrowsAnyAsync<ErasureIncompleteException>(() => test.Vault.WithdrawConsentAsync(Scenario.Id("m-7")).WaitAsync(Observation.Patience));
            Assert.Contains("still reading", told.Message, StringComparison.Ordinal);
        }

        DeletionCertificate certificate = await AgainUntilDoneAsync(() => test.Vault.WithdrawConsentAsync(Scenario.Id("m-7"))).WaitAsync(Observation.Patience);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        await Observation.AssertWholeAsync(test);
    }

    /// <summary>The vault decides anew when it is idle, and says until then: call again.</summary>
    private static async Task<T> AgainUntilDoneAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (VaultException faulted) when (faulted.Code == VaultErrorCode.VaultFaulted)
            {
                await Task.Delay(20);
            }
        }
    }

    private static async Task<TestVault> MakeAsync(string folder)
    {
        TestVault test = await TestVault.InFilesAsync(folder, 2, 1);
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, Many).Select(i => test.Grant($"m-{i}"))]);
        return test;
    }

    private sealed class Waiting(Action act) : IProgress<long>
    {
        private int told;

        public void Report(long value)
        {
            if (Interlocked.Exchange(ref told, 1) == 0)
                act();
        }
    }
}
