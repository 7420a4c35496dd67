using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>Many consents in one call are read, certified and cleared on all processors at once: each gets what it would have got alone.</summary>
[Trait("Claim", "E4")]
public sealed class LargeWithdrawalTests
{
    private const int People = 420;

    [Fact]
    public async Task Each_of_many_gets_its_own_certificate_also_where_one_record_is_damaged()
    {
        await using TestVault test = await MakeAsync();
        (KeyTable table, long key, byte[] blob) = test.Store.Snapshot()!.Blobs().First(b => b.Table == KeyTable.Record);
        byte[] flipped = [.. blob];
        flipped[30] ^= 1;
        ConsentId[] chosen = [.. Enumerable.Range(0, People).Where(i => i % 7 != 0).Select(Consent)];
        var receipts = new List<ConsentReceipt>();
        foreach (ConsentId consent in chosen)
            receipts.Add((await test.Vault.GetReceiptAsync(consent))!);
        test.Store.Tamper(table, key, flipped);

        IReadOnlyList<DeletionCertificate> certificates = await test.Vault.WithdrawConsentsAsync(chosen);

        Assert.Equal(chosen.Length, certificates.Count);
        for (int i = 0; i < chosen.Length; i++)
            Assert.True(certificates[i].Check(test.Vault.VerifierKey, receipts[i]).IsValid);
        Assert.Equal(60, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).Count);
        Assert.Equal(60, test.Templates.Snapshot()!.Count);
        await test.ReopenAsync();
        int certified = 0;
        foreach (ConsentId consent in chosen)
            certified += await IsCertifiedAsync(test, consent) ? 1 : 0;
        Assert.InRange(certified, chosen.Length - 1, chosen.Length);
        Assert.All((await test.Vault.AuditAsync()).Findings, finding => Assert.Equal("record", finding.Code));
    }

    [Fact]
    public async Task Killed_at_any_step_all_of_them_are_stopped_and_certified_after_the_next_opening()
    {
        for (int step = 1; step <= 12; step++)
        {
            await using TestVault test = await MakeAsync();
            ConsentId[] chosen = [.. Enumerable.Range(0, 300).Select(Consent)];
            test.Faults.KillAt(StoreStep.Any, step, StoreFaultMoment.During);
            bool died = false;
            try
            {
                await test.Vault.WithdrawConsentsAsync(chosen);
            }
            catch (VaultException)
            {
                died = true;
            }

            test.Crash();
            await test.Vault.OpenAsync();
            Assert.True((await test.Vault.AuditAsync()).IsIntact, $"killed at step {step}");
            IReadOnlyList<DeletionCertificate> certificates = await test.Vault.WithdrawConsentsAsync(chosen);
            Assert.All(certificates, certificate => Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid));
            Assert.Equal(300, certificates.Select(c => c.ToJson()).Distinct().Count());
            Assert.Equal(People - 300, test.Templates.Snapshot()!.Count);
            if (!died)
                return;
        }
    }

    private static ConsentId Consent(int person) => new($"c-{person}");

    private static async Task<bool> IsCertifiedAsync(TestVault test, ConsentId consent)
    {
        try
        {
            return (await test.Vault.GetDeletionCertificatesAsync(consent)) is [var only] && only.Check(test.Vault.VerifierKey).IsValid;
        }
        catch (VaultException damaged) when (damaged.Code == VaultErrorCode.IntegrityViolated)
        {
            return false; // its record is the damaged one
        }
    }

    private static async Task<TestVault> MakeAsync()
    {
        TestVault test = await TestVault.InMemoryAsync(roots: 2);
        await test.Vault.ImportAsync(new PurposeId(TestVault.Door), null, PeopleAsync(test));
        return test;
    }

    private static async IAsyncEnumerable<Enrollment> PeopleAsync(TestVault test)
    {
        await Task.CompletedTask;
        for (int i = 0; i < People; i++)
            yield return new Enrollment(test.Grant($"c-{i}"), TestVault.Face(i));
    }
}
