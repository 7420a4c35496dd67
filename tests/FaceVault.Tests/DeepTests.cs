using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests;

/// <summary>What a failing property prints is enough to see the same case again.</summary>
public sealed class DeepTests
{
    [Fact]
    public void The_printed_replay_of_a_failing_property_shows_the_same_case_at_once()
    {
        string first = FailureOf(null);
        string replay = Regex.Match(first, @"Replay directly at failing step with (?<replay>\([\d,]+\)\.)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["replay"].Value;
        Assert.Matches(@"^\(\d+,\d+,\d+\)\.$", replay);

        string again = FailureOf(replay);

        Assert.StartsWith("Falsifiable, after 1 test ", again, StringComparison.Ordinal);
        Assert.Equal(CaseOf(first), CaseOf(again));
        Assert.Equal(CaseOf(first), CaseOf(FailureOf(replay.Trim('(', ')', '.').Replace(",", " , ", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_printed_seed_of_a_run_repeats_the_whole_run()
    {
        string first = FailureOf(null);
        string seed = Regex.Match(first, @"\([\d,]+\)(?=\. )", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        Assert.Matches(@"^\(\d+,\d+\)$", seed);
        Assert.Equal(first, FailureOf(seed));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1;3")]
    [InlineData("1,2")]
    [InlineData("1,3,")]
    [InlineData("1,3,5,7")]
    [InlineData("-1,3,5")]
    [InlineData("1,99999999999999999999,5")]
    [InlineData("a,b,c")]
    public void A_replay_that_is_none_is_said_and_not_passed_over(string replay) => Assert.Throws<FormatException>(() => Deep.Config(1, replay));

    /// <summary>A property planted to fail, with inputs that need luck and shrink far.</summary>
    private static string FailureOf(string? replay) =>
        Assert.ThrowsAny<Exception>(() => Prop.ForAll<int[]>(values => values.Length < 4 || values.Sum() < 30).Check(Deep.Config(10_000, replay))).Message;

    private static string CaseOf(string failure)
    {
        int from = failure.IndexOf("Original:", StringComparison.Ordinal);
        Assert.True(from > 0, failure);
        return failure[from..];
    }
}
