using FaceVault.Rules;
using FaceVault.Tests.Conventions;

namespace FaceVault.Tests.Rules;

public class RulesPageTests
{
    [Fact]
    public void The_page_about_rules_says_what_the_data_say()
    {
        string page = RulesPage.Write();
        if (Environment.GetEnvironmentVariable("FACEVAULT_WRITE_RULES") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, RulesPage.Path), page);
        Assert.Equal(page, Repository.Read(RulesPage.Path));
    }

    [Fact]
    public void Every_rule_of_the_table_is_there_and_holds_under_a_profile()
    {
        string[] expected =
        [
            .. Enumerable.Range(1, 10).Select(i => $"C{i}"), .. Enumerable.Range(1, 12).Select(i => $"P{i}"),
            .. Enumerable.Range(1, 5).Select(i => $"S{i}"), .. Enumerable.Range(1, 10).Select(i => $"D{i}"),
        ];
        Assert.Equal(expected, RuleTable.All.Select(rule => rule.Id));
        string page = Repository.Read(RulesPage.Path);
        Assert.All(expected, id => Assert.Contains($"\n| {id} | ", page, StringComparison.Ordinal));
        Assert.All(RuleTable.All, rule => Assert.True(rule.Always || RuleBook.BuiltIn.Profiles.Any(profile => profile.Rows.Any(row => row.Rule == rule.Id)), rule.Id));
        string[] codes = [.. RuleTable.All.SelectMany(rule => rule.Codes)];
        Assert.Empty(Enum.GetNames<ViolationCode>().Except(codes).Except(["None", "ConsentIdTaken", "ConsentAlreadyActive", "StoreRolledBack"]));
    }
}
