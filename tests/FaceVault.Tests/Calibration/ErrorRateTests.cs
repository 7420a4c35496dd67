using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace FaceVault.Tests.Calibration;

/// <summary>Intervals: published values where comparisons are independent, and how often the truth is inside where they are not.</summary>
public sealed class ErrorRateTests(ITestOutputHelper output)
{
    private static readonly TemplateModel Model = new("arc", 8, TemplateEncoding.Int8);

    /// <summary>Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (Wilson's score interval).</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_interval_of_independent_trials_is_the_published_one(int errors, int trials, double lower, double upper)
    {
        ErrorRate rate = ErrorRate.Of(errors, trials, trials, (double)errors / trials * (1 - (double)errors / trials) / trials);
        Assert.Equal((lower, upper), (Math.Round(rate.Lower, 4), Math.Round(rate.Upper, 4)));
    }

    [Fact]
    public void Without_an_error_each_person_counts_once_and_the_rule_of_three_holds()
    {
        ErrorRate none = ErrorRate.Of(0, 100_000, 1000, 0), all = ErrorRate.Of(50, 50, 10, 0);
        Assert.Equal((0.0, 0.0), (none.Value, none.Lower));
        Assert.InRange(none.Upper, 0.00299, 0.003);
        Assert.Equal((1.0, 1.0), (all.Value, all.Upper));
        Assert.InRange(all.Lower, 0.741, 0.742); // 0.05 to the power of a tenth
    }

    [Fact]
    public void The_default_has_no_trial_and_no_rate() => Assert.True(double.IsNaN(default(ErrorRate).Value));

    [Fact]
    public void Ten_scores_of_each_person_that_go_wrong_together_say_no_more_than_one_of_each()
    {
        ErrorRate each = Mated(persons: 200, scoresOfEach: 1), ten = Mated(persons: 200, scoresOfEach: 10);
        Assert.Equal((each.Value, 200L, 2000L, 200), (ten.Value, each.Trials, ten.Trials, ten.Persons));
        Assert.Equal(each.Upper, ten.Upper, 3);
        Assert.Equal(each.Lower, ten.Lower, 3);

        static ErrorRate Mated(int persons, int scoresOfEach)
        {
            LabelledScores scores = Enough();
            for (int person = 0; person < persons; person++)
                for (int i = 0; i < scoresOfEach; i++)
                    scores.AddMated(person, person % 10 == 0 ? -1 : 1);
            return scores.Calibrate(0.1, DateTimeOffset.UnixEpoch).FalseNegatives;
        }
    }

    [Fact]
    public void A_template_that_many_are_mistaken_for_widens_the_interval()
    {
        ErrorRate spread = Others(i => i), lamb = Others(i => i < 50 ? 0 : i);
        Assert.Equal(spread.Value, lamb.Value);
        Assert.True(lamb.Upper > 1.5 * spread.Upper, $"{lamb.Upper} {spread.Upper}");

        static ErrorRate Others(Func<int, int> templateOf)
        {
            LabelledScores scores = LabelledScores.ForVerification(Model);
            scores.AddMated(0, 1);
            for (int i = 0; i < 1000; i++)
                scores.AddNonMated(10_000 + i, templateOf(i), i < 50 ? 0.9f : i / 2000f);
            return scores.Calibrate(0.05, DateTimeOffset.UnixEpoch).FalsePositives;
        }
    }

    /// <summary>Persons differ: one is turned away always, another never. An interval over comparisons would hold the truth far less often than it says.</summary>
    [Fact]
    public void Of_intervals_over_unlike_persons_about_95_of_100_hold_the_truth() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int held = 0, naive = 0, runs = 1000;
            for (int run = 0; run < runs; run++)
            {
                LabelledScores scores = Enough();
                for (int person = 0; person < 100; person++)
                {
                    double own = random.Next(5) == 0 ? 0.5 : 0; // a fifth of the persons is turned away half of the time: 0.1 in all
                    for (int i = 0; i < 20; i++)
                        scores.AddMated(person, random.NextDouble() < own ? -1 : 1);
                }

                ErrorRate rate = scores.Calibrate(0.1, DateTimeOffset.UnixEpoch).FalseNegatives;
                held += rate.Lower <= 0.1 && rate.Upper >= 0.1 ? 1 : 0;
                ErrorRate counted = ErrorRate.Of(rate.Errors, rate.Trials, rate.Persons, rate.Value * (1 - rate.Value) / rate.Trials);
                naive += counted.Lower <= 0.1 && counted.Upper >= 0.1 ? 1 : 0;
            }

            output.WriteLine($"seed {seed}: {held} of {runs} intervals over persons hold the truth, {naive} of those over comparisons");
            Assert.InRange(held, 0.91 * runs, runs);
            Assert.InRange(naive, 0, 0.8 * runs);
        }).Check(Deep.Config(1));

    /// <summary>Non-mated scores that leave the threshold between -1 and 1.</summary>
    private static LabelledScores Enough()
    {
        LabelledScores scores = LabelledScores.ForVerification(Model);
        for (int i = 0; i < 30; i++)
            scores.AddNonMated(i, i + 100, 0);
        return scores;
    }
}
