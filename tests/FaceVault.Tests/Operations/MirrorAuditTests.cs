using FaceVault.Storage;
using FaceVault.Tests.Cli;
using Microsoft.Data.Sqlite;

namespace FaceVault.Tests.Operations;

/// <summary>Audit compares every row of a mirror; a mirror that holds whole what is damaged in the key store is never overwritten.</summary>
public sealed class MirrorAuditTests
{
    public static TheoryData<string> Tables => [.. Enum.GetNames<KeyTable>().Where(t => t is not nameof(KeyTable.None) and not nameof(KeyTable.Draft))];

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_row_of_a_mirror_that_is_changed_missing_or_too_much_is_found_and_healed_by_a_refill(string table)
    {
        KeyTable damaged = Enum.Parse<KeyTable>(table);
        await using TestVault test = await MakeAsync();
        InMemoryKeyStoreLocation mirror = test.MirrorStores[0];
        (long key, byte[] blob) = mirror.Snapshot()![damaged].Range(0, long.MaxValue).Last();
        foreach ((long at, byte[]? wrong) in ((long, byte[]?)[])[(key, Flip(blob)), (key, null), (key + 1, blob)])
        {
            if (damaged == KeyTable.Crown && at != 0)
                continue;
            mirror.Tamper(damaged, at, wrong);
            AuditFinding found = Assert.Single((await test.Vault.AuditAsync()).Findings, f => f.IsBroken);
            Assert.Equal(("mirror", 1L), (found.Code, found.Count));
            Assert.Contains("mirror refill", found.Message, StringComparison.Ordinal);

            await test.Vault.RefillMirrorAsync("mirror0");
            AuditReport healed = await test.Vault.AuditAsync();
            Assert.Empty(healed.Findings);
            Assert.Equal(test.Store.Snapshot()!.Blobs().Count(), healed.MirrorRows);
        }
    }

    [Theory]
    [InlineData("Ledger")]
    [InlineData("Record")]
    [InlineData("Certificate")]
    [InlineData("Purpose")]
    [InlineData("Leaf")]
    public async Task A_refill_from_a_damaged_key_store_leaves_a_good_mirror_alone(string table)
    {
        KeyTable damaged = Enum.Parse<KeyTable>(table);
        await using TestVault test = await MakeAsync();
        (long key, byte[] blob) = test.Store.Snapshot()![damaged].Range(0, long.MaxValue).First();
        foreach (byte[]? wrong in (byte[]?[])[Flip(blob), null])
        {
            test.Store.Tamper(damaged, key, wrong);
            KeyStoreImage good = test.MirrorStores[0].Snapshot()!;
            VaultException refused = await Assert.ThrowsAsync<VaultException>(() => test.Vault.RefillMirrorAsync("mirror0").WaitAsync(Observation.Patience));
            Assert.Equal(VaultErrorCode.StoreDamaged, refused.Code);
            Assert.Contains("restore --keys", refused.Message, StringComparison.Ordinal);
            Assert.Same(good, test.MirrorStores[0].Snapshot());
            AuditReport audit = await test.Vault.AuditAsync();
            Assert.False(audit.IsIntact);
            if (damaged != KeyTable.Leaf)
                Assert.Contains(audit.Findings, f => f.Code == "mirror" && f.Message.Contains("restore --keys", StringComparison.Ordinal));
            test.Store.Tamper(damaged, key, blob);
        }

        Assert.Empty((await test.Vault.AuditAsync()).Findings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mirror_that_follows_a_busy_writer_is_never_accused(bool isInspecting)
    {
        await using TestVault test = await MakeAsync();
        using var ended = new CancellationTokenSource();
        Task busy = Task.Run(async () =>
        {
            for (int i = 0; !ended.IsCancellationRequested; i++)
                await test.Vault.GrantConsentAsync(test.Grant($"c-busy-{i}"));
        });
        await using Vault inspecting = test.Make(VaultAccess.Inspect);
        for (int i = 0; i < (isInspecting ? 3 : 20); i++)
            Assert.DoesNotContain((await (isInspecting ? inspecting : test.Vault).AuditAsync()).Findings, f => f.IsBroken);
        await ended.CancelAsync();
        await busy;
        AuditReport audit = await inspecting.AuditAsync();
        Assert.True(audit.MirrorRows > 75);
        test.MirrorStores[0].Tamper(KeyTable.Record, 3, [1]);
        Assert.Contains((await inspecting.AuditAsync()).Findings, f => f is { IsBroken: true, Code: "mirror" });
    }

    [Fact]
    public async Task In_files_a_damaged_record_is_refused_to_the_mirror_and_comes_back_from_it()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, 1, 1);
        await test.EnrollAsync(3);
        await test.Vault.DisposeAsync();
        Execute(Path.Combine(folder["vault"], "keys.db"), "UPDATE record SET blob = zeroblob(length(blob)) WHERE id = 2");
        test.Renew();
        await Assert.ThrowsAsync<VaultException>(() => test.Vault.RefillMirrorAsync(folder["mirror0"]));
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "mirror", Count: 1 });
        await test.Vault.DisposeAsync();
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), folder["mirror0"], null);
        test.Renew();
        Assert.Empty((await test.Vault.AuditAsync()).Findings);
        await test.Vault.DisposeAsync();

        Execute(Path.Combine(folder["mirror0"], "keys.db"), "DELETE FROM leaf WHERE id = 0");
        test.Renew();
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { IsBroken: true, Code: "mirror" });
        await test.Vault.RefillMirrorAsync(folder["mirror0"]);
        Assert.Empty((await test.Vault.AuditAsync()).Findings);
    }

    private static async Task<TestVault> MakeAsync()
    {
        TestVault test = await TestVault.InMemoryAsync(roots: 1, mirrors: 1);
        await test.EnrollAsync(5);
        await Task.WhenAll(Enumerable.Range(0, 70).Select(i => test.Vault.GrantConsentAsync(test.Grant($"c-more-{i}")))); // more than a leaf
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        return test;
    }

    private static byte[] Flip(byte[] blob)
    {
        var changed = (byte[])blob.Clone();
        changed[^1] ^= 1;
        return changed;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
