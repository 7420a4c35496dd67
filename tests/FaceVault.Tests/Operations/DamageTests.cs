using FaceVault.Storage;
using FaceVault.Tests.Cli;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>One corrupted byte, wherever it lies: found, named, with a remedy, and nothing made worse.</summary>
public sealed class DamageTests
{
    private static readonly ConsentId Known = new("c-0"), Gone = new("c-1");

    [Theory]
    [InlineData(nameof(KeyTable.Crown))]
    [InlineData(nameof(KeyTable.Leaf))]
    [InlineData(nameof(KeyTable.Purpose))]
    public async Task A_vault_whose_crown_page_or_purpose_is_damaged_does_not_open(string name)
    {
        var table = Enum.Parse<KeyTable>(name);
        await using TestVault test = await MakeAsync();
        await test.Vault.DisposeAsync();
        foreach ((KeyTable _, long key, byte[] blob) in test.Store.Snapshot()!.Blobs().Where(b => b.Table == table && !FaceVault.Records.CountRow.Is(b.Key)).ToArray())
        {
            test.Store.Tamper(table, key, Flip(blob));
            test.Renew();
            VaultException failure = await FailsAsync(test, VaultErrorCode.StoreDamaged, v => v.OpenAsync());
            Assert.Contains("Nothing was written.", failure.Message, StringComparison.Ordinal);
            await test.Vault.DisposeAsync();
            test.Store.Tamper(table, key, blob);
        }

        test.Renew();
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_damaged_branch_does_not_open()
    {
        await using TestVault test = await MakeAsync();
        await test.EnrollAsync(70, from: 10);
        await test.Vault.DisposeAsync();
        (KeyTable table, long key, byte[] blob) = Assert.Single(test.Store.Snapshot()!.Blobs(), b => b.Table == KeyTable.Branch);
        test.Store.Tamper(table, key, Flip(blob));
        test.Renew();
        await FailsAsync(test, VaultErrorCode.StoreDamaged, v => v.OpenAsync());
    }

    [Fact]
    public async Task A_damaged_ledger_is_named_by_the_audit_and_by_whoever_reads_it()
    {
        await using TestVault test = await MakeAsync();
        foreach ((KeyTable table, long key, byte[] blob) in test.Store.Snapshot()!.Blobs().Where(b => b.Table == KeyTable.Ledger).ToArray())
        {
            test.Store.Tamper(table, key, Flip(blob));
            AuditReport audit = await test.Vault.AuditAsync();
            Assert.Contains(audit.Findings, f => f is { Code: "ledger", IsBroken: true });
            await FailsAsync(test, VaultErrorCode.StoreDamaged, async v =>
            {
                await foreach (LedgerLine _ in v.ReadLedgerAsync())
                {
                }
            });
            test.Store.Tamper(table, key, blob);
        }

        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_damaged_record_is_named_and_stops_nobody_else()
    {
        await using TestVault test = await MakeAsync();
        (KeyTable table, long key, byte[] blob) = await RowOfAsync(test, KeyTable.Record, Known);
        test.Store.Tamper(table, key, Flip(blob));
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.GetConsentAsync(Known));
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.FindConsentsAsync(new SubjectId("subject of c-0")));
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "record", IsBroken: true, Count: 1 });

        // Its withdrawal needs no record, nor does anybody else's; what cannot be answered from it is still said.
        await test.Vault.WithdrawConsentsAsync([Known, new ConsentId("c-2")]);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(new ConsentId("c-2")))!.Status);
        await test.ReopenAsync();
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.GetConsentAsync(Known));
        Assert.True((await test.Vault.WithdrawConsentAsync(new ConsentId("c-4"))).Check(test.Vault.VerifierKey).IsValid);
        test.Store.Tamper(table, key, blob);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Known))!.Status);
    }

    [Fact]
    public async Task A_damaged_certificate_is_named()
    {
        await using TestVault test = await MakeAsync();
        (KeyTable table, long key, byte[] blob) = Assert.Single(test.Store.Snapshot()!.Blobs(), b => b.Table == KeyTable.Certificate);
        test.Store.Tamper(table, key, Flip(blob));
        await FailsAsync(test, VaultErrorCode.StoreDamaged, v => v.GetDeletionCertificatesAsync(Gone));
        await FailsAsync(test, VaultErrorCode.StoreDamaged, v => v.GetDeletionCertificateAsync(key));
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "certificate", IsBroken: true });
        test.Store.Tamper(table, key, null);
        Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "certificate", IsBroken: true });
        await FailsAsync(test, VaultErrorCode.CertificateUnknown, v => v.GetDeletionCertificateAsync(key));
    }

    [Fact]
    public async Task A_damaged_swapped_or_missing_template_never_matches()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(3);
        (long first, byte[] blob) = test.Templates.Snapshot()!.Range(0, long.MaxValue).First();
        (long second, byte[] other) = test.Templates.Snapshot()!.Range(0, long.MaxValue).Skip(1).First();
        uint slot = (uint)(first >> 16);
        int person = await PersonOfAsync(test, slot);
        foreach (byte[] wrong in (byte[][])[Flip(blob), other, blob[..^1]])
        {
            test.Templates.Tamper(slot, 0, wrong);
            VaultException failure = await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.VerifyFaceAsync(new ConsentId($"c-{person}"), TestVault.Face(person), Threshold.At(0.5f)));
            Assert.Contains("estore", failure.Message, StringComparison.Ordinal);
            Assert.Contains((await test.Vault.AuditAsync()).Findings, f => f is { Code: "template", IsBroken: true, Count: 1 });
        }

        test.Templates.Tamper(slot, 0, null);
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.VerifyFaceAsync(new ConsentId($"c-{person}"), TestVault.Face(person), Threshold.At(0.5f)));
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.IsIntact);
        Assert.Contains(audit.Findings, f => f is { Code: "template-missing", IsBroken: false, Count: 1 });

        // Destruction needs no template.
        Assert.True((await test.Vault.WithdrawConsentAsync(new ConsentId($"c-{person}"))).Check(test.Vault.VerifierKey).IsValid);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_gallery_over_a_damaged_template_does_not_open_until_it_is_mended()
    {
        await using TestVault test = await MakeAsync();
        (long id, byte[] blob) = test.Templates.Snapshot()!.Range(0, long.MaxValue).First();
        test.Templates.Tamper((uint)(id >> 16), 0, Flip(blob));
        await FailsAsync(test, VaultErrorCode.IntegrityViolated, v => v.GetGalleryAsync(new PurposeId(TestVault.Door)));
        test.Templates.Tamper((uint)(id >> 16), 0, blob);
        Assert.Equal(5, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).Count);
    }

    [Theory]
    [InlineData(nameof(KeyTable.Crown), false)]
    [InlineData(nameof(KeyTable.Leaf), false)]
    [InlineData(nameof(KeyTable.Purpose), false)]
    [InlineData(nameof(KeyTable.Ledger), true)]
    [InlineData(nameof(KeyTable.Record), true)]
    [InlineData(nameof(KeyTable.Certificate), true)]
    [InlineData(nameof(KeyTable.None), true)]
    public async Task One_byte_of_a_file_changed_is_found_and_the_file_stays_as_it_is(string name, bool opens)
    {
        var table = Enum.Parse<KeyTable>(name);
        using var folder = new TemporaryFolder();
        await using (TestVault test = await TestVault.InFilesAsync(folder.Path))
        {
            await test.EnrollAsync(3);
            await test.Vault.WithdrawConsentAsync(Gone);
        }

        string file = Path.Combine(folder["vault"], table == KeyTable.None ? "templates.db" : "keys.db");
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[Find(bytes, BlobOf(file, table)) + 30] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes);
        SortedDictionary<string, string> before = Print(folder["vault"]);
        await using (var vault = new Vault(BadPlaceTests.Options(folder["vault"], folder["root0.key"])))
        {
            if (!opens)
            {
                VaultException failure = await Assert.ThrowsAsync<VaultException>(() => vault.OpenAsync());
                Assert.Equal(VaultErrorCode.StoreDamaged, failure.Code);
            }
            else
            {
                AuditReport audit = await vault.AuditAsync();
                Assert.False(audit.IsIntact);
                Assert.All(audit.Findings, f => Assert.NotEqual("", f.Message));
            }
        }

        Assert.Equal(before, Print(folder["vault"]));
    }

    private static async Task<TestVault> MakeAsync()
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(6);
        await test.Vault.WithdrawConsentAsync(Gone);
        return test;
    }

    private static byte[] Flip(byte[] blob)
    {
        byte[] flipped = [.. blob];
        flipped[blob.Length / 2] ^= 4;
        return flipped;
    }

    /// <summary>The row of a consent: the one whose damage makes that consent unreadable.</summary>
    private static async Task<(KeyTable Table, long Key, byte[] Blob)> RowOfAsync(TestVault test, KeyTable table, ConsentId consent)
    {
        foreach ((KeyTable _, long key, byte[] blob) in test.Store.Snapshot()!.Blobs().Where(b => b.Table == table).ToArray())
        {
            test.Store.Tamper(table, key, Flip(blob));
            bool isIt = false;
            try
            {
                await test.Vault.GetConsentAsync(consent);
            }
            catch (VaultException)
            {
                isIt = true;
            }

            test.Store.Tamper(table, key, blob);
            if (isIt)
                return (table, key, blob);
        }

        throw new InvalidOperationException("No row of that consent.");
    }

    private static async Task<int> PersonOfAsync(TestVault test, uint slot)
    {
        uint at = 0;
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync())
            if (++at == slot)
                return int.Parse(consent.Consent.DangerousValue()[2..], System.Globalization.CultureInfo.InvariantCulture);
        throw new InvalidOperationException("No such slot.");
    }

    private static byte[] BlobOf(string file, KeyTable table)
    {
        byte[]? found = null;
        if (table != KeyTable.None)
        {
            using IKeyStoreReader reader = new SqliteKeyStoreLocation(file, TimeSpan.FromSeconds(1)).OpenReader();
            return reader.Scan(table).First().Value;
        }

        using ITemplateReader templates = new SqliteTemplateStoreLocation(file, TimeSpan.FromSeconds(1)).OpenReader();
        templates.Scan(1, uint.MaxValue, (_, _, blob) =>
        {
            found = blob.ToArray();
            return false;
        });
        return found!;
    }

    private static int Find(byte[] file, byte[] blob)
    {
        int at = file.AsSpan().IndexOf(blob.AsSpan(0, Math.Min(60, blob.Length)));
        return at >= 0 ? at : throw new InvalidOperationException("The blob does not lie in the file.");
    }
}
