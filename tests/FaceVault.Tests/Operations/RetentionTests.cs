using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>What has run out is not used, whether or not a sweep has run; a sweep destroys it; evidence dies last.</summary>
[Trait("Rule", "S2")]
[Trait("Rule", "D1")]
[Trait("Rule", "D2")]
[Trait("Rule", "D9")]
public sealed class RetentionTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task An_expired_face_is_not_found_before_any_sweep_and_destroyed_by_one()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        test.Clock.Now = test.Clock.Now.AddDays(10);
        await test.EnrollAsync(1, from: 3);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.Equal(4, (await gallery.IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly)).Count);
        test.Clock.Now = test.Clock.Now.AddMonths(6).AddDays(-5); // the first three ended five days ago
        Match left = Assert.Single(await gallery.IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly));
        Assert.Equal(new ConsentId("c-3"), left.Consent);

        SweepResult swept = await test.Vault.SweepAsync();
        Assert.Equal(new SweepResult(3, 0, 0), swept);
        Assert.Equal(new SweepResult(0, 0, 0), await test.Vault.SweepAsync());
        DeletionCertificate certificate = Assert.Single(await test.Vault.GetDeletionCertificatesAsync(new ConsentId("c-0")));
        Assert.Equal(DeletionTrigger.Expired, certificate.Trigger);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(1, (await test.Vault.GetStatusAsync()).Consents);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task Use_ends_with_the_purposes_longest_retention_when_that_comes_first()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c-0") with { ExpiresAt = test.Clock.Now.AddYears(5) });
        Assert.Equal(test.Clock.Now.AddYears(1), receipt.UseEndsAt);
        test.Clock.Now = test.Clock.Now.AddYears(1);
        await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)));
    }

    [Fact]
    public async Task When_the_evidence_dies_the_consent_is_unknown_and_its_certificate_lives()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        var id = new ConsentId("c-0");
        await test.Vault.WithdrawConsentAsync(id);
        long index = Assert.Single((await test.Vault.GetConsentAsync(id))!.Certificates);
        long epoch = (await test.Vault.GetStatusAsync()).Epoch;
        test.Clock.Now = test.Clock.Now.AddYears(3).AddMinutes(1);
        SweepResult swept = await test.Vault.SweepAsync();
        Assert.Equal((1, 1), (swept.Expired, swept.EvidenceDestroyed));
        Assert.Equal(epoch + 2, (await test.Vault.GetStatusAsync()).Epoch);

        Assert.Null(await test.Vault.GetConsentAsync(id));
        Assert.Empty(await test.Vault.FindConsentsAsync(new SubjectId("subject of c-0")));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.WithdrawConsentAsync(id));
        await FailsAsync(test, VaultErrorCode.ConsentUnknown, v => v.EraseSubjectAsync(new SubjectId("subject of c-0")));
        DeletionCertificate certificate = await test.Vault.GetDeletionCertificateAsync(index);
        Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
        await test.ReopenAsync();
        Assert.Null(await test.Vault.GetConsentAsync(id));
        Assert.True((await test.Vault.AuditAsync()).IsIntact);

        // Its id is nobody's now.
        await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(id))!.Status);
    }

    [Fact]
    public async Task Erasing_a_subject_reaches_all_consents_and_seals_the_orders_reference()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate"));
        await test.Vault.GrantConsentAsync(test.Grant("c-0", "subject of all"));
        await test.Vault.GrantConsentAsync(test.Grant("c-1", "subject of all", "gate"));
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c-2"));
        IReadOnlyList<DeletionCertificate> certificates = await test.Vault.EraseSubjectAsync(new SubjectId("subject of all"), "order 7/2026");
        Assert.Equal(2, certificates.Count);
        Assert.All(certificates, c => Assert.True(c.Check(test.Vault.VerifierKey).IsValid));
        Assert.All(certificates, c => Assert.Equal(DeletionTrigger.Erased, c.Trigger));
        Assert.All(await test.Vault.FindConsentsAsync(new SubjectId("subject of all")), c => Assert.Equal(ConsentStatus.Destroyed, c.Status));
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(new ConsentId("c-2")))!.Status);
        await foreach (LedgerLine line in test.Vault.ReadLedgerAsync())
            Assert.DoesNotContain("7/2026", line.Entry, StringComparison.Ordinal);
        Assert.Empty(await test.Vault.EraseSubjectAsync(new SubjectId("subject of all")));
        DeletionCertificate own = await test.Vault.WithdrawConsentAsync(new ConsentId("c-2"));
        Assert.True(own.CheckReceipt(receipt));
        Assert.False(certificates[0].CheckReceipt(receipt));
    }

    [Fact]
    public async Task An_order_for_some_purposes_leaves_the_others_as_they_are()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var subject = new SubjectId("subject of all");
        string[] purposes = [TestVault.Door, "gate", "lift"];
        foreach (string purpose in purposes)
        {
            await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: purpose));
            await test.Vault.GrantConsentAsync(test.Grant($"c-{purpose}", "subject of all", purpose));
            await test.Vault.EnrollAsync(new ConsentId($"c-{purpose}"), null, TestVault.Face(1));
        }

        IReadOnlyList<DeletionCertificate> certificates = await test.Vault.EraseSubjectAsync(subject, "order 7/2026", [new("gate"), new("lift")]);
        Assert.Equal(2, certificates.Count);
        Assert.Equal(
            [(TestVault.Door, ConsentStatus.Active), ("gate", ConsentStatus.Destroyed), ("lift", ConsentStatus.Destroyed)],
            (await test.Vault.FindConsentsAsync(subject)).Select(c => (c.Purpose.Value, c.Status)));
        Assert.Empty(await test.Vault.EraseSubjectAsync(subject, "order 7/2026", [new("gate")]));
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(1), 5, Threshold.At(0.9f)));
    }
}
