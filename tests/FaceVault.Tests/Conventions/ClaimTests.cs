using System.Text.RegularExpressions;

namespace FaceVault.Tests.Conventions;

/// <summary>Every claim of the threat model has tests that carry its number, and the document names them.</summary>
public sealed partial class ClaimTests
{
    private const string Document = "docs/threat-model.md";

    [Fact]
    public void Every_claim_has_tests_and_the_threat_model_names_them()
    {
        string[] lines = Repository.Lines(Document);
        string[] claims = [.. lines.Select(line => Claim().Match(line)).Where(m => m.Success).Select(m => m.Groups["number"].Value).Distinct()];
        var listed = lines.Select(line => Row().Match(line)).Where(m => m.Success)
            .ToDictionary(m => m.Groups["number"].Value, m => m.Groups["tests"].Value.Split(" · ").Order(StringComparer.Ordinal).ToArray());
        ILookup<string, string> carried = typeof(ClaimTests).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributesData().Where(a => a.AttributeType == typeof(TraitAttribute) && (string)a.ConstructorArguments[0].Value! == "Claim")
                .Select(a => (Claim: (string)a.ConstructorArguments[1].Value!, type.Name)))
            .ToLookup(pair => pair.Claim, pair => pair.Name);

        Assert.Equal(["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"], claims);
        Assert.Equal(claims, carried.Select(group => group.Key).Order(StringComparer.Ordinal));
        Assert.All(claims, claim => Assert.Equal(carried[claim].Order(StringComparer.Ordinal), listed[claim]));
    }

    [GeneratedRegex(@"^\| (?<number>E\d+) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Claim();

    [GeneratedRegex(@"^\| (?<number>E\d+) \| (?<tests>\w+Tests( · \w+Tests)*) \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
