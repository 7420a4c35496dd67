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

    [Fact]
    public async Task A_receipt_can_be_had_again_and_fits_the_certificate()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentReceipt given = await test.Vault.GrantConsentAsync(test.Grant("c-0"));
        await test.EnrollAsync(1, from: 1);

        Assert.Equal(given, await test.Vault.GetReceiptAsync(new ConsentId("c-0")));
        Assert.Null(await test.Vault.GetReceiptAsync(new ConsentId("nobody")));
        DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        ConsentReceipt again = (await test.Vault.GetReceiptAsync(new ConsentId("c-0")))!;
        Assert.True(certificate.Check(test.Vault.VerifierKey, again).IsValid);
        Assert.Equal(CertificateFinding.ReceiptMismatch, certificate.Check(test.Vault.VerifierKey, (await test.Vault.GetReceiptAsync(new ConsentId("c-1")))!));
    }

    [Fact]
    public async Task A_lost_folder_is_restored_from_a_mirror_and_an_old_archive_of_templates()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 1, mirrors: 1);
        await test.EnrollAsync(5);
        string archive = Directory.CreateDirectory(Path.Combine(folder.Path, "archive")).FullName;
        await test.Vault.DisposeAsync();
        File.Copy(Path.Combine(folder.Path, "vault", "templates.db"), Path.Combine(archive, "templates.db"));
        test.Renew();
        await test.EnrollAsync(1, from: 5);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"));
        await test.Vault.DisposeAsync();
        Directory.Delete(Path.Combine(folder.Path, "vault"), recursive: true);

        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), Path.Combine(folder.Path, "mirror0"), archive);

        test.Renew();
        AuditReport audit = await test.Vault.AuditAsync();
        AuditFinding missing = Assert.Single(audit.Findings);
        Assert.Equal(("template-missing", 1), (missing.Code, missing.Count));
        Assert.Equal(4, audit.Templates);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.DoesNotContain(await gallery.IdentifyAsync(TestVault.Face(1), 10, Threshold.RankOnly), m => m.Consent == new ConsentId("c-1"));
    }

    [Fact]
    public async Task A_lost_folder_without_an_archive_comes_back_without_templates_and_people_enrol_again_or_withdraw()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 1, mirrors: 1);
        await test.EnrollAsync(3);
        DeletionCertificate former = await test.Vault.WithdrawConsentAsync(new ConsentId("c-0"));
        await test.Vault.DisposeAsync();
        Directory.Delete(Path.Combine(folder.Path, "vault"), recursive: true);

        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), Path.Combine(folder.Path, "mirror0"), null);

        test.Renew();
        Assert.Equal(("template-missing", 2), Assert.Single((await test.Vault.AuditAsync()).Findings) is var missing ? (missing.Code, missing.Count) : default);
        Assert.Equal(former.CompletedIndex, Assert.Single(await test.Vault.GetDeletionCertificatesAsync(new ConsentId("c-0"))).CompletedIndex);
        Assert.True((await test.Vault.WithdrawConsentAsync(new ConsentId("c-1"))).Check(test.Vault.VerifierKey).IsValid);
        await test.Vault.EnrollAsync(new ConsentId("c-2"), null, TestVault.Face(2));
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
        Assert.Equal(new ConsentId("c-2"), Assert.Single(await gallery.IdentifyAsync(TestVault.Face(2, capture: 1), 10, Threshold.RankOnly)).Consent);
        await test.Vault.DisposeAsync();

        File.Delete(Path.Combine(folder.Path, "vault", "templates.db"));
        await Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), null, null);
        await Assert.ThrowsAsync<ArgumentException>("mirrorDirectory", () => Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), null, null));
        test.Renew();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(new ConsentId("c-2")))!.Status);
    }

    [Fact]
    public async Task A_copy_of_the_mirror_from_before_a_commit_is_not_restored()
    {
        using var folder = new TemporaryFolder();
        await using TestVault test = await TestVault.InFilesAsync(folder.Path, roots: 1, mirrors: 1);
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        string old = Directory.CreateDirectory(Path.Combine(folder.Path, "old")).FullName;
        File.Copy(Path.Combine(folder.Path, "mirror0", "keys.db"), Path.Combine(old, "keys.db"));
        test.Renew();
        await test.EnrollAsync(1, from: 1);
        await test.Vault.DisposeAsync();
        File.Delete(Path.Combine(folder.Path, "vault", "keys.db"));

        VaultException refused = await Assert.ThrowsAsync<VaultException>(() => Vault.RestoreAsync(test.Options(VaultAccess.ReadWrite), old, null));

        Assert.Equal(VaultErrorCode.StoreRolledBack, refused.Code);
        Assert.False(File.Exists(Path.Combine(folder.Path, "vault", "keys.db")));
        test.Renew();
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
