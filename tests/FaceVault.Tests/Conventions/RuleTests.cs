using System.Text.RegularExpressions;

namespace FaceVault.Tests.Conventions;

/// <summary>Every rule that docs/rules.md lists has tests that carry its number.</summary>
public sealed partial class RuleTests
{
    [Fact]
    public void Every_rule_has_tests_that_carry_its_number()
    {
        string[] rules = [.. Repository.Lines("docs/rules.md").TakeWhile(line => line != "## Profiles").Select(line => Row().Match(line)).Where(m => m.Success).Select(m => m.Groups["number"].Value)];
        string[] carried = [.. typeof(RuleTests).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributesData())
            .Where(a => a.AttributeType == typeof(TraitAttribute) && (string)a.ConstructorArguments[0].Value! == "Rule").Select(a => (string)a.ConstructorArguments[1].Value!).Distinct()];
        Assert.Equal(37, rules.Length);
        Assert.Equal(rules.Order(StringComparer.Ordinal), carried.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (?<number>[CPSD]\d+) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}

/// <summary>S3 (CAC 8): data stay where they are.</summary>
[Trait("Rule", "S3")]
public sealed class NoConnectionTests
{
    /// <summary>Witnesses are asked only when the caller names some, and get a signed checkpoint, which is about nobody.</summary>
    [Fact]
    public void Nothing_of_the_library_but_a_witness_that_was_asked_for_can_open_a_connection()
    {
        using var references = new TypeReferences(typeof(Vault).Assembly.Location);
        Assert.Equal(["FaceVault.Witness"], references.Read().Where(type => type.Value.Any(used => used.StartsWith("System.Net.", StringComparison.Ordinal))).Select(type => type.Key));
    }
}
