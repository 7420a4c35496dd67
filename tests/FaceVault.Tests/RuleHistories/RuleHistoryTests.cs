using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.RuleHistories;

/// <summary>Over random sequences of grants, uses, time steps, version and model changes, holds, renewals and withdrawals: nothing succeeds that the oracle forbids, and nothing is refused that it allows.</summary>
public sealed class RuleHistoryTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void What_the_rules_forbid_is_refused_with_their_codes_and_the_rest_succeeds()
    {
        var broken = new HashSet<OracleRule>();
        Prop.ForAll(RuleMove.Histories(40).ToArbitrary(), moves => RunAsync(moves, broken).GetAwaiter().GetResult()).Check(Deep.Config(100));
        output.WriteLine($"{broken.Count} of {OracleRule.Table.Count} rules were broken.");
    }

    /// <summary>A row that no history breaks proves nothing. The seed is fixed, so that the answer is.</summary>
    [Fact]
    public void Histories_break_every_rule_of_the_table()
    {
        var broken = new HashSet<OracleRule>();
        Prop.ForAll(RuleMove.Histories(40).ToArbitrary(), moves => RunAsync(moves, broken).GetAwaiter().GetResult()).Check(Deep.Config(250, "(7,7)"));
        Assert.Empty(OracleRule.Table.Except(broken).Select(rule => $"{rule.Id} {rule.Code} {string.Join('|', rule.Acts)}"));
    }

    private static async Task RunAsync(RuleMove[] moves, HashSet<OracleRule> broken)
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        var history = new RuleHistory(test, broken);
        await history.BeginAsync();
        foreach (RuleMove move in moves)
            await history.TakeAsync(move);
    }
}
