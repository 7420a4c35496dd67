using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>The vault from the outside, end to end.</summary>
public sealed class VaultTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task A_withdrawn_face_is_not_found_and_its_certificate_holds(int roots, int mirrors)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots, mirrors);
        await EndToEnd(test);
    }

    [Fact]
    public async Task The_same_holds_over_files()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 2, mirrors: 1);
        await EndToEnd(test);
    }

    private static async Task EndToEnd(TestVault test)
    {
        await test.EnrollAsync(70);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(70, gallery.Count);
        IReadOnlyList<Match> before = await gallery.IdentifyAsync(TestVault.Face(7, capture: 1), 3, Threshold.RankOnly);
        Assert.Equal(new ConsentId("c-7"), before[0].Consent);

        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-7"));
        CertificateFinding finding = certificate.Check(test.Vault.VerifierKey);
        Assert.True(finding.IsValid, finding.ToString());
        Assert.Equal(DeletionTrigger.Withdrawn, certificate.Trigger);
        Assert.Equal(1, certificate.TemplateCount);
        IReadOnlyList<Match> after = await gallery.IdentifyAsync(TestVault.Face(7, capture: 1), 70, Threshold.RankOnly);
        Assert.DoesNotContain(after, m => m.Consent == new ConsentId("c-7"));
        Assert.Equal(69, after.Count);

        await test.ReopenAsync();
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(new ConsentId("c-7")))!.Status);
        DeletionCertificate again = await test.Vault.WithdrawConsentAsync(new ConsentId("c-7"));
        Assert.True(again.Check(test.Vault.VerifierKey).IsValid);
        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.Findings.Count == 0, string.Join('\n', audit.Findings));
        Assert.Equal(69, audit.Templates);
    }
}
