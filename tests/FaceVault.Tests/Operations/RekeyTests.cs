using FaceVault.Storage;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>Replace, remove one, renew: the slot gets a new key, the old one is destroyed and certified.</summary>
public sealed class RekeyTests
{
    private static readonly ConsentId Known = new("c-0");

    [Fact]
    public async Task Replaced_templates_are_found_no_more_and_the_new_ones_are()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        DeletionCertificate certificate = await test.Vault.ReplaceTemplatesAsync(Known, null, [TestVault.Face(50), TestVault.Face(51)]);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal((DeletionTrigger.Replaced, 1), (certificate.Trigger, certificate.TemplateCount));
        Assert.True(await BestOf(gallery, 0) < 0.9f);
        Assert.True(await BestOf(gallery, 50) > 0.99f);
        Assert.True(await BestOf(gallery, 51) > 0.99f);
        Assert.Equal(4, gallery.Count);
        Assert.Equal((ConsentStatus.Active, 2), await Of(test, "c-0"));
        await test.Vault.EnrollAsync(Known, null, TestVault.Face(52));
        await test.ReopenAsync();
        gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(5, gallery.Count);
        Assert.True(await BestOf(gallery, 0) < 0.9f);
        Assert.Equal(5, test.Templates.Snapshot()!.Count);
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.Findings.Count == 0, string.Join('\n', audit.Findings));
        Assert.Equal(1, Assert.Single(await test.Vault.GetDeletionCertificatesAsync(Known)).TemplateCount);

        DeletionCertificate last = await test.Vault.WithdrawConsentAsync(Known);
        Assert.Equal(3, last.TemplateCount);
        Assert.Equal([DeletionTrigger.Replaced, DeletionTrigger.Withdrawn], (await test.Vault.GetDeletionCertificatesAsync(Known)).Select(c => c.Trigger));
    }

    [Fact]
    public async Task One_removed_template_of_several_is_gone_and_the_others_stay()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.EnrollAsync(Known, null, TestVault.Face(60));
        await test.Vault.EnrollAsync(Known, "synthetic8", TestVault.Face(61));
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        var buffer = new MatchBuffer(1, 1);
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(60));
        gallery.Identify(probes, Threshold.RankOnly, buffer, default);
        Candidate best = buffer[0][0];
        Assert.Equal(1, best.Ordinal);
        DeletionCertificate certificate = await test.Vault.RemoveTemplateAsync(Known, best.Ordinal);
        Assert.Equal((DeletionTrigger.Removed, 3), (certificate.Trigger, certificate.TemplateCount));
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.True(await BestOf(gallery, 60) < 0.9f);
        Assert.True(await BestOf(gallery, 0) > 0.99f);
        Assert.Equal((ConsentStatus.Active, 2), await Of(test, "c-0"));
        Assert.Equal(1, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door), "synthetic8")).Count);

        // Ordinals are never used again: the old numbers name nothing.
        foreach (int old in (int[])[0, 1, 2])
            await MisusedAsync(test, "ordinal", v => v.RemoveTemplateAsync(Known, old));
        await test.Vault.RemoveTemplateAsync(Known, 3);
        await test.Vault.RemoveTemplateAsync(Known, 5);
        Assert.Equal((ConsentStatus.Active, 0), await Of(test, "c-0"));
        Assert.Equal(0, gallery.Count);
        await test.Vault.EnrollAsync(Known, null, TestVault.Face(0));
        Assert.True(await BestOf(gallery, 0) > 0.99f);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_number_that_was_skipped_names_no_template_and_nothing_changes()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        test.Faults.FailAt(StoreStep.Commit, 1, StoreFaultMoment.Before); // its row stands in the template store, and nothing counts it
        await Assert.ThrowsAnyAsync<VaultException>(() => test.Vault.EnrollAsync(Known, null, TestVault.Face(60)));
        await test.Vault.EnrollAsync(Known, null, TestVault.Face(61));
        VaultStatus before = await test.Vault.GetStatusAsync();

        await MisusedAsync(test, "ordinal", v => v.RemoveTemplateAsync(Known, 1));

        VaultStatus after = await test.Vault.GetStatusAsync();
        Assert.Equal((before.Epoch, before.LedgerSize), (after.Epoch, after.LedgerSize));
        Assert.Empty(await test.Vault.GetDeletionCertificatesAsync(Known));
        Assert.Equal((ConsentStatus.Active, 2), await Of(test, "c-0"));
        Assert.Equal(2, (await test.Vault.RemoveTemplateAsync(Known, 2)).TemplateCount);
        Assert.Equal((ConsentStatus.Active, 1), await Of(test, "c-0"));
    }

    [Fact]
    public async Task A_renewed_consent_takes_the_templates_over()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        test.Clock.Now = test.Clock.Now.AddMonths(7); // its time may be over
        Renewal renewal = await test.Vault.RenewConsentAsync(Known, test.Grant("c-10", "subject of c-0"));
        Assert.Equal(DeletionTrigger.Superseded, renewal.Certificate.Trigger);
        Assert.True(renewal.Certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(new ConsentId("c-10"), renewal.Receipt.Consent);
        Assert.Equal((ConsentStatus.Destroyed, 0), await Of(test, "c-0"));
        Assert.Equal((ConsentStatus.Active, 1), await Of(test, "c-10"));
        Match found = Assert.Single(await gallery.IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly));
        Assert.Equal(new ConsentId("c-10"), found.Consent);
        await RefusesAsync(test, ViolationCode.ConsentWithdrawn, v => v.RenewConsentAsync(Known, test.Grant("c-11", "subject of c-0")));
        await RefusesAsync(test, ViolationCode.ConsentIdTaken, v => v.RenewConsentAsync(new ConsentId("c-10"), test.Grant("c-1", "subject of c-0")));
        await test.ReopenAsync();
        Assert.Single(await (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly));
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Consents - 1);
    }

    [Fact]
    public async Task Renewing_a_living_consent_is_not_a_second_active_one()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.RenewConsentAsync(Known, test.Grant("c-1", "subject of c-0"));
        await RefusesAsync(test, ViolationCode.ConsentAlreadyActive, v => v.GrantConsentAsync(test.Grant("c-2", "subject of c-0")));
    }

    [Fact]
    public async Task A_withdrawal_beside_replacements_wins_and_every_call_ends()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(4);
        Task[] replacing = [.. Enumerable.Range(0, 6).Select(i => Task.Run(() => test.Vault.ReplaceTemplatesAsync(new ConsentId($"c-{i % 2}"), null, [TestVault.Face(70 + i)])))];
        Task<DeletionCertificate>[] withdrawing = [.. Enumerable.Range(0, 2).Select(i => Task.Run(() => test.Vault.WithdrawConsentAsync(new ConsentId($"c-{i}"))))];
        foreach (DeletionCertificate certificate in await Task.WhenAll(withdrawing))
            Assert.Equal((true, DeletionTrigger.Withdrawn), (certificate.Check(test.Vault.VerifierKey).IsValid, certificate.Trigger));
        foreach (Task replaced in replacing)
        {
            try
            {
                await replaced;
            }
            catch (RefusedException refusal)
            {
                Assert.Equal(ViolationCode.ConsentWithdrawn, Assert.Single(refusal.Violations).Code);
            }
        }

        Assert.Equal(ConsentStatus.Destroyed, (await Of(test, "c-0")).Status);
        Assert.Equal(2, (await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door))).Count);
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
    }

    private static async Task<(ConsentStatus Status, int Templates)> Of(TestVault test, string id)
    {
        ConsentInfo consent = (await test.Vault.GetConsentAsync(new ConsentId(id)))!;
        return (consent.Status, consent.Templates);
    }

    private static async Task<float> BestOf(Gallery gallery, int person) =>
        (await gallery.IdentifyAsync(TestVault.Face(person), 1, Threshold.RankOnly)) is [var best, ..] ? best.Score : -1;
}
