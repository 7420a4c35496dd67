using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Calibration;

/// <summary>Thresholds from labelled scores, against what counting by hand gives.</summary>
public sealed class LabelledScoresTests
{
    private static readonly TemplateModel Model = new("arc", 8, TemplateEncoding.Int8);
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 1, 2, 3, TimeSpan.Zero);

    /// <summary>Few different scores, so that ties are frequent.</summary>
    private static readonly Gen<float> Score = Gen.Frequency((3, Gen.Choose(-5, 5).Select(i => i / 10f)), (1, Gen.Choose(-1000, 999).Select(i => i / 1000f)));

    private static readonly Gen<(float Score, int Person)> Labelled = from score in Score from person in Gen.Choose(0, 20) select (score, person);

    private static readonly Gen<double> Rate = Gen.Choose(20, 500).Select(i => i / 1000.0);

    [Fact]
    public void The_observed_rate_never_exceeds_the_wanted_one_and_no_lower_threshold_keeps_it() =>
        Prop.ForAll(Scores(150), Rate.ToArbitrary(), (labelled, wanted) =>
        {
            ThresholdCalibration found = Verification(labelled.Mated, labelled.Others).Calibrate(wanted, Now);
            float[] others = [.. labelled.Others.Select(s => s.Score)], mated = [.. labelled.Mated.Select(s => s.Score)];
            Assert.Equal(others.Count(s => s >= found.Threshold), found.FalsePositives.Errors);
            Assert.Equal(mated.Count(s => s < found.Threshold), found.FalseNegatives.Errors);
            Assert.Equal((others.Length, mated.Length), (found.FalsePositives.Trials, found.FalseNegatives.Trials));
            Assert.True(found.FalsePositives.Value <= found.WantedRate);
            Assert.True(found.Threshold == -1 || others.Count(s => s >= MathF.BitDecrement(found.Threshold)) > wanted * others.Length);
        }).Check(Deep.Config(300));

    [Fact]
    public void A_higher_wanted_rate_never_gives_a_higher_threshold() =>
        Prop.ForAll(Scores(150), Rate.ToArbitrary(), Rate.ToArbitrary(), (labelled, one, two) =>
        {
            LabelledScores scores = Verification(labelled.Mated, labelled.Others);
            ThresholdCalibration strict = scores.Calibrate(Math.Min(one, two), Now), loose = scores.Calibrate(Math.Max(one, two), Now);
            Assert.True(strict.Threshold >= loose.Threshold);
            Assert.True(strict.FalsePositives.Value <= loose.FalsePositives.Value);
            Assert.True(strict.FalseNegatives.Value >= loose.FalseNegatives.Value);
        }).Check(Deep.Config(300));

    [Fact]
    public void The_order_in_which_scores_are_added_and_the_numbers_of_persons_change_nothing() =>
        Prop.ForAll(Scores(150), Rate.ToArbitrary(), (labelled, wanted) =>
        {
            ThresholdCalibration forwards = Verification(labelled.Mated, labelled.Others).Calibrate(wanted, Now);
            (float, int)[] mated = [.. labelled.Mated.Select(s => (s.Score, 1000 - s.Person)).Reverse()], others = [.. labelled.Others.Select(s => (s.Score, 1000 - s.Person)).Reverse()];
            Assert.Equal(forwards, Verification(mated, others).Calibrate(wanted, Now));
        }).Check(Deep.Config(100));

    [Fact]
    public void Every_interval_holds_its_rate() =>
        Prop.ForAll(Scores(150), Rate.ToArbitrary(), (labelled, wanted) =>
        {
            ThresholdCalibration found = Verification(labelled.Mated, labelled.Others).Calibrate(wanted, Now);
            Assert.All([found.FalsePositives, found.FalseNegatives], rate => Assert.True(rate.Lower <= rate.Value && rate.Value <= rate.Upper && rate is { Lower: >= 0, Upper: <= 1 } && rate.Lower < rate.Upper));
        }).Check(Deep.Config(300));

    [Fact]
    public void Along_the_curve_false_positives_grow_and_false_negatives_fall_and_each_point_is_what_counting_gives() =>
        Prop.ForAll(Scores(1), (labelled) =>
        {
            IReadOnlyList<DetPoint> curve = Verification(labelled.Mated, labelled.Others).Det(20);
            Assert.Equal((0.0, 1.0), (curve[0].FalsePositiveRate, curve[^1].FalsePositiveRate));
            foreach (DetPoint point in curve)
            {
                Assert.Equal((double)labelled.Others.Count(s => s.Score >= point.Threshold) / labelled.Others.Length, point.FalsePositiveRate);
                Assert.Equal((double)labelled.Mated.Count(s => s.Score < point.Threshold) / labelled.Mated.Length, point.FalseNegativeRate, 12);
            }

            for (int i = 1; i < curve.Count; i++)
                Assert.True(curve[i].Threshold < curve[i - 1].Threshold && curve[i].FalsePositiveRate > curve[i - 1].FalsePositiveRate && curve[i].FalseNegativeRate <= curve[i - 1].FalseNegativeRate);
        }).Check(Deep.Config(200));

    [Fact]
    public void A_score_that_equals_the_threshold_is_a_match_so_equal_scores_are_let_in_together_or_not_at_all()
    {
        (float, int)[] others = [.. Enumerable.Range(0, 100).Select(i => (i < 10 ? 0.5f : 0.1f, i))];
        LabelledScores scores = Verification([(0.5f, 0), (0.6f, 1)], others);
        ThresholdCalibration nine = scores.Calibrate(0.09, Now), ten = scores.Calibrate(0.10, Now);
        Assert.Equal((MathF.BitIncrement(0.5f), 0L, 1L), (nine.Threshold, nine.FalsePositives.Errors, nine.FalseNegatives.Errors));
        Assert.Equal((MathF.BitIncrement(0.1f), 10L, 0L), (ten.Threshold, ten.FalsePositives.Errors, ten.FalseNegatives.Errors));
    }

    [Fact]
    public void A_larger_gallery_is_held_to_its_share_of_the_wanted_rate()
    {
        (float, int)[] others = [.. Enumerable.Range(0, 1000).Select(i => (i / 1000f, i))];
        LabelledScores scores = Identification(others, gallery: 100, templates: 250, searched: 99);
        ThresholdCalibration same = scores.Calibrate(0.1, Now), tenfold = scores.Calibrate(0.1, Now, 1000);
        Assert.Equal((100, 250, 99, 99L), (same.LargestGallery, same.LargestGalleryTemplates, same.SearchedPersons, same.FalsePositives.Errors)); // 0.1 × 99 / 100 of 1,000
        Assert.Equal((1000, 2500, 99, 9L), (tenfold.LargestGallery, tenfold.LargestGalleryTemplates, tenfold.SearchedPersons, tenfold.FalsePositives.Errors));
        Assert.True(tenfold.Threshold > same.Threshold);
        Assert.Throws<ArgumentOutOfRangeException>(() => scores.Calibrate(0.1, Now, 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => Verification([(1, 1)], others).Calibrate(0.1, Now, 1000));
    }

    [Fact]
    public void What_is_kept_of_a_calibration_says_what_was_measured_and_when()
    {
        LabelledScores scores = Identification([.. Enumerable.Range(0, 300).Select(i => (i / 1000f, i % 30))], 50, 60, 50);
        ThresholdCalibration found = scores.Calibrate(0.012345678_9, Now.AddMilliseconds(7));
        Assert.Equal((Model, PurposeKind.Identification, 0.012345678, Now), (found.Model, found.Kind, found.WantedRate, found.MeasuredAt));
        Assert.Equal((30, 300L, 3L), (found.FalsePositives.Persons, found.FalsePositives.Trials, found.FalsePositives.Errors));
        Assert.Equal((300, 1), (scores.NonMated, scores.Mated));
    }

    [Fact]
    public void What_cannot_be_measured_is_refused_with_all_reasons()
    {
        LabelledScores none = LabelledScores.ForVerification(Model);
        for (int i = 0; i < 29; i++)
            none.AddNonMated(0, 1, 0.5f);
        Assert.Equal(["scores.mated", "scores.nonMated"], Refused(none, 0.1));
        none.AddNonMated(0, 1, 0.5f); // three divided by 0.1
        Assert.Equal(["scores.mated"], Refused(none, 0.1));
        none.AddMated(0, 0.5f);
        Assert.Equal(MathF.BitIncrement(0.5f), none.Calibrate(0.1, Now).Threshold);
        Assert.Equal(["scores.nonMated"], Refused(none, 0.099));
        for (int i = 0; i < 6; i++)
            none.AddNonMated(0, 1, 1f);
        Assert.Equal(["scores.nonMated"], Refused(none, 0.1)); // six of 36 are as high as scores can be
        Assert.Equal(6, none.Calibrate(0.17, Now).FalsePositives.Errors);
        Assert.Throws<InvalidOperationException>(() => LabelledScores.ForVerification(Model).Det());

        static string[] Refused(LabelledScores scores, double wanted)
        {
            RefusedException refusal = Assert.Throws<RefusedException>(() => scores.Calibrate(wanted, Now));
            Assert.All(refusal.Violations, violation => Assert.Equal((ViolationCode.ThresholdNotCalibrated, "S5"), (violation.Code, violation.Rule)));
            return [.. refusal.Violations.Select(violation => violation.Field)];
        }
    }

    [Fact]
    public void Misuse_names_the_parameter()
    {
        LabelledScores scores = LabelledScores.ForVerification(Model);
        foreach (float score in (float[])[1.001f, -1.001f, float.NaN, float.PositiveInfinity])
        {
            Assert.Equal("score", Assert.Throws<ArgumentOutOfRangeException>(() => scores.AddMated(1, score)).ParamName);
            Assert.Equal("score", Assert.Throws<ArgumentOutOfRangeException>(() => scores.AddNonMated(1, 2, score)).ParamName);
        }

        Assert.Equal("other", Assert.Throws<ArgumentOutOfRangeException>(() => scores.AddNonMated(1, 1, 0)).ParamName);
        foreach (double wanted in (double[])[0, -0.1, 0.51, double.NaN, 1e-10])
            Assert.Equal("wanted", Assert.Throws<ArgumentOutOfRangeException>(() => scores.Calibrate(wanted, Now)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelledScores.ForIdentification(Model, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelledScores.ForIdentification(Model, 3, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelledScores.ForIdentification(Model, 3, 3, 4));
    }

    private static LabelledScores Verification(IEnumerable<(float Score, int Person)> mated, IEnumerable<(float Score, int Person)> others) =>
        Fill(LabelledScores.ForVerification(Model), mated, others);

    private static LabelledScores Identification(IEnumerable<(float Score, int Person)> others, int gallery, int templates, int searched) =>
        Fill(LabelledScores.ForIdentification(Model, gallery, templates, searched), [(0.9f, 1)], others);

    private static LabelledScores Fill(LabelledScores scores, IEnumerable<(float Score, int Person)> mated, IEnumerable<(float Score, int Person)> others)
    {
        foreach ((float score, int person) in mated)
            scores.AddMated(person, score);
        foreach ((float score, int person) in others)
            scores.AddNonMated(person, person - 7, score);
        return scores;
    }

    /// <summary>At least so many non-mated scores, and one mated.</summary>
    private static Arbitrary<((float Score, int Person)[] Mated, (float Score, int Person)[] Others)> Scores(int least) =>
        (from mated in Gen.NonEmptyListOf(Labelled)
         from some in Gen.ArrayOf(Labelled, least)
         from more in Gen.ListOf(Labelled)
         select (mated.ToArray(), some.Concat(more).ToArray())).ToArbitrary();
}
