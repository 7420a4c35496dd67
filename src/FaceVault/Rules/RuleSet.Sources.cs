namespace FaceVault.Rules;

/// <content>What holds, for people to read.</content>
internal sealed partial class RuleSet
{
    /// <summary>Each rule that holds with its articles of law, by the rule's number.</summary>
    public IEnumerable<(string Rule, string Source)> Sources => rows.Select(row => (row.Rule, row.Source)).Distinct()
        .OrderBy(row => row.Rule[0]).ThenBy(row => row.Rule.Length).ThenBy(row => row.Rule, StringComparer.Ordinal).ThenBy(row => row.Source, StringComparer.Ordinal);
}
