using System.Text;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Rules;

public class ProfileUseTests
{
    [Fact]
    public async Task A_profile_that_nobody_knows_is_misuse_when_a_purpose_is_registered()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "other") with { Profile = "cn+mars" }));
        Assert.Contains("us-il", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Profile = "mars" }));
        Assert.Single(await test.Vault.ListPurposesAsync());
    }

    [Fact]
    public async Task A_purpose_whose_profile_this_program_does_not_know_is_refused_every_use_and_can_be_withdrawn()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson(Encoding.UTF8.GetBytes("""{"name":"works-council","title":"Agreement 12","includes":["eu"],"rows":[]}""")));
        await using (var vault = new Vault(options))
        {
            await vault.InitializeAsync();
            await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification) with { Profile = "works-council" });
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.GetUtcNow(), "c1"));
            await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
            Assert.Equal(VerificationOutcome.Match, (await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        }

        options.Profiles.Clear();
        await using var other = new Vault(options);
        await other.OpenAsync();
        FaceVerification refused = await other.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f));
        Assert.Equal(VerificationOutcome.Refused, refused.Outcome);
        Assert.Equal((ViolationCode.ProhibitedByPolicy, "profile"), refused.Violations.Select(v => (v.Code, v.Field)).Single());
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => other.EnrollAsync(new ConsentId("c1"), null, Embedding));
        Assert.Equal(ViolationCode.ProhibitedByPolicy, Assert.Single(refusal.Violations).Code);
        Assert.True((await other.WithdrawConsentAsync(new ConsentId("c1"))).Check(other.VerifierKey).IsValid);
    }

    /// <summary>What the sample of the README fills in is enough under each: another profile is another word in the definition.</summary>
    [Theory]
    [InlineData("baseline")]
    [InlineData("cn")]
    [InlineData("eu")]
    [InlineData("us-il")]
    [InlineData("cn+eu+us-il")]
    public async Task A_program_that_is_lawful_under_one_profile_is_under_another_by_its_name_alone(string profile)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var id = new ConsentId("c1");
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "gate") with { Profile = profile });
        await test.Vault.GrantConsentAsync(test.Grant("c1", purpose: "gate") with { Form = "written", AgeBand = "adult", InteractionId = "form-88" });
        await test.Vault.EnrollAsync(id, null, Embedding);
        Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId("gate"));
        Assert.Equal(id, Assert.Single(await gallery.IdentifyAsync(Embedding, 1, Threshold.At(0.5f))).Consent);
        Assert.True((await test.Vault.WithdrawConsentAsync(id)).Check(test.Vault.VerifierKey).IsValid);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task What_does_not_leave_under_a_profile_does_not_leave_a_program_that_does_not_know_the_profile()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"station","title":"A station","includes":["cn"],"rows":[]}"""u8));
        await using (var vault = new Vault(options))
        {
            await vault.InitializeAsync();
            await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification) with { Profile = "station", Category = "publicSecurity", Signage = "At the doors" });
            await vault.GrantConsentAsync(TestVault.GrantAt(clock.GetUtcNow(), "c1") with { Form = "written", AgeBand = "adult" });
            await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
            Assert.Equal([ViolationCode.DisclosureForbidden], await CopyAsync(vault));
        }

        options.Profiles.Clear();
        await using var other = new Vault(options);
        await other.OpenAsync();
        Assert.Contains(ViolationCode.DisclosureForbidden, await CopyAsync(other));

        static async Task<IEnumerable<ViolationCode>> CopyAsync(Vault vault) =>
            (await Assert.ThrowsAsync<RefusedException>(() => vault.CopyTemplatesAsync(new ConsentId("c1"), (_, _) => Assert.Fail("handed out")))).Violations.Select(v => v.Code);
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task A_basis_that_the_law_does_not_know_any_more_opens_nothing()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"plague","title":"A law of its time","rows":[{"rule":"P8","basis":"emergency","until":"2027-01-01","source":"Act 3"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification) with { Profile = "plague", Basis = new LegalBasis { Kind = "emergency", Authority = "Order 7", EndsAt = clock.Now.AddYears(2) } });
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c1"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        clock.Now = new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal(VerificationOutcome.Match, (await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        clock.Now = clock.Now.AddSeconds(1);
        FaceVerification after = await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f));
        Assert.Equal([ViolationCode.LegalBasisUnproven], after.Violations.Select(v => v.Code));
        Assert.Equal(1, (await vault.PreviewSweepAsync()).Expired); // D2: and what has lost its ground is destroyed unasked
        Assert.Contains(ViolationCode.LegalBasisUnproven, (await Assert.ThrowsAsync<RefusedException>(() => vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c2")))).Violations.Select(v => v.Code));
    }

    [Fact]
    [Trait("Rule", "S2")]
    public async Task A_shorter_retention_that_begins_masks_faces_in_galleries_as_it_refuses_every_other_use()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"town","title":"A town","rows":[{"rule":"S2","maxRetention":"P1M","from":"2027-01-01","source":"Bylaw 4"},{"rule":"S2","maxRetention":"P2M","source":"Bylaw 3"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose() with { Profile = "town" });
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c1"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        Gallery loaded = await vault.GetGalleryAsync(new PurposeId("door"));
        clock.Now = clock.Now.AddDays(20);
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c2"));
        await vault.EnrollAsync(new ConsentId("c2"), null, Embedding);
        await vault.ImportAsync(new PurposeId("door"), null, One(TestVault.GrantAt(clock.Now, "c3")));
        Gallery later = await vault.GetGalleryAsync(new PurposeId("door"), null, GalleryMode.Sealed);
        foreach ((DateTimeOffset at, int expected) in new[]
        {
            (new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero), 3), // none has been kept for two months
            (new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), 2), // of a month and ten days
            (new DateTimeOffset(2027, 1, 11, 11, 59, 59, TimeSpan.Zero), 2),
            (new DateTimeOffset(2027, 1, 11, 12, 0, 0, TimeSpan.Zero), 0),
        })
        {
            clock.Now = at;
            Assert.Equal((expected, expected), (Count(loaded), Count(later)));
            Assert.Equal(expected, (await loaded.IdentifyAsync(Embedding, 5, Threshold.RankOnly)).Count);
        }

        Assert.Equal((ConsentStatus.Expired, ConsentState.Expired), await vault.GetConsentAsync(new ConsentId("c2")) is { } info ? (info.Status, info.State) : default);

        static int Count(Gallery gallery)
        {
            using var probes = new ProbeBatch(gallery, 1);
            probes.Add(Embedding);
            var found = new MatchBuffer(1, 5);
            gallery.Identify(probes, Threshold.RankOnly, found);
            return found[0].Length;
        }

        static async IAsyncEnumerable<Enrollment> One(ConsentGrant grant)
        {
            await Task.CompletedTask;
            yield return new Enrollment(grant, Embedding);
        }
    }

    [Fact]
    [Trait("Rule", "S2")]
    public async Task A_receipt_promises_no_use_that_is_refused_wherever_its_day_is_counted()
    {
        var given = new DateTimeOffset(2027, 3, 1, 1, 0, 0, TimeSpan.FromHours(8)); // the last day of February in UTC
        var clock = new FixedClock(given);
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"town","title":"A town","rows":[{"rule":"S2","maxRetention":"P1M","source":"Bylaw 3"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification) with { Profile = "town" });
        ConsentReceipt receipt = await vault.GrantConsentAsync(TestVault.GrantAt(given, "c1"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        clock.Now = receipt.UseEndsAt.AddSeconds(-1);
        Assert.Equal(VerificationOutcome.Match, (await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        clock.Now = receipt.UseEndsAt;
        Assert.Equal(VerificationOutcome.Refused, (await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
    }

    [Fact]
    public async Task A_gallery_names_nobody_who_consented_to_something_else()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "canteen"));
        await test.EnrollAsync(1);
        await test.Vault.GrantConsentAsync(test.Grant("d-0", purpose: "canteen"));
        await test.Vault.EnrollAsync(new ConsentId("d-0"), null, Embedding);
        Gallery door = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door)), canteen = await test.Vault.GetGalleryAsync(new PurposeId("canteen"));
        Candidate[] both = [new(1, 0, 1), new(2, 0, 1)];
        Assert.Equal(["c-0"], (await door.ResolveAsync(both)).Select(match => match.Consent.DangerousValue()));
        Assert.Equal(["d-0"], (await canteen.ResolveAsync(both)).Select(match => match.Consent.DangerousValue()));
    }

    /// <summary>D2: nothing is destroyed for a rule that holds no more.</summary>
    [Fact]
    public async Task A_shorter_retention_that_has_ended_again_destroys_nothing()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"town","title":"A town","rows":[{"rule":"S2","maxRetention":"P1M","from":"2027-01-01","until":"2027-02-01","source":"Bylaw 4"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification) with { Profile = "town" });
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c1"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        clock.Now = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(1, (await vault.PreviewSweepAsync()).Expired);
        clock.Now = new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(VerificationOutcome.Match, (await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        Assert.Equal(0, (await vault.SweepAsync()).Expired);
    }

    [Fact]
    public async Task Under_illinois_law_a_consent_of_ten_years_is_used_for_three()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Purpose purpose = TestVault.Purpose(PurposeKind.Verification, "gate") with { Profile = "us-il", MaxRetention = CalendarPeriod.Parse("P9Y") };
        await test.Vault.EnsurePurposeAsync(purpose);
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c1", purpose: "gate") with { ExpiresAt = test.Start.AddYears(8), Form = "written" });
        Assert.Equal(test.Start.AddYears(3), receipt.UseEndsAt);
        await test.Vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        test.Clock.Now = test.Start.AddYears(3).AddMinutes(-1);
        Assert.Equal(VerificationOutcome.Match, (await test.Vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        test.Clock.Now = test.Start.AddYears(3);
        FaceVerification after = await test.Vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f));
        Assert.Equal([ViolationCode.RetentionExpired], after.Violations.Select(v => v.Code));
    }

    [Fact]
    [Trait("Rule", "D2")]
    public async Task What_a_shorter_retention_has_ended_is_destroyed_by_the_sweep_and_may_be_granted_again()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"town","title":"A town","rows":[{"rule":"S2","maxRetention":"P3M","from":"2027-01-01","source":"Bylaw 4"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Profile = "town" });
        DateTimeOffset ends = clock.Now.AddMonths(3);
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c1", "anna", "gate"));
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c2", "boris", "gate"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        Assert.Equal(ends, (await vault.GetConsentAsync(new ConsentId("c1")))!.UseEndsAt);
        clock.Now = ends.AddSeconds(-1);
        Assert.True((await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).IsMatch);
        Assert.Equal(0, (await vault.PreviewSweepAsync()).Expired);

        clock.Now = ends;
        Assert.Equal(ViolationCode.RetentionExpired, Assert.Single((await vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Violations).Code);
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.Now, "c3", "anna", "gate"));
        await vault.ImportAsync(new PurposeId("gate"), null, new[] { new Enrollment(TestVault.GrantAt(clock.Now, "c4", "boris", "gate"), Embedding) }.ToAsyncEnumerable());
        Assert.Equal(2, (await vault.PreviewSweepAsync()).Expired);
        Assert.Equal(2, (await vault.SweepAsync()).Expired);
        Assert.Equal(ConsentStatus.Destroyed, (await vault.GetConsentAsync(new ConsentId("c1")))!.Status);
        Assert.Equal(ConsentStatus.Active, (await vault.GetConsentAsync(new ConsentId("c3")))!.Status);
        Assert.True((await vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task A_ban_that_begins_stops_every_use_at_its_moment_and_no_withdrawal()
    {
        var clock = new FixedClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        VaultOptions options = VaultOptions.InMemoryForTests(clock);
        options.Profiles.Add(RuleProfile.FromJson("""{"name":"town","title":"A town","rows":[{"rule":"P7","deny":{"place":"school"},"from":"2027-01-01","source":"Bylaw 3"}]}"""u8));
        await using var vault = new Vault(options);
        await vault.InitializeAsync();
        Purpose school = TestVault.Purpose() with { Profile = "town", Places = ["school"] };
        await vault.EnsurePurposeAsync(school);
        await vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with { Profile = "town", Places = ["school"] });
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.GetUtcNow(), "c1"));
        await vault.GrantConsentAsync(TestVault.GrantAt(clock.GetUtcNow(), "c2", purpose: "gate"));
        await vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        await vault.EnrollAsync(new ConsentId("c2"), null, Embedding);
        Gallery gallery = await vault.GetGalleryAsync(new PurposeId("door"));
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(Embedding);
        var found = new MatchBuffer(1, 1);
        clock.Now = new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero);
        gallery.Identify(probes, Threshold.RankOnly, found);
        IReadOnlyList<Candidate> candidates = [.. found[0]];
        Assert.Single(await gallery.IdentifyAsync(Embedding, 1, Threshold.RankOnly));
        clock.Now = clock.Now.AddSeconds(1);

        await RefusedAsync(() => gallery.IdentifyAsync(Embedding, 1, Threshold.RankOnly));
        await RefusedAsync(() => Task.Run(() => gallery.Identify(probes, Threshold.RankOnly, found)));
        await RefusedAsync(() => vault.GetGalleryAsync(new PurposeId("door")));
        await RefusedAsync(() => vault.EnrollAsync(new ConsentId("c1"), null, Embedding));
        await RefusedAsync(() => vault.GrantConsentAsync(TestVault.GrantAt(clock.GetUtcNow(), "c3")));
        await RefusedAsync(() => vault.EnsurePurposeAsync(school with { Id = new PurposeId("new") }));
        Assert.Empty(await gallery.ResolveAsync(candidates));
        Assert.Equal(ViolationCode.ProhibitedByPolicy, Assert.Single((await vault.VerifyFaceAsync(new ConsentId("c2"), Embedding, Threshold.At(0.5f))).Violations).Code);
        Assert.False(await vault.EnsurePurposeAsync(school)); // a program that does so at its start goes on to withdraw
        Assert.True((await vault.WithdrawConsentAsync(new ConsentId("c1"))).Check(vault.VerifierKey).IsValid);
        await vault.SetHoldAsync(HoldScope.OfConsents([new ConsentId("c2")]));
        Assert.Equal((0, 1), await vault.SweepAsync() is { } held ? (held.Expired, held.Restricted) : default);
        Assert.Single(await vault.LiftHoldAsync(HoldScope.OfConsents([new ConsentId("c2")]))); // D2: what is unlawful is destroyed unasked

        static async Task RefusedAsync(Func<Task> use) => Assert.Equal(ViolationCode.ProhibitedByPolicy, Assert.Single((await Assert.ThrowsAsync<RefusedException>(use)).Violations).Code);
    }

    [Fact]
    public async Task Nothing_is_used_under_a_basis_that_has_ended()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Purpose purpose = TestVault.Purpose(PurposeKind.Verification, "gate") with
        {
            Profile = "cn",
            Basis = new LegalBasis { Kind = "emergency", Authority = "Order 7/2026", EndsAt = test.Start.AddDays(10) },
        };
        await test.Vault.EnsurePurposeAsync(purpose);
        ConsentReceipt receipt = await test.Vault.GrantConsentAsync(test.Grant("c1", purpose: "gate") with { Form = null, AgeBand = null });
        Assert.Equal(test.Start.AddDays(10), receipt.UseEndsAt);
        Assert.Contains("\"basis\":\"emergency\"", Encoding.UTF8.GetString(await test.Vault.ExportConsentAsync(new ConsentId("c1"))), StringComparison.Ordinal);
        await test.Vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        Assert.Equal(VerificationOutcome.Match, (await test.Vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).Outcome);
        test.Clock.Now = test.Start.AddDays(10);
        FaceVerification after = await test.Vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f));
        Assert.Equal([ViolationCode.RetentionExpired, ViolationCode.LegalBasisExpired], after.Violations.Select(v => v.Code));
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(test.Grant("c2", purpose: "gate")));
        Assert.Contains(ViolationCode.LegalBasisExpired, refusal.Violations.Select(v => v.Code));
        Assert.Contains("basis", (await Assert.ThrowsAsync<VaultException>(() => test.Vault.EnsurePurposeAsync(purpose with { Basis = null }))).Message, StringComparison.Ordinal);
    }

    /// <summary>Whose consent is not asked needs nobody's who speaks for them: C5 and C6 are of consent alone.</summary>
    [Fact]
    public async Task Where_a_statute_speaks_a_childs_age_band_ends_no_use()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "gate") with
        {
            Profile = "cn",
            Basis = new LegalBasis { Kind = "statute", Authority = "Act 7", EndsAt = test.Start.AddDays(90) },
        });
        await test.Vault.GrantConsentAsync(test.Grant("c1", purpose: "gate") with { AgeBand = "child", AgeBandEnds = new DateOnly(2026, 12, 1) });
        await test.Vault.EnrollAsync(new ConsentId("c1"), null, Embedding);
        test.Clock.Now = test.Start.AddDays(60);
        Assert.True((await test.Vault.VerifyFaceAsync(new ConsentId("c1"), Embedding, Threshold.At(0.5f))).IsMatch);
        ConsentInfo info = (await test.Vault.GetConsentAsync(new ConsentId("c1")))!;
        Assert.Equal((ConsentStatus.Active, null), (info.Status, info.AgeBandEndsAt));
    }

    private static float[] Embedding => [.. Enumerable.Range(1, 64).Select(i => (float)Math.Sin(i))];
}
