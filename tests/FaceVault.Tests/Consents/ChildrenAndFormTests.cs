using FaceVault.Consents;
using FaceVault.Tests.Operations;
using static FaceVault.Tests.Operations.Unchanged;

namespace FaceVault.Tests.Consents;

/// <summary>C5 (PIPL 29; BIPA 15(b)) and C6 (SPC 2(3), 3; PIPL 31; GDPR 8): as the profile asks, and under baseline not at all.</summary>
[Trait("Rule", "C5")]
[Trait("Rule", "C6")]
public sealed class ChildrenAndFormTests
{
    private static readonly DateTimeOffset Now = Examples.Now;

    [Theory]
    [InlineData(ConsentForm.None, null, true)]
    [InlineData(ConsentForm.Click, null, false)]
    [InlineData(ConsentForm.Click, "nod", false)]
    [InlineData(ConsentForm.Click, "click", true)]
    [InlineData(ConsentForm.Recorded, "click", false)]
    [InlineData(ConsentForm.Recorded, "recorded", true)]
    [InlineData(ConsentForm.Electronic, "recorded", false)]
    [InlineData(ConsentForm.Electronic, "electronic", true)]
    [InlineData(ConsentForm.Written, "electronic", false)]
    [InlineData(ConsentForm.Written, "Written", false)]
    [InlineData(ConsentForm.Written, "written", true)]
    public void A_form_satisfies_every_weaker_one_and_another_word_satisfies_none(object minimum, string? form, bool accepted)
    {
        IReadOnlyList<Violation> found = ConsentRules.CheckGrant(Examples.Grant() with { Form = form }, Context(new ConsentDemands { MinimumForm = (ConsentForm)minimum }));
        Assert.Equal(accepted ? [] : ["ConsentFormInsufficient C5 form"], found.Select(Name));
    }

    public static TheoryData<string?, string?, int?, string[]> Bands() => new()
    {
        { "adult", null, null, [] },
        { "adult", "emp-1042", null, [] },
        { "child", "mother", 30, [] },
        { "child", null, 30, ["guardian"] },
        { "child", "emp-1042", 30, ["guardian"] },
        { "child", "*", 30, ["guardian"] },
        { "child", "mother", null, ["ageBandEnds"] },
        { "child", null, null, ["guardian", "ageBandEnds"] },
        { "child", "mother", 0, ["ageBandEnds"] },
        { "child", "mother", 1, [] },
        { "child", "mother", (14 * 366) + 2, ["ageBandEnds"] },
        { null, null, null, ["guardian"] },
        { null, "mother", null, [] },
        { null, "emp-1042", null, ["guardian"] },
        { null, "mother", 0, ["ageBandEnds"] },
        { "under-14", null, null, ["guardian"] },
        { "Adult", null, null, ["guardian"] },
    };

    [Theory]
    [MemberData(nameof(Bands))]
    public void Who_is_not_known_to_be_an_adult_needs_a_guardian_and_a_child_an_end(string? band, string? guardian, int? days, string[] fields)
    {
        ConsentGrant grant = Examples.Grant() with
        {
            AgeBand = band,
            Guardian = guardian is null ? null : new SubjectId(guardian),
            AgeBandEnds = days is { } d ? DateOnly.FromDateTime(Now.UtcDateTime).AddDays(d) : null,
        };
        IReadOnlyList<Violation> found = ConsentRules.CheckGrant(grant, Context(new ConsentDemands { ChildAge = 14 }));
        Assert.Equal(fields.Select(field => "GuardianConsentRequired C6 " + field), found.Select(Name));
        Assert.Empty(ConsentRules.CheckGrant(grant, Context(ConsentDemands.None)));
    }

    [Fact]
    public async Task A_childs_band_ends_at_midnight_of_the_profiles_zone_and_a_renewal_helps()
    {
        // Born on 2012-12-01: 14 on 2026-12-01 in Shanghai, while it is still November in UTC.
        var midnight = new DateTimeOffset(2026, 11, 30, 16, 0, 0, TimeSpan.Zero);
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "school") with { Profile = "cn" });
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "locker") with { Profile = "cn" });
        ConsentGrant Child(string id, string purpose) => test.Grant(id, "pupil", purpose) with { AgeBand = "child", AgeBandEnds = new DateOnly(2026, 12, 1), Guardian = new SubjectId("mother"), ExpiresAt = test.Start.AddMonths(6) };
        await RefusesAsync(test, ViolationCode.GuardianConsentRequired, v => v.GrantConsentAsync(Child("c-1", "school") with { Guardian = new SubjectId("pupil") }));
        await RefusesAsync(test, ViolationCode.ConsentFormInsufficient, v => v.GrantConsentAsync(Child("c-1", "school") with { Form = "click" }));
        ConsentId one = new("c-1"), two = new("c-2");
        await test.Vault.GrantConsentAsync(Child("c-1", "school"));
        await test.Vault.GrantConsentAsync(Child("c-2", "locker"));
        await test.Vault.EnrollAsync(one, null, TestVault.Face(1));
        await test.Vault.EnrollAsync(two, null, TestVault.Face(1));
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId("school"));
        Assert.Equal(midnight, (await test.Vault.GetConsentAsync(one))!.AgeBandEndsAt);

        test.Clock.Now = midnight.AddSeconds(-1);
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly));
        Assert.True((await test.Vault.VerifyFaceAsync(two, TestVault.Face(1), Threshold.At(0.9f))).IsMatch);
        test.Clock.Now = midnight;
        Assert.Empty(await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly));
        Assert.Equal(0, Candidates(gallery));
        Assert.Equal("GuardianConsentRequired C6 consent", Name(Assert.Single((await test.Vault.VerifyFaceAsync(two, TestVault.Face(1), Threshold.At(0.9f))).Violations)));
        await RefusesAsync(test, ViolationCode.GuardianConsentRequired, v => v.EnrollAsync(one, null, TestVault.Face(2)));
        Assert.Equal(ConsentStatus.Expired, (await test.Vault.GetConsentAsync(one))!.Status);
        Assert.Equal(new SweepResult(0, 0, 0), await test.Vault.SweepAsync()); // it can still be renewed
        await test.ReopenAsync();
        Assert.Equal(0, Candidates(await test.Vault.GetGalleryAsync(new PurposeId("school"))));
        Assert.Empty(await (await test.Vault.GetGalleryAsync(new PurposeId("school"))).IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly));

        await test.Vault.RenewConsentAsync(one, test.Grant("c-3", "pupil", "school") with { AgeBand = "adult" });
        Assert.Equal(new ConsentId("c-3"), Assert.Single(await (await test.Vault.GetGalleryAsync(new PurposeId("school"))).IdentifyAsync(TestVault.Face(1), 1, Threshold.RankOnly)).Consent);
        Assert.Null((await test.Vault.GetConsentAsync(new ConsentId("c-3")))!.AgeBandEndsAt);
    }

    [Fact]
    public async Task Under_baseline_neither_form_nor_age_is_asked_for()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.GrantConsentAsync(test.Grant("c-1") with { Form = null, AgeBand = "child", AgeBandEnds = new DateOnly(2026, 11, 22) });
        Assert.Null((await test.Vault.GetConsentAsync(new ConsentId("c-1")))!.AgeBandEndsAt);
    }

    private static int Candidates(Gallery gallery)
    {
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(1));
        var found = new MatchBuffer(1, 1);
        gallery.Identify(probes, Threshold.RankOnly, found);
        return found[0].Length;
    }

    private static GrantContext Context(ConsentDemands demands) => new(Examples.Purpose(), Now) { Demands = demands };

    private static string Name(Violation violation) => $"{violation.Code} {violation.Rule} {violation.Field}";
}
