using System.Text;
using FaceVault.Consents;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Consents;

[Trait("Rule", "C10")]
[Trait("Rule", "P1")]
[Trait("Rule", "P2")]
[Trait("Rule", "P3")]
[Trait("Rule", "P10")]
public class PurposeRulesTests
{
    private static readonly (string Name, Func<Purpose, Purpose> Spoil, ViolationCode Code, string Rule, string Field)[] Faults =
    [
        ("no id", p => p with { Id = default }, ViolationCode.PurposeTooBroad, "P2", "id"),
        ("wildcard id", p => p with { Id = new PurposeId("*") }, ViolationCode.PurposeTooBroad, "P2", "id"),
        ("pattern id", p => p with { Id = new PurposeId("door-*") }, ViolationCode.PurposeTooBroad, "P2", "id"),
        ("no kind", p => p with { Kind = PurposeKind.None }, ViolationCode.PurposeTooBroad, "P2", "kind"),
        ("no description", p => p with { Description = null }, ViolationCode.PurposeTooBroad, "P2", "description"),
        ("empty description", p => p with { Description = "" }, ViolationCode.PurposeTooBroad, "P2", "description"),
        ("wildcard description", p => p with { Description = "*" }, ViolationCode.PurposeTooBroad, "P2", "description"),
        ("description of anything", p => p with { Description = " Any " }, ViolationCode.PurposeTooBroad, "P2", "description"),
        ("blank necessity", p => p with { Necessity = " \n" }, ViolationCode.PurposeTooBroad, "P2", "necessity"),
        ("wildcard necessity", p => p with { Necessity = "**" }, ViolationCode.PurposeTooBroad, "P2", "necessity"),
        ("no models", p => p with { Models = [] }, ViolationCode.PurposeTooBroad, "P2", "models"),
        ("wildcard model", p => p with { Models = [new("*", 4, TemplateEncoding.Int8)] }, ViolationCode.PurposeTooBroad, "P2", "models[0].name"),
        ("no retention", p => p with { MaxRetention = null }, ViolationCode.PurposeTooBroad, "P2", "maxRetention"),
        ("endless retention", p => p with { MaxRetention = CalendarPeriod.Parse("P100Y1D") }, ViolationCode.PurposeTooBroad, "P2", "maxRetention"),
        ("no evidence retention", p => p with { EvidenceRetention = null }, ViolationCode.PurposeTooBroad, "D9", "evidenceRetention"),
        ("endless evidence", p => p with { EvidenceRetention = CalendarPeriod.Parse("P999Y") }, ViolationCode.PurposeTooBroad, "D9", "evidenceRetention"),
        ("no alternatives", p => p with { Alternatives = [] }, ViolationCode.AlternativeMissing, "P3", "alternatives"),
        ("empty alternative", p => p with { Alternatives = ["badge", ""] }, ViolationCode.AlternativeMissing, "P3", "alternatives[1]"),
        ("another trait of the body instead", p => p with { Alternatives = ["Fingerprint reader", "虹膜识别"] }, ViolationCode.AlternativeMissing, "P3", "alternatives"),
        ("no real alternative", p => p with { Alternatives = ["none"] }, ViolationCode.AlternativeMissing, "P3", "alternatives[0]"),
        ("no assessment", p => p with { Assessment = null }, ViolationCode.AssessmentMissing, "P10", "assessment"),
        ("wildcard assessment", p => p with { Assessment = "*" }, ViolationCode.AssessmentMissing, "P10", "assessment"),
        ("no notice", p => p with { Notice = null }, ViolationCode.NoticeAfterConsent, "C7", "notice"),
        ("no notice language", p => p with { Notice = p.Notice is null ? null : p.Notice with { Language = null } }, ViolationCode.NoticeAfterConsent, "C7", "notice.language"),
        ("no notice hash", p => p with { Notice = p.Notice is null ? null : p.Notice with { Sha256 = null } }, ViolationCode.NoticeAfterConsent, "C7", "notice.sha256"),
        ("no profile", p => p with { Profile = null }, ViolationCode.PurposeTooBroad, "P2", "profile"),
    ];

    public static TheoryData<string> FaultNames() => [.. Faults.Select(fault => fault.Name)];

    [Theory]
    [InlineData("baseline")]
    [InlineData("cn")]
    [InlineData("eu")]
    [InlineData("us-il")]
    public void A_complete_definition_is_accepted_under_every_profile(string profile) => Assert.Empty(PurposeRules.Check(Examples.Purpose() with { Profile = profile }));

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Each_fault_is_refused_with_its_rule_and_member(string name)
    {
        var fault = Faults.Single(fault => fault.Name == name);
        Violation violation = Assert.Single(PurposeRules.Check(fault.Spoil(Examples.Purpose())));
        Assert.Equal((fault.Code, fault.Rule, fault.Field), (violation.Code, violation.Rule, violation.Field));
    }

    [Fact]
    public void All_faults_of_a_definition_are_reported_at_once()
    {
        Gen<int[]> some = Gen.Choose(0, Faults.Length - 1).ArrayOf();
        Prop.ForAll(some.ToArbitrary(), chosen =>
        {
            // Two faults of one member hide each other; the first of each member stays.
            var faults = chosen.Select(i => Faults[i]).DistinctBy(fault => fault.Field.Split('.', '[')[0]).ToList();
            Purpose purpose = faults.Aggregate(Examples.Purpose(), (p, fault) => fault.Spoil(p));
            return PurposeRules.Check(purpose).Select(v => (v.Code, v.Rule, v.Field)).Order().SequenceEqual(faults.Select(f => (f.Code, f.Rule, f.Field)).Order());
        }).Check(Deep.Config(200));
    }

    [Fact]
    public void An_empty_definition_is_refused_with_everything_at_once()
    {
        IReadOnlyList<Violation> violations = PurposeRules.Check(Purpose.FromJson("{}"u8));
        Assert.Equal(
            ["id", "kind", "description", "necessity", "models", "maxRetention", "evidenceRetention", "alternatives", "assessment", "notice", "profile"],
            violations.Select(violation => violation.Field));
        var refusal = Assert.Throws<RefusedException>(() => RefusedException.ThrowIfAny(violations));
        Assert.Equal(11, refusal.Violations.Count);
        Assert.Contains("AlternativeMissing (P3)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_and_wildcard_members_parse_and_are_refused_by_the_rules()
    {
        Purpose purpose = Purpose.FromJson(Encoding.UTF8.GetBytes(Purpose.Template
            .Replace("\"door\"", "\"\"", StringComparison.Ordinal).Replace("\"identification\"", "\"*\"", StringComparison.Ordinal).Replace("\"P1Y\"", "\"\"", StringComparison.Ordinal)));
        Assert.Equal(["id", "kind", "maxRetention"], PurposeRules.Check(purpose).Select(violation => violation.Field));
    }

    [Fact]
    public void A_model_with_a_missing_part_is_refused_by_that_part()
    {
        Purpose purpose = Purpose.FromJson(Encoding.UTF8.GetBytes(Purpose.Template.Replace("\"encoding\": \"int8\"", "\"encoding\": null", StringComparison.Ordinal)));
        Assert.Equal("models[0].encoding", Assert.Single(PurposeRules.Check(purpose)).Field);
    }

    [Fact]
    public void A_purpose_of_one_kind_allows_that_operation_and_no_other()
    {
        foreach (PurposeKind purpose in Enum.GetValues<PurposeKind>())
        {
            foreach (PurposeKind operation in Enum.GetValues<PurposeKind>())
            {
                bool allowed = purpose == operation && purpose != PurposeKind.None;
                Assert.Equal(allowed ? null : ViolationCode.OperationNotConsented, PurposeRules.CheckOperation(purpose, operation)?.Code);
            }
        }
    }

    [Fact]
    public void Descriptions_in_any_script_say_something_and_marks_do_not()
    {
        Assert.Empty(PurposeRules.Check(Examples.Purpose() with { Description = "门禁" }));
        Assert.Empty(PurposeRules.Check(Examples.Purpose() with { Description = "\U00020000" }));
        Assert.Single(PurposeRules.Check(Examples.Purpose() with { Description = "所有" }));
        Assert.Single(PurposeRules.Check(Examples.Purpose() with { Description = "..." }));
    }
}
