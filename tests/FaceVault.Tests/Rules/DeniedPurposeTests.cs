using System.Text;
using FaceVault.Consents;
using FaceVault.Rules;
using FaceVault.Tests.Consents;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Rules;

[Trait("Rule", "P4")]
[Trait("Rule", "P6")]
[Trait("Rule", "P7")]
[Trait("Rule", "P8")]
public class DeniedPurposeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("cn", "marketing", null, "", "P6 category")]
    [InlineData("eu", "marketing", null, "", "")]
    [InlineData("cn+eu", "marketing", null, "", "P6 category")]
    [InlineData("cn", "access", "CN-TJ", "workplace", "")]
    [InlineData("cn", "creditInformation", "CN-TJ", "", "P7 category")]
    [InlineData("cn", "creditInformation", "CN-BJ", "", "")]
    [InlineData("cn", "creditInformation", "CN", "", "P7 category")] // Tianjin is a part of it
    [InlineData("cn", "access", "CN", "workplace", "")]
    [InlineData("cn", "creditInformation", null, "", "P7 category")] // it does not say where, so it may be there
    [InlineData("cn", "access", null, "publicPlace", "P4 places[0]")]
    [InlineData("cn", null, null, "publicPlace", "P4 places[0]")]
    [InlineData("cn", "publicSecurity", null, "publicPlace", "P4 signage")]
    [InlineData("cn", "publicSecurity", null, "publicPlace,toilet", "P4 places[1];P4 signage")]
    [InlineData("cn", "access", null, "guestRoom", "P4 places[0]")]
    [InlineData("cn", "access", null, "workplace,publicBath,changingRoom", "P4 places[1];P4 places[2]")]
    [InlineData("us-il", "access", null, "guestRoom", "")]
    [InlineData("eu", "emotionRecognition", "DE", "workplace", "P7 category")]
    [InlineData("eu", "emotionRecognition", "DE", "school,workplace", "P7 category;P7 category")]
    [InlineData("eu", "emotionRecognition", "DE", "residence", "")]
    [InlineData("eu", "emotionRecognition", "DE", "", "P7 category;P7 category")]
    [InlineData("eu", "socialScoring", null, "", "P7 category")]
    [InlineData("eu", "sensitiveCategorisation", null, "", "P7 category")]
    [InlineData("baseline", "marketing", "CN-TJ", "toilet", "")]
    public void Dated_rules_forbid_categories_and_places_at_registration_and_at_use(string profile, string? category, string? jurisdiction, string places, string expected)
    {
        Purpose purpose = Examples.Purpose() with { Profile = profile, Category = category, Jurisdiction = jurisdiction, Places = places.Length == 0 ? [] : places.Split(',') };
        RuleBook.BuiltIn.ThrowIfUnknown(purpose, "purpose");
        RuleSet rules = RuleBook.BuiltIn.At(profile, Now);
        IReadOnlyList<Violation> found = rules.CheckRegistration(purpose, Now);
        Assert.Equal(expected, string.Join(';', found.Select(v => $"{v.Rule} {v.Field}")));
        Assert.All(found, v => Assert.Equal(ViolationCode.ProhibitedByPolicy, v.Code));
        Assert.Equal(found, rules.CheckUse(purpose, Now));
    }

    [Fact]
    public void A_ban_begins_and_ends_on_its_days()
    {
        Purpose room = Examples.Purpose() with { Profile = "cn", Places = ["guestRoom"] };
        Assert.Empty(RuleBook.BuiltIn.At("cn", new DateTimeOffset(2025, 5, 31, 23, 59, 59, TimeSpan.FromHours(8))).CheckUse(room, Now));
        Assert.Single(RuleBook.BuiltIn.At("cn", new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.FromHours(8))).CheckUse(room, Now));
        var book = new RuleBook([Profile("""{"name":"town","title":"A town","rows":[{"rule":"P7","deny":{"place":"school"},"from":"2026-01-01","until":"2026-07-01","source":"Bylaw 3"}]}""")]);
        Purpose school = Examples.Purpose() with { Profile = "town", Places = ["school"] };
        int[] found = [.. new[] { 2025, 2026, 2027 }.Select(year => book.At("town", new DateTimeOffset(year, 6, 30, 23, 59, 59, TimeSpan.Zero)).CheckUse(school, Now).Count)];
        Assert.Equal([0, 1, 0], found);
        Assert.Empty(book.At("town", new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)).CheckUse(school, Now));
    }

    /// <summary>D2: what is surely forbidden is destroyed by a sweep; what may be lawful elsewhere is only refused.</summary>
    [Theory]
    [InlineData("CN-TJ", true)]
    [InlineData("CN", false)]
    [InlineData(null, false)]
    [InlineData("CN-BJ", false)]
    public void Only_what_says_that_it_is_pursued_where_it_is_forbidden_is_to_be_destroyed(string? jurisdiction, bool expected)
    {
        RuleSet rules = RuleBook.BuiltIn.At("cn", Now);
        Assert.Equal(expected, rules.Forbids(Examples.Purpose() with { Profile = "cn", Category = "creditInformation", Jurisdiction = jurisdiction }));
        Assert.False(RuleSet.OfUnknownProfile.Forbids(Examples.Purpose() with { Profile = "mars", Basis = new LegalBasis { Kind = "emergency" } }));
    }

    [Fact]
    public void What_is_kept_for_public_security_does_not_leave()
    {
        Purpose square = Examples.Purpose() with { Profile = "cn", Category = "publicSecurity", Places = ["publicPlace"], Signage = "Plate at each entrance of the square" };
        RuleSet rules = RuleBook.BuiltIn.At("cn", Now);
        Assert.Empty(rules.CheckRegistration(square, Now));
        Assert.True(rules.ForbidsDisclosure(square));
        Assert.False(rules.ForbidsDisclosure(square with { Category = "access" }));
        Assert.False(rules.ForbidsDisclosure(square with { Category = null }));
        Assert.False(RuleBook.BuiltIn.At("eu", Now).ForbidsDisclosure(square));
        Assert.Equal("signage", Assert.Single(rules.CheckUse(square with { Signage = " any " }, Now)).Field);
    }

    [Theory]
    [InlineData("cn", "emergency", "Order 7/2026", 30, "")]
    [InlineData("cn", "statute", "Counter-terrorism law 50", 30, "")]
    [InlineData("eu", "statute", "GDPR 9(2)(g)", 30, "")]
    [InlineData("baseline", "emergency", "Order 7/2026", 30, "LegalBasisUnproven basis.kind")]
    [InlineData("us-il", "statute", "Order 7/2026", 30, "LegalBasisUnproven basis.kind")]
    [InlineData("cn+us-il", "emergency", "Order 7/2026", 30, "LegalBasisUnproven basis.kind")]
    [InlineData("cn", null, "Order 7/2026", 30, "LegalBasisUnproven basis.kind")]
    [InlineData("cn", "emergency", null, 30, "LegalBasisUnproven basis.authority")]
    [InlineData("cn", "emergency", "any", 30, "LegalBasisUnproven basis.authority")]
    [InlineData("cn", "emergency", "Order 7/2026", null, "LegalBasisUnproven basis.ends")]
    [InlineData("cn", "emergency", "Order 7/2026", 40_000, "LegalBasisUnproven basis.ends")]
    [InlineData("cn", "emergency", "Order 7/2026", 0, "LegalBasisExpired basis.ends")]
    [InlineData("baseline", null, null, null, "LegalBasisUnproven basis.kind;LegalBasisUnproven basis.authority;LegalBasisUnproven basis.ends")]
    public void A_basis_other_than_consent_is_known_to_the_law_shown_and_limited(string profile, string? kind, string? authority, int? days, string expected)
    {
        Purpose purpose = Examples.Purpose() with { Profile = profile, Basis = new LegalBasis { Kind = kind, Authority = authority, EndsAt = days is { } d ? Now.AddDays(d) : default } };
        Assert.Equal(expected, string.Join(';', RuleBook.BuiltIn.At(profile, Now).CheckRegistration(purpose, Now).Select(v => $"{v.Code} {v.Field}")));
    }

    [Fact]
    public void What_is_asked_of_consent_alone_is_not_asked_where_a_statute_speaks_and_use_ends_with_it()
    {
        Purpose purpose = Examples.Purpose() with { Profile = "cn", Basis = new LegalBasis { Kind = "statute", Authority = "A law", EndsAt = Now.AddDays(30) } };
        ConsentDemands demands = RuleBook.BuiltIn.At("cn", Now).DemandsOf(purpose);
        Assert.Equal((ConsentForm.None, 0, Now.AddDays(30)), (demands.MinimumForm, demands.ChildAge, demands.RetentionEnds(Now)));
        Assert.Equal(14, RuleBook.BuiltIn.At("cn", Now).DemandsOf(purpose with { Basis = null }).ChildAge);
        Assert.Equal("LegalBasisExpired", Assert.Single(RuleBook.BuiltIn.At("cn", Now).CheckUse(purpose, Now.AddDays(30))).Code.ToString());
        Assert.Empty(RuleBook.BuiltIn.At("cn", Now).CheckUse(purpose, Now.AddDays(30).AddSeconds(-1)));
    }

    /// <summary>The oracle asks each part of a rule by itself, over sets of what the purpose may be.</summary>
    [Fact]
    public void A_rule_forbids_what_every_part_of_it_covers()
    {
        string?[] categories = [null, "access", "marketing"], jurisdictions = [null, "CN", "CN-TJ", "CN-T", "DE"], places = [null, "school", "toilet"];
        var arbitrary =
            from named in Gen.Elements(categories)
            from except in Gen.Elements(categories)
            from there in Gen.Elements(jurisdictions)
            from at in Gen.Elements(places)
            from category in Gen.Elements(categories)
            from jurisdiction in Gen.Elements(jurisdictions)
            from found in Gen.SubListOf("school", "toilet", "residence")
            where (named is null || except is null) && (named ?? there ?? at) is not null
            select (new DenyRule(named, except, there, at), category, jurisdiction, found.ToArray());
        Prop.ForAll(arbitrary.ToArbitrary(), item =>
        {
            (DenyRule rule, string? category, string? jurisdiction, string[] found) = item;
            bool speaksOfCategory = rule.Category is not null;
            bool expected = (rule.Category is null || rule.Category == category) && (rule.Except is null || rule.Except != category)
                && (rule.Jurisdiction is null || (jurisdiction is null ? speaksOfCategory : IsWithin(jurisdiction, rule.Jurisdiction) || IsWithin(rule.Jurisdiction, jurisdiction)))
                && (rule.Place is null || (found.Length == 0 ? speaksOfCategory : found.Contains(rule.Place)));
            Purpose purpose = Examples.Purpose() with { Category = category, Jurisdiction = jurisdiction, Places = found };
            Assert.Equal(expected, rule.Forbids(purpose, out bool isUnsaid));
            Assert.False(expected && isUnsaid && jurisdiction is not null && (rule.Jurisdiction is null || IsWithin(jurisdiction, rule.Jurisdiction)) && found.Length > 0);
        }).Check(Deep.Config(2000));

        static bool IsWithin(string part, string whole) => (part + "-").StartsWith(whole + "-", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"category":"Access"}""", "category")]
    [InlineData("""{"jurisdiction":"China"}""", "jurisdiction")]
    [InlineData("""{"places":"school"}""", "places")]
    [InlineData("""{"places":["school","school"]}""", "places")]
    [InlineData("""{"basis":{"kind":"whim"}}""", "basis.kind")]
    [InlineData("""{"basis":{"ends":"tomorrow"}}""", "basis.ends")]
    [InlineData("""{"basis":{"until":1}}""", "basis.until")]
    public void Words_that_could_never_be_right_are_misuse(string json, string member) =>
        Assert.Contains($"member {member} ", Assert.Throws<FormatException>(() => Purpose.FromJson(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Words_that_nobody_knows_are_misuse_unless_a_profile_speaks_of_them()
    {
        Assert.Contains("publicSecurity", Assert.Throws<ArgumentException>(() => RuleBook.BuiltIn.ThrowIfUnknown(Examples.Purpose() with { Category = "karaoke" }, "purpose")).Message, StringComparison.Ordinal);
        Assert.Contains("guestRoom", Assert.Throws<ArgumentException>(() => RuleBook.BuiltIn.ThrowIfUnknown(Examples.Purpose() with { Places = ["school", "pit"] }, "purpose")).Message, StringComparison.Ordinal);
        var book = new RuleBook([Profile("""{"name":"town","title":"A town","rows":[{"rule":"P7","deny":{"place":"pit","category":"karaoke"},"source":"Bylaw 3"}]}""")]);
        book.ThrowIfUnknown(Examples.Purpose() with { Category = "karaoke", Places = ["pit"] }, "purpose");
    }

    [Fact]
    public void What_a_definition_leaves_out_is_not_in_its_canonical_form_and_what_it_says_reads_back()
    {
        string plain = Encoding.UTF8.GetString(Examples.Purpose().ToCanonicalJson());
        foreach (string member in new[] { "category", "jurisdiction", "places", "signage", "basis" })
            Assert.DoesNotContain($"\"{member}\"", plain, StringComparison.Ordinal);
        Purpose full = Examples.Purpose() with
        {
            Category = "publicSecurity",
            Jurisdiction = "CN-TJ",
            Places = ["publicPlace", "school"],
            Signage = "Plate",
            Basis = new LegalBasis { Kind = "statute", Authority = "A law", EndsAt = new DateTimeOffset(2027, 1, 1, 8, 0, 0, TimeSpan.FromHours(8)) },
        };
        string canonical = Encoding.UTF8.GetString(full.ToCanonicalJson());
        Assert.Contains("""
            ,"basis":{"authority":"A law","ends":"2027-01-01T00:00:00Z","kind":"statute"},"category":"publicSecurity","description":
            """.Trim(), canonical, StringComparison.Ordinal);
        Assert.EndsWith(""","places":["publicPlace","school"],"profile":"baseline","signage":"Plate"}""", canonical, StringComparison.Ordinal);
        Assert.Equal(full, Purpose.FromJson(full.ToCanonicalJson()));
        foreach (LegalBasis some in new LegalBasis[] { new(), new() { Kind = "statute" }, new() { EndsAt = Now }, new() { Authority = "x", Kind = "emergency" } })
            Assert.Equal(some, Purpose.FromJson((full with { Basis = some }).ToCanonicalJson()).Basis);
    }

    private static RuleProfile Profile(string json) => RuleProfile.FromJson(Encoding.UTF8.GetBytes(json));
}
