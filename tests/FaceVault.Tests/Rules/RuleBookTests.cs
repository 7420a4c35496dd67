using System.Text;
using FaceVault.Consents;
using FaceVault.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Rules;

public class RuleBookTests
{
    private static readonly DateTimeOffset Now = Utc(2026, 11, 23);

    [Fact]
    public void The_profiles_of_the_library_include_the_baseline_and_are_in_force()
    {
        Assert.Equal(["baseline", "cn", "eu", "us-il"], RuleBook.BuiltIn.Profiles.Select(profile => profile.Name));
        string[] common = ["C1", "C2", "C3", "C4", "C7", "C8", "C9", "C10", "P1", "P2", "P3", "P9", "P10", "S2", .. Enumerable.Range(1, 10).Select(i => $"D{i}")];
        Assert.Equal(common.Order(), RuleBook.BuiltIn.Profiles.First().Rows.Select(row => row.Rule).Order());
        foreach (RuleProfile profile in RuleBook.BuiltIn.Profiles)
            Assert.All(common, rule => Assert.True(RuleBook.BuiltIn.At(profile.Name, Now).Holds(rule)));
        Assert.False(RuleBook.BuiltIn.At("baseline", Now).Holds("C6"));
    }

    [Theory]
    [InlineData("baseline", "", 0, false)]
    [InlineData("cn", "recorded", 14, false)]
    [InlineData("eu", "click", 16, false)]
    [InlineData("us-il", "electronic", 18, true)]
    [InlineData("cn+us-il", "electronic", 18, true)]
    [InlineData("eu+cn", "recorded", 16, false)]
    public void Of_several_profiles_the_strictest_counts(string profile, string form, int childAge, bool isLimited)
    {
        ConsentDemands demands = RuleBook.BuiltIn.At(profile, Now).Demands;
        Assert.Equal((form, childAge, isLimited), (ConsentForms.Word(demands.MinimumForm), demands.ChildAge, demands.MaxRetention.Count > 0));
    }

    [Fact]
    public void A_row_holds_from_its_first_day_to_its_last_by_the_days_of_its_profile()
    {
        Assert.Equal("written", Form("us-il", new DateTimeOffset(2024, 8, 1, 23, 59, 59, TimeSpan.FromHours(-5))));
        Assert.Equal("electronic", Form("us-il", new DateTimeOffset(2024, 8, 2, 0, 0, 0, TimeSpan.FromHours(-5))));
        Assert.Empty(RuleBook.BuiltIn.At("cn", new DateTimeOffset(2025, 5, 31, 23, 59, 59, TimeSpan.FromHours(8))).Filing);
        FilingRule filing = Assert.Single(RuleBook.BuiltIn.At("cn", new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.FromHours(8))).Filing);
        Assert.Equal((100_000, 30, true, new DateOnly(2025, 6, 1)), (filing.Persons, filing.WorkingDays, filing.Blocks, filing.From!.Value)); // the draft of 2023 named 10,000, and is not in force at any time
        Assert.Equal("", Form("cn", Utc(2020, 1, 1)));

        static string Form(string profile, DateTimeOffset moment) => ConsentForms.Word(RuleBook.BuiltIn.At(profile, moment).Demands.MinimumForm);
    }

    [Fact]
    public void A_child_is_older_when_its_day_has_begun_in_every_zone()
    {
        DateTimeOffset turns = RuleBook.BuiltIn.At("cn", Now).Demands.TurnsAge(new DateOnly(2011, 6, 1), 14);
        Assert.Equal(new DateTimeOffset(2025, 5, 31, 16, 0, 0, TimeSpan.Zero), turns); // still May in UTC
        Assert.Equal(Utc(2025, 6, 1), RuleBook.BuiltIn.At("baseline", Now).Demands.TurnsAge(new DateOnly(2011, 6, 1), 14));
        Assert.Equal(Utc(2025, 6, 1).AddHours(5), RuleBook.BuiltIn.At("cn+us-il", Now).Demands.TurnsAge(new DateOnly(2011, 6, 1), 14)); // Chicago, in summer
        Assert.Equal(Utc(2027, 3, 1), RuleBook.BuiltIn.At("baseline", Now).Demands.TurnsAge(new DateOnly(2012, 2, 29), 15));
    }

    [Fact]
    public void Under_illinois_law_use_ends_three_years_after_the_last_interaction()
    {
        ConsentDemands demands = RuleBook.BuiltIn.At("us-il", Now).Demands;
        Assert.Equal(Utc(2027, 2, 28), demands.RetentionEnds(Utc(2024, 2, 29)));
        Assert.Equal(Utc(2027, 2, 28), Retention.UseEnds(Utc(2024, 2, 29), Utc(2033, 1, 1), CalendarPeriod.Parse("P9Y"), demands));
        Assert.Equal(Utc(2025, 2, 28), Retention.UseEnds(Utc(2024, 2, 29), Utc(2033, 1, 1), CalendarPeriod.Parse("P1Y"), demands));
        Assert.Equal(DateTimeOffset.MaxValue, RuleBook.BuiltIn.At("eu", Now).Demands.RetentionEnds(Utc(2024, 2, 29)));
    }

    /// <summary>Against the rows themselves, taken one by one: no set is ever weaker than any profile that it names.</summary>
    [Fact]
    public void No_combination_at_any_time_is_weaker_than_one_of_its_profiles()
    {
        string[] names = [.. RuleBook.BuiltIn.Profiles.Select(profile => profile.Name)];
        var arbitrary = from some in Gen.SubListOf(names) from days in Gen.Choose(0, 15_000) select (some.Count == 0 ? "baseline" : string.Join('+', some), Utc(2000, 1, 1).AddDays(days));
        Prop.ForAll(arbitrary.ToArbitrary(), item =>
        {
            (string together, DateTimeOffset moment) = item;
            RuleSet all = RuleBook.BuiltIn.At(together, moment);
            Assert.True(all.ValidFrom <= moment && moment < all.ValidUntil);
            foreach (RuleSet one in together.Split('+').Select(name => RuleBook.BuiltIn.At(name, moment)))
            {
                Assert.True(all.Demands.MinimumForm >= one.Demands.MinimumForm && all.Demands.ChildAge >= one.Demands.ChildAge);
                Assert.True(all.Demands.RetentionEnds(moment) <= one.Demands.RetentionEnds(moment));
                Assert.Superset(one.Filing.ToHashSet(), all.Filing.ToHashSet());
                Assert.Subset(one.Bases.ToHashSet(), all.Bases.ToHashSet());
            }
        }).Check(Deep.Config(300));
    }

    [Fact]
    public void A_callers_profile_extends_others_and_takes_the_place_of_what_the_law_leaves_open()
    {
        var book = new RuleBook([Profile("""{"name":"at","title":"Austria","zone":"Europe/Vienna","includes":["eu"],"rows":[{"rule":"C6","childAge":14,"source":"DSG 4(4)","replaces":"GDPR 8(1)"}]}""")]);
        Assert.Equal(14, book.At("at", Now).Demands.ChildAge);
        Assert.Equal(16, book.At("at+eu", Now).Demands.ChildAge);
        Assert.Equal(ConsentForm.Click, book.At("at", Now).Demands.MinimumForm);
        Assert.True(book.At("at", Now).Holds("C1"));
    }

    [Theory]
    [InlineData("""{"name":"cn","title":"x","rows":[]}""")]
    [InlineData("""{"name":"mine","title":"x","includes":["yours"],"rows":[]}""")]
    [InlineData("""{"name":"mine","title":"x","includes":["mine"],"rows":[]}""")]
    [InlineData("""{"name":"mine","title":"x","includes":["cn"],"rows":[{"rule":"C6","childAge":1,"source":"me","replaces":"PIPL 31"}]}""")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C6","childAge":13,"source":"me","replaces":"GDPR 8(1)"}]}""")]
    public void Profiles_that_do_not_fit_together_are_refused_with_the_options(string json)
    {
        var options = VaultOptions.InMemoryForTests();
        options.Profiles.Add(Profile(json));
        Assert.Contains("Profiles", Assert.Throws<ArgumentException>(() => new Vault(options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"title":"x","rows":[]}""", "name")]
    [InlineData("""{"name":"Mine","title":"x","rows":[]}""", "name")]
    [InlineData("""{"name":"mine","rows":[]}""", "title")]
    [InlineData("""{"name":"mine","title":"x","zone":"Europe/Nowhere","rows":[]}""", "zone")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C5"}]}""", "rows[0].source")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"Z1","source":"y"}]}""", "rows[0].rule")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C5","source":"y","minimumForm":"shouted"}]}""", "rows[0].minimumForm")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C5","source":"y","from":"2025-13-01"}]}""", "rows[0].from")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C5","source":"y","from":"2025-02-01","until":"2025-02-01"}]}""", "rows[0].until")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"C5","source":"y","childAge":14,"minimumForm":"click"}]}""", "rows[0].rule")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"P7","source":"y","deny":{"except":"access"}}]}""", "rows[0].deny")]
    [InlineData("""{"name":"mine","title":"x","rows":[{"rule":"P11","source":"y","filing":{"persons":10}}]}""", "rows[0].filing")]
    [InlineData("""{"name":"mine","title":"x","rows":[],"more":1}""", "more")]
    public void A_malformed_profile_is_refused_and_the_member_is_named(string json, string member) =>
        Assert.Contains($"member {member} ", Assert.Throws<FormatException>(() => Profile(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_text_of_every_row_says_where_the_law_stands()
    {
        Assert.Equal(RuleTable.All.Count, RuleTable.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(RuleBook.BuiltIn.Profiles.SelectMany(profile => profile.Rows), row => Assert.NotEmpty(row.Source));
        Assert.All(RuleTable.All.SelectMany(rule => rule.Codes), code => Assert.True(Enum.TryParse<ViolationCode>(code, out _), code));
    }

    private static RuleProfile Profile(string json) => RuleProfile.FromJson(Encoding.UTF8.GetBytes(json));

    private static DateTimeOffset Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
