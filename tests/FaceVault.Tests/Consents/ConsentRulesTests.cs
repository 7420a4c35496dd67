using System.Text;
using FaceVault.Consents;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Consents;

[Trait("Rule", "C1")]
[Trait("Rule", "C3")]
[Trait("Rule", "C4")]
[Trait("Rule", "C8")]
[Trait("Rule", "C9")]
public class ConsentRulesTests
{
    private static readonly DateTimeOffset Now = Examples.Now;
    private static readonly GrantContext Context = new(Examples.Purpose(), Now);

    private static readonly (string Name, Func<ConsentGrant, ConsentGrant> Spoil, ViolationCode Code, string Rule, string Field)[] Faults =
    [
        ("no id", g => g with { Id = default }, ViolationCode.ConsentMissing, "C1", "id"),
        ("wildcard id", g => g with { Id = new ConsentId("*") }, ViolationCode.ConsentMissing, "C1", "id"),
        ("no subject", g => g with { Subject = default }, ViolationCode.ConsentMissing, "C1", "subject"),
        ("wildcard subject", g => g with { Subject = new SubjectId("emp-*") }, ViolationCode.ConsentMissing, "C1", "subject"),
        ("subject of marks", g => g with { Subject = new SubjectId("%") }, ViolationCode.ConsentMissing, "C1", "subject"),
        ("no purpose", g => g with { Purpose = default }, ViolationCode.ConsentMissing, "C1", "purpose"),
        ("every purpose", g => g with { Purpose = new PurposeId("*") }, ViolationCode.ConsentBundled, "C2", "purpose"),
        ("another purpose", g => g with { Purpose = new PurposeId("canteen") }, ViolationCode.ConsentMismatch, "C1", "purpose"),
        ("a service in exchange", g => g with { ServiceConditional = true }, ViolationCode.ConsentCoerced, "C3", "necessityReference"),
        ("a necessity that says nothing", g => g with { ServiceConditional = true, NecessityReference = "-" }, ViolationCode.ConsentCoerced, "C3", "necessityReference"),
        ("any necessity", g => g with { ServiceConditional = true, NecessityReference = "any" }, ViolationCode.ConsentCoerced, "C3", "necessityReference"),
        ("no end", g => g with { ExpiresAt = default }, ViolationCode.ConsentUnlimited, "C4", "expires"),
        ("end of time", g => g with { ExpiresAt = DateTimeOffset.MaxValue }, ViolationCode.ConsentUnlimited, "C4", "expires"),
        ("a hundred years and a day", g => g with { ExpiresAt = Now.AddYears(100).AddDays(1) }, ViolationCode.ConsentUnlimited, "C4", "expires"),
        ("no notice", g => g with { Notice = null }, ViolationCode.NoticeAfterConsent, "C7", "notice"),
        ("notice without language", g => g with { Notice = Examples.Grant().Notice! with { Language = null } }, ViolationCode.NoticeAfterConsent, "C7", "notice.language"),
        ("notice without hash", g => g with { Notice = Examples.Grant().Notice! with { Sha256 = null } }, ViolationCode.NoticeAfterConsent, "C7", "notice.sha256"),
        ("notice of another text", g => g with { Notice = Examples.Grant().Notice! with { Sha256 = new string('0', 64) } }, ViolationCode.NoticeAfterConsent, "C7", "notice.sha256"),
        ("notice never shown", g => g with { NoticeShownAt = default }, ViolationCode.NoticeAfterConsent, "C7", "notice.shown"),
        ("notice a second late", g => g with { NoticeShownAt = Examples.Grant().GivenAt.AddSeconds(1) }, ViolationCode.NoticeAfterConsent, "C7", "notice.shown"),
        ("any recipient", g => g with { Recipients = ["Lift Ltd", "*"] }, ViolationCode.ConsentUnlimited, "C4", "recipients[1]"),
        ("a family of recipients", g => g with { Recipients = ["*.example.com"] }, ViolationCode.ConsentUnlimited, "C4", "recipients[0]"),
        ("any recipient, written wide", g => g with { Recipients = ["Lift Ltd", "＊"] }, ViolationCode.ConsentUnlimited, "C4", "recipients[1]"),
        ("everyone as recipient", g => g with { Recipients = ["Anyone"] }, ViolationCode.ConsentUnlimited, "C4", "recipients[0]"),
        ("an empty recipient", g => g with { Recipients = [""] }, ViolationCode.ConsentUnlimited, "C4", "recipients[0]"),
    ];

    public static TheoryData<string> FaultNames() => [.. Faults.Select(fault => fault.Name)];

    [Fact]
    public void A_complete_grant_is_accepted_without_allocating_anything()
    {
        ConsentGrant grant = Examples.Grant();
        Assert.Empty(ConsentRules.CheckGrant(grant, Context));
        Assert.Empty(ConsentRules.CheckGrant(grant with { Recipients = ["Lift Ltd", "Guard GmbH"] }, Context));
        ConsentRules.CheckGrant(grant, Context);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConsentRules.CheckGrant(grant, Context);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Each_fault_is_refused_with_its_rule_and_member(string name)
    {
        var fault = Faults.Single(fault => fault.Name == name);
        Violation violation = Assert.Single(ConsentRules.CheckGrant(fault.Spoil(Examples.Grant()), Context));
        Assert.Equal((fault.Code, fault.Rule, fault.Field), (violation.Code, violation.Rule, violation.Field));
    }

    [Fact]
    public void All_faults_of_a_grant_are_reported_at_once()
    {
        Prop.ForAll(Gen.Choose(0, Faults.Length - 1).ArrayOf().ToArbitrary(), chosen =>
        {
            var faults = chosen.Select(i => Faults[i]).DistinctBy(fault => fault.Field.Split('.', '[')[0]).ToList();
            ConsentGrant grant = faults.Aggregate(Examples.Grant(), (g, fault) => fault.Spoil(g));
            return ConsentRules.CheckGrant(grant, Context).Select(v => (v.Code, v.Rule, v.Field)).Order().SequenceEqual(faults.Select(f => (f.Code, f.Rule, f.Field)).Order());
        }).Check(Deep.Config(200));
    }

    [Fact]
    public void An_empty_grant_and_a_wrong_state_are_refused_with_everything_at_once()
    {
        ConsentGrant grant = ConsentGrant.FromJson("{}"u8);
        Assert.Equal(["id", "subject", "purpose", "given", "expires", "notice"], ConsentRules.CheckGrant(grant, Context).Select(violation => violation.Field));
        Assert.Equal(
            [ViolationCode.ConsentIdTaken, ViolationCode.ConsentAlreadyActive],
            ConsentRules.CheckGrant(Examples.Grant(), Context with { IdIsTaken = true, SubjectIsActive = true }).Select(violation => violation.Code));
    }

    [Fact]
    public void A_service_may_depend_on_a_consent_that_it_needs_and_a_reference_alone_makes_no_service_depend()
    {
        Assert.Empty(ConsentRules.CheckGrant(Examples.Grant() with { ServiceConditional = true, NecessityReference = "Security concept 4.2" }, Context));
        Assert.Empty(ConsentRules.CheckGrant(Examples.Grant() with { NecessityReference = "Security concept 4.2" }, Context));
    }

    [Fact]
    public void A_grant_that_breaks_ten_rules_gets_ten_violations()
    {
        ConsentGrant grant = Examples.Grant() with
        {
            Id = new ConsentId("*"),
            Purpose = new PurposeId("canteen"),
            ServiceConditional = true,
            ExpiresAt = default,
            Recipients = ["*"],
            Notice = Examples.Grant().Notice! with { Sha256 = new string('0', 64) },
            NoticeShownAt = Examples.Grant().GivenAt.AddSeconds(1),
        };
        IReadOnlyList<Violation> found = ConsentRules.CheckGrant(grant, Context with { IdIsTaken = true, SubjectIsActive = true, Interaction = InteractionFinding.Used });
        Assert.Equal(
            ["C1 id", "C1 id", "C1 purpose", "C2 interaction", "C2 subject", "C3 necessityReference", "C4 expires", "C4 recipients[0]", "C7 notice.sha256", "C7 notice.shown"],
            found.Select(v => $"{v.Rule} {v.Field}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [ViolationCode.ConsentMissing, ViolationCode.ConsentMismatch, ViolationCode.ConsentBundled, ViolationCode.ConsentCoerced, ViolationCode.ConsentUnlimited, ViolationCode.NoticeAfterConsent,
                ViolationCode.ConsentIdTaken, ViolationCode.ConsentAlreadyActive],
            found.Select(v => v.Code).Distinct().Order());
    }

    [Fact]
    public void A_consent_may_lie_five_minutes_ahead_of_the_clock_and_not_a_second_more()
    {
        ConsentGrant At(DateTimeOffset given) => Examples.Grant() with { GivenAt = given };
        Assert.Empty(ConsentRules.CheckGrant(At(Now.AddMinutes(5)), Context));
        Violation violation = Assert.Single(ConsentRules.CheckGrant(At(Now.AddMinutes(5).AddSeconds(1)), Context));
        Assert.Equal((ViolationCode.ConsentMissing, "given"), (violation.Code, violation.Field));
        Assert.Equal("given", Assert.Single(ConsentRules.CheckGrant(At(DateTimeOffset.MaxValue), Context)).Field);
        Assert.Contains(ConsentRules.CheckGrant(At(DateTimeOffset.UnixEpoch.AddSeconds(-1)), Context), found => found.Field == "given");
    }

    [Fact]
    public void A_consent_ends_after_it_began_and_is_not_over_when_it_is_recorded()
    {
        ConsentGrant grant = Examples.Grant();
        Assert.Equal(ViolationCode.ConsentUnlimited, Assert.Single(ConsentRules.CheckGrant(grant with { ExpiresAt = grant.GivenAt }, Context)).Code);
        Assert.Equal(ViolationCode.RetentionExpired, Assert.Single(ConsentRules.CheckGrant(grant with { ExpiresAt = grant.GivenAt.AddSeconds(1) }, Context)).Code);
        Assert.Empty(ConsentRules.CheckGrant(grant with { ExpiresAt = Now.AddMinutes(1) }, Context));

        // The purpose's longest retention (a year) is over although the consent itself is not.
        ConsentGrant old = grant with { GivenAt = Now.AddYears(-1), NoticeShownAt = Now.AddYears(-2) };
        Assert.Equal(ViolationCode.RetentionExpired, Assert.Single(ConsentRules.CheckGrant(old, Context)).Code);
    }

    [Fact]
    public void Without_a_registered_purpose_the_rest_of_the_grant_is_still_judged()
    {
        Assert.Empty(ConsentRules.CheckGrant(Examples.Grant(), new GrantContext(null, Now)));
        Assert.Equal("expires", Assert.Single(ConsentRules.CheckGrant(Examples.Grant() with { ExpiresAt = default }, new GrantContext(null, Now))).Field);
    }

    [Fact]
    public void A_violation_repeats_no_identifier_and_no_value()
    {
        ConsentGrant grant = Examples.Grant() with
        {
            Id = new ConsentId("canary*1"),
            Subject = new SubjectId("canary*2"),
            Purpose = new PurposeId("canary3"),
            ExpiresAt = DateTimeOffset.MaxValue,
            Recipients = ["canary*4"],
            GivenAt = new DateTimeOffset(2051, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Notice = Examples.Grant().Notice! with { Sha256 = new string('c', 64) },
            NoticeShownAt = new DateTimeOffset(2052, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
        var refusal = new RefusedException(ConsentRules.CheckGrant(grant, Context));
        Assert.True(refusal.Violations.Count >= 7);
        string all = refusal + string.Join(" ", refusal.Violations);
        foreach (string value in new[] { "canary", "2051", "2052", "9999", "ccc", "*" })
            Assert.DoesNotContain(value, all, StringComparison.OrdinalIgnoreCase);
        Assert.All(refusal.Violations, violation => Assert.All(new[] { violation.Reason, violation.Remedy }, text => Assert.EndsWith(".", text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("P3Y", "2024-02-29T00:00:00Z", "2030-01-01T00:00:00Z", "2027-02-28T00:00:00Z")]
    [InlineData("P3Y", "2024-02-29T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("P90D", "2026-01-01T12:00:00+08:00", "2030-01-01T00:00:00Z", "2026-04-01T12:00:00+08:00")]
    public void Use_ends_with_the_consent_or_the_longest_retention_whichever_is_earlier(string period, string given, string expires, string end) =>
        Assert.Equal(DateTimeOffset.Parse(end), Retention.UseEnds(DateTimeOffset.Parse(given), DateTimeOffset.Parse(expires), CalendarPeriod.Parse(period), ConsentDemands.None));

    [Fact]
    public void Evidence_ends_so_long_after_the_end_of_use_and_minutes_never_come_late()
    {
        Assert.Equal(DateTimeOffset.Parse("2027-02-28T00:00:00Z"), Retention.EvidenceEnds(DateTimeOffset.Parse("2024-02-29T00:00:00Z"), CalendarPeriod.Parse("P3Y")));
        Assert.Equal(1u, Retention.ToMinutes(DateTimeOffset.UnixEpoch.AddSeconds(119)));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMinutes(1), Retention.FromMinutes(1));
        Assert.Throws<OverflowException>(() => Retention.ToMinutes(DateTimeOffset.UnixEpoch.AddSeconds(-1)));
        Assert.Equal(DateTimeOffset.Parse("9999-12-31T23:59:00Z"), Retention.FromMinutes(Retention.ToMinutes(DateTimeOffset.MaxValue)));
    }

    public static TheoryData<string, string[]> Uses() => new()
    {
        { "fine", [] },
        { "at its end", ["RetentionExpired"] },
        { "withdrawn", ["ConsentWithdrawn"] },
        { "restricted", ["Restricted"] },
        { "unknown", ["ConsentMissing"] },
        { "another purpose", ["ConsentMismatch"] },
        { "an older version", ["PurposeVersionNotConsented"] },
        { "another operation", ["OperationNotConsented"] },
        { "a clock set back", ["ClockRollback"] },
        { "everything", ["ConsentWithdrawn", "PurposeVersionNotConsented", "OperationNotConsented", "ClockRollback"] },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void A_use_is_refused_for_every_reason_there_is(string name, string[] codes)
    {
        var fine = new ConsentUse
        {
            Standing = ConsentStanding.Active,
            ConsentedVersion = (3 << 16) | 2,
            UsedVersion = (3 << 16) | 2,
            Kind = PurposeKind.Identification,
            Operation = PurposeKind.Identification,
            UseEndsAt = Now.AddTicks(1),
            Now = Now,
        };
        ConsentUse use = name switch
        {
            "at its end" => fine with { UseEndsAt = Now },
            "withdrawn" => fine with { Standing = ConsentStanding.Withdrawn },
            "restricted" => fine with { Standing = ConsentStanding.Restricted },
            "unknown" => new ConsentUse { Standing = default, Now = Now },
            "another purpose" => fine with { UsedVersion = (4 << 16) | 2 },
            "an older version" => fine with { UsedVersion = (3 << 16) | 3 },
            "another operation" => fine with { Operation = PurposeKind.Analysis },
            "a clock set back" => fine with { ClockIsBack = true },
            "everything" => fine with { Standing = ConsentStanding.Withdrawn, UsedVersion = (3 << 16) | 1, Operation = PurposeKind.Verification, ClockIsBack = true },
            _ => fine,
        };
        Assert.Equal(codes, ConsentRules.CheckUse(use).Select(violation => violation.Code.ToString()));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(0, null)]
    [InlineData(86_700, null)]
    [InlineData(-1, "CaptureBeforeConsent")]
    [InlineData(86_701, "CaptureBeforeConsent")]
    public void A_face_is_captured_after_the_consent_and_at_most_five_minutes_ahead_of_the_clock(int? secondsAfter, string? code)
    {
        DateTimeOffset given = Now.AddDays(-1);
        Assert.Equal(code, ConsentRules.CheckCapture(secondsAfter is { } s ? given.AddSeconds(s) : null, given, Now)?.Code.ToString());
    }

    [Fact]
    public void Storing_belongs_to_every_kind_of_purpose()
    {
        foreach (PurposeKind kind in new[] { PurposeKind.Verification, PurposeKind.Identification, PurposeKind.Analysis })
            Assert.Empty(ConsentRules.CheckUse(new ConsentUse { Standing = ConsentStanding.Active, Kind = kind, UseEndsAt = Now.AddDays(1), Now = Now }));
    }

    [Fact]
    public void An_empty_or_wildcard_identifier_in_json_is_refused_by_the_rules_not_by_the_reader()
    {
        ConsentGrant grant = ConsentGrant.FromJson(Encoding.UTF8.GetBytes(Examples.GrantJson.Replace("c-17", "", StringComparison.Ordinal).Replace("emp-1042", "*", StringComparison.Ordinal)));
        Assert.Equal(["id", "subject"], ConsentRules.CheckGrant(grant, new GrantContext(null, Now)).Select(violation => violation.Field));
    }
}
