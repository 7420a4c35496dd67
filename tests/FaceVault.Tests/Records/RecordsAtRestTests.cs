using System.Text;
using System.Text.RegularExpressions;
using FaceVault.Records;
using FaceVault.Tests.Attack;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Records;

/// <summary>E1, E8: nobody is in the records, neither in what is listed nor in what lies at rest; and what a copy of the vault brings back brings them back too.</summary>
[Trait("Claim", "E8")]
public sealed class RecordsAtRestTests
{
    private const string Canary = "canary-7c1f";

    /// <summary>By form: a row holds nothing but the names of activities and codes, and numbers.</summary>
    [Fact]
    public async Task Rows_hold_known_names_and_numbers_and_nothing_else()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.Vault.GrantConsentAsync(test.Grant($"consent {Canary}", $"subject {Canary}"));
        await test.Vault.EnrollAsync(new ConsentId($"consent {Canary}"), null, TestVault.Face(1));
        await test.Vault.VerifyFaceAsync(new ConsentId($"consent {Canary}"), TestVault.Face(1), Threshold.At(0.5f));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(new ConsentId($"other {Canary}"), null, TestVault.Face(1)));
        await test.Vault.EraseSubjectAsync(new SubjectId($"subject {Canary}"), $"order {Canary}");
        Assert.DoesNotContain(Canary, string.Join('\n', await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue)), StringComparison.Ordinal);
        await test.Vault.DisposeAsync();

        Attacker attacker = test.Thief.Attack();
        KeyValuePair<StolenBlob, byte[]>[] rows = [.. attacker.Opened.Where(o => o.Key.Kind == BlobKind.Counts)];
        Assert.NotEmpty(rows);
        string names = string.Join('|', Enumerable.Range(0, CountNames.Size).Select(CountNames.Name));
        string counts = $"\\{{(\"({names})\":[1-9][0-9]*,?)*\\}}";
        Assert.All(rows, row =>
        {
            Assert.Matches($"^\\{{\"counts\":{counts},\"refusals\":{counts}\\}} *$", Encoding.UTF8.GetString(row.Value));
            Assert.Equal(0, row.Value.Length % 256);
        });
        Assert.DoesNotContain(test.Store.Snapshot()!.Blobs(), b => Encoding.UTF8.GetString(b.Blob).Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vault_that_is_restored_from_its_mirror_has_its_records()
    {
        using var folder = new TemporaryFolder();
        string[] before;
        await using (TestVault test = await TestVault.InFilesAsync(folder.Path, mirrors: 1))
        {
            await test.EnrollAsync(3);
            await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
            await (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).IdentifyAsync(TestVault.Face(0), 1, Threshold.At(0.5f));
            await test.ReopenAsync();
            before = await ProcessingRecordTests.LinesAsync(test);
            await test.Vault.DisposeAsync();
            File.Delete(folder["vault/keys.db"]);
            VaultOptions options = test.Options(VaultAccess.ReadWrite);
            await Vault.RestoreAsync(options, folder["mirror0"], null);
            await test.ReopenAsync();
            Assert.Equal(before, await ProcessingRecordTests.LinesAsync(test));
            Assert.Equal(["2026-11-21 door: granted 3 enrolled 3 searched 1 hits 1 withdrawn 1 destroyed 1 : "], before);
            Assert.DoesNotContain((await test.Vault.AuditAsync()).Findings, f => f.Code == "processing");
        }
    }

    /// <summary>The bulk search of a vault's gallery counts and allocates nothing.</summary>
    [Fact]
    public async Task A_bulk_search_counts_without_allocating()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(5);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        using var probes = new ProbeBatch(gallery, 5);
        for (int i = 0; i < 5; i++)
            probes.Add(TestVault.Face(i));
        var found = new MatchBuffer(5, 1);
        gallery.Identify(probes, Threshold.At(0.5f), found);
        gallery.Identify(probes, Threshold.At(0.5f), found);
        long before = GC.GetAllocatedBytesForCurrentThread();
        gallery.Identify(probes, Threshold.At(0.5f), found);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        ProcessingRecord record = Assert.Single(await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue));
        Assert.Equal((15, 15), (record.Searches, record.SearchHits));
    }
}
