using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Operations;

/// <summary>Purposes have versions; a consent is to the version that was read (C8).</summary>
public sealed class PurposeTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task The_same_definition_is_no_change_and_another_one_names_what_differs()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        string before = Print(test);
        Assert.False(await test.Vault.EnsurePurposeAsync(TestVault.Purpose()));
        Assert.Equal(before, Print(test));
        VaultException refusal = await FailsAsync(test, VaultErrorCode.PurposeDefinitionChanged, v => v.EnsurePurposeAsync(
            TestVault.Purpose(PurposeKind.Verification) with { Description = "Something else", Alternatives = ["a key"] }));
        Assert.Contains("kind, description, alternatives", refusal.Message, StringComparison.Ordinal);
        await RefusesAsync(test, ViolationCode.PurposeTooBroad, v => v.EnsurePurposeAsync(TestVault.Purpose(id: "all") with { Description = "*" }));
        Assert.Single(await test.Vault.ListPurposesAsync());
    }

    [Fact]
    public async Task Callers_who_register_one_purpose_at_once_register_it_once()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        bool[] added = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: $"gate{i % 3}")))));
        Assert.Equal(3, added.Count(a => a));
        Assert.Equal(4, (await test.Vault.ListPurposesAsync()).Count);
        await test.ReopenAsync();
        Assert.Equal(4, (await test.Vault.ListPurposesAsync()).Count);
        Assert.Equal(4, (await test.Vault.GetStatusAsync()).Purposes);
    }

    [Fact]
    public async Task A_new_version_leaves_older_consents_behind()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-2"));
        Purpose second = TestVault.Purpose() with { Description = "Opening the door and the lift" };
        Assert.Equal(2, await test.Vault.AddPurposeVersionAsync(second));
        Assert.Equal(2, await test.Vault.AddPurposeVersionAsync(second)); // again: no third version
        PurposeInfo info = Assert.Single(await test.Vault.ListPurposesAsync());
        Assert.Equal((2, 2), (info.Version, info.Consents));
        Assert.Equal(second, info.Definition);

        await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.EnrollAsync(new ConsentId("c-0"), null, TestVault.Face(0)));
        await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.ReplaceTemplatesAsync(new ConsentId("c-0"), null, [TestVault.Face(0)]));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.Equal(0, gallery.Count);

        // The same subject may consent to the new version; the old consent stays what it was, and can be renewed.
        await test.Vault.GrantConsentAsync(test.Grant("c-10", "subject of c-0"));
        await test.Vault.EnrollAsync(new ConsentId("c-10"), null, TestVault.Face(0));
        await test.Vault.RenewConsentAsync(new ConsentId("c-1"), test.Grant("c-11", "subject of c-1"));
        IReadOnlyList<Match> found = await gallery.IdentifyAsync(TestVault.Face(1, capture: 1), 5, Threshold.RankOnly);
        Assert.Equal([new ConsentId("c-11"), new ConsentId("c-10")], found.Select(m => m.Consent));
        Assert.Equal((1, ConsentStatus.Active), await Of("c-0"));
        Assert.Equal((2, ConsentStatus.Active), await Of("c-10"));
        Assert.Equal((1, ConsentStatus.Destroyed), await Of("c-1"));
        await test.ReopenAsync();
        Assert.Equal(2, (await test.Vault.GetGalleryAsync(Door)).Count);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);

        async Task<(int, ConsentStatus)> Of(string id)
        {
            ConsentInfo consent = (await test.Vault.GetConsentAsync(new ConsentId(id)))!;
            return (consent.Version, consent.Status);
        }
    }

    [Fact]
    [Trait("Rule", "C8")]
    public async Task A_consent_that_was_given_before_a_version_was_added_is_none_to_it_although_the_notice_is_the_same()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        ConsentGrant early = test.Grant("c-early", "anna") with { GivenAt = test.Start.AddYears(-1), NoticeShownAt = test.Start.AddYears(-1), ExpiresAt = test.Start.AddYears(1) };
        await test.Vault.GrantConsentAsync(early with { Id = new ConsentId("c-0"), GivenAt = test.Start.AddMonths(-1), NoticeShownAt = test.Start.AddMonths(-1), InteractionId = null }); // to the first version: older than the vault
        test.Clock.Now = test.Start.AddHours(1);
        ConsentGrant before = test.Grant("c-1", "boris");
        test.Clock.Now = test.Start.AddHours(2).AddMilliseconds(400);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the door and the lift" });
        ConsentGrant then = test.Grant("c-2", "carla");
        for (int round = 0; round < 3; round++)
        {
            await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.GrantConsentAsync(before));
            await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.GrantConsentAsync(early with { InteractionId = $"round {round}", Subject = new SubjectId("dora") }));
            await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.CheckImportAsync(Door, null, Items(new Enrollment(before, TestVault.Face(1)))));
            await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.ImportAsync(Door, null, Items(new Enrollment(before, TestVault.Face(1)))));
            await RefusesAsync(test, ViolationCode.PurposeVersionNotConsented, v => v.RenewConsentAsync(new ConsentId("c-0"), before with { Subject = new SubjectId("anna") }));
            await test.Vault.AdmitModelAsync(Door, new TemplateModel($"model-{round}", 64, TemplateEncoding.Int8));
            await test.ReopenAsync();
        }

        await test.Vault.GrantConsentAsync(then);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);

        // With a notice of its own the forms say which version they are about, and may be gathered before it is registered.
        var notice = new Notice { Language = "en", Sha256 = new string('e', 64) };
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the door, the lift and the gate", Notice = notice });
        await test.Vault.GrantConsentAsync(before with { Notice = notice });
    }

    [Theory]
    [InlineData(GalleryMode.Open)]
    [InlineData(GalleryMode.Sealed)]
    [Trait("Rule", "C8")]
    public async Task A_gallery_that_was_opened_for_an_older_version_compares_no_face_any_more(GalleryMode mode)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        Gallery old = await test.Vault.GetGalleryAsync(Door, null, mode);
        using var probes = new ProbeBatch(old, 1);
        probes.Add(TestVault.Face(0));
        GallerySnapshot snapshot = old.TakeSnapshot();
        Assert.Equal(2, (await old.IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly)).Count);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Necessity = "Assessment 8" });
        Action[] searches =
        [
            () => _ = old.IdentifyAsync(TestVault.Face(0), 5, Threshold.RankOnly),
            () => old.Identify(probes, Threshold.RankOnly, new MatchBuffer(1, 5)),
            () => old.FindAll(probes, Threshold.At(-1), new HitBuffer(1, 5)),
            () => old.Score(probes, snapshot, new float[2]),
        ];
        Assert.All(searches, search => Assert.Equal([ViolationCode.PurposeVersionNotConsented], Assert.Throws<RefusedException>(search).Violations.Select(v => v.Code)));
        Assert.Equal(0, (await test.Vault.GetGalleryAsync(Door, null, mode)).Count);
    }

    [Fact]
    public async Task Renewing_leaves_templates_of_a_model_behind_that_the_new_version_does_not_admit()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        await test.Vault.EnrollAsync(new ConsentId("c-0"), "synthetic8", TestVault.Face(0));
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Models = [new TemplateModel("newer", 64, TemplateEncoding.Float32), new TemplateModel("synthetic8", 64, TemplateEncoding.Int8)] });
        Renewal renewal = await test.Vault.RenewConsentAsync(new ConsentId("c-0"), test.Grant("c-1", "subject of c-0"));
        Assert.Equal(2, renewal.Certificate.TemplateCount);
        Assert.Equal(1, (await test.Vault.GetConsentAsync(new ConsentId("c-1")))!.Templates);
        Assert.Equal(0, (await test.Vault.GetGalleryAsync(Door)).Count);
        Assert.Equal(1, (await test.Vault.GetGalleryAsync(Door, "synthetic8")).Count);
        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }
}
