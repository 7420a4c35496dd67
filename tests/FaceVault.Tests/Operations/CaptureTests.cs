using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>C7 (SPC 2(2); PIPL 17): notice, then consent, then capture, to the second; wherever the time of the capture is told.</summary>
[Trait("Rule", "C7")]
public sealed class CaptureTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task A_face_that_was_captured_before_the_consent_is_not_enrolled()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.Clock.Now = test.Start.AddSeconds(40);
        await test.Vault.GrantConsentAsync(test.Grant("c-1"));
        var id = new ConsentId("c-1");
        RefusedException refusal = await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, v => v.EnrollAsync(id, null, TestVault.Face(0), test.Start.AddSeconds(39)));
        Assert.Equal(("C7", "captured"), (Assert.Single(refusal.Violations).Rule, refusal.Violations[0].Field));
        await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, v => v.EnrollAsync(id, null, TestVault.Face(0), test.Clock.Now.AddMinutes(6)));
        await test.Vault.EnrollAsync(id, null, TestVault.Face(0), test.Start.AddSeconds(40));
        await test.Vault.EnrollAsync(id, null, TestVault.Face(1), test.Clock.Now.AddMinutes(5));
        Assert.Equal(2, (await test.Vault.GetConsentAsync(id))!.Templates);

        // All reasons at once.
        test.Clock.Now = test.Start.AddYears(1);
        refusal = await RefusesAsync(test, ViolationCode.RetentionExpired, v => v.EnrollAsync(id, null, TestVault.Face(0), test.Start));
        Assert.Equal([ViolationCode.RetentionExpired, ViolationCode.CaptureBeforeConsent], refusal.Violations.Select(v => v.Code));
    }

    [Fact]
    public async Task Templates_are_not_replaced_by_a_face_that_was_captured_before_the_consent()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.Clock.Now = test.Start.AddSeconds(40);
        await test.EnrollAsync(1);
        var id = new ConsentId("c-0");
        RefusedException refusal = await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, v => v.ReplaceTemplatesAsync(id, null, [TestVault.Face(1)], test.Start.AddSeconds(39)));
        Assert.Equal(("C7", "captured"), (Assert.Single(refusal.Violations).Rule, refusal.Violations[0].Field));
        await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, v => v.ReplaceTemplatesAsync(id, null, [TestVault.Face(1)], test.Clock.Now.AddMinutes(6)));
        Assert.True((await test.Vault.ReplaceTemplatesAsync(id, null, [TestVault.Face(1)], test.Start.AddSeconds(40))).Check(test.Vault.VerifierKey).IsValid);
    }

    [Fact]
    public async Task An_import_refuses_the_item_whose_face_was_captured_before_its_consent()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        test.Clock.Now = test.Start.AddSeconds(40);
        ConsentGrant grant = test.Grant("c-1");
        Enrollment[] items = [new(grant, TestVault.Face(0), grant.GivenAt), new(grant, TestVault.Face(1), grant.GivenAt.AddSeconds(-1)), new(test.Grant("c-2"), TestVault.Face(2))];
        foreach (Func<Vault, Task> call in new Func<Vault, Task>[] { v => v.CheckImportAsync(Door, null, Items(items)), v => v.ImportAsync(Door, null, Items(items)) })
            Assert.Equal("items[1].captured", Assert.Single((await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, call)).Violations).Field);

        Assert.Equal(2, (await test.Vault.ImportAsync(Door, null, Items(items[0], items[2]))).Granted);
        Assert.Equal("items[0].captured", Assert.Single((await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, v => v.ImportAsync(Door, null, Items(items[1])))).Violations).Field); // now that the consent is there
        Assert.Equal(1, (await test.Vault.ImportAsync(Door, null, Items(items[1] with { CapturedAt = grant.GivenAt.AddSeconds(1) }))).Enrolled);
    }

    /// <summary>A grant that is told again with an earlier time does not move the consent that is there; the check says what the import says.</summary>
    [Fact]
    public async Task An_import_under_a_consent_that_is_there_goes_by_its_time()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentGrant grant = test.Grant("c-1") with { GivenAt = test.Start.AddMinutes(-2), NoticeShownAt = test.Start.AddMinutes(-3) };
        await test.Vault.GrantConsentAsync(grant);
        var item = new Enrollment(grant with { GivenAt = grant.GivenAt.AddDays(-1), NoticeShownAt = grant.GivenAt.AddDays(-2) }, TestVault.Face(0), grant.GivenAt.AddMinutes(-1));
        foreach (Func<Vault, Task> call in new Func<Vault, Task>[] { v => v.CheckImportAsync(Door, null, Items(item)), v => v.ImportAsync(Door, null, Items(item)) })
            Assert.Equal("items[0].captured", Assert.Single((await RefusesAsync(test, ViolationCode.CaptureBeforeConsent, call)).Violations).Field);
    }
}
