using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Calibration;

/// <summary>A threshold counts for the model, the kind and the size of gallery that it was measured for, and nowhere else (rule S5).</summary>
[Trait("Rule", "S5")]
public sealed class CalibratedVaultTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task A_threshold_measured_on_the_gallery_decides_its_searches_and_survives_closing()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(40);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Refused(Assert.Throws<RefusedException>(() => { _ = gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated); }), "threshold");

        ThresholdCalibration found = (await test.Vault.ScoreLabelledAsync(Door, Probes(0, 80))).Calibrate(0.1, test.Clock.GetUtcNow());
        await test.Vault.SetCalibrationAsync(Door, found);

        for (int round = 0; round < 2; round++)
        {
            gallery = await test.Vault.GetGalleryAsync(Door); // the one that is open already uses it too
            foreach (LabelledProbe probe in Probes(0, 60))
                Assert.Equal(await gallery.IdentifyAsync(probe.Embedding, 5, Threshold.At(found.Threshold)), await gallery.IdentifyAsync(probe.Embedding, 5, Threshold.Calibrated));
            Assert.Equal("subject of c-7", (await gallery.IdentifyAsync(TestVault.Face(7, capture: 1), 1, Threshold.Calibrated))[0].Subject.DangerousValue());
            Assert.Equal([found], Assert.Single(await test.Vault.ListPurposesAsync()).Calibrations);
            await test.ReopenAsync();
        }

        Assert.True((await test.Vault.AuditAsync()).IsIntact);
    }

    [Fact]
    public async Task The_scores_are_those_of_searches_with_the_own_person_left_out()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(20);
        await test.Vault.EnrollAsync(new ConsentId("c-3"), null, TestVault.Face(3, capture: 5));
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-4"));
        List<LabelledProbe> probes = Probes(0, 30); // ten are of nobody here, and one of somebody who withdrew
        LabelledScores scores = await test.Vault.ScoreLabelledAsync(Door, probes);
        Assert.Equal((19, 30, 19, 20, 18), (scores.Mated, scores.NonMated, scores.GalleryPersons, scores.GalleryTemplates, scores.SearchedPersons));

        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        LabelledScores expected = LabelledScores.ForIdentification(TestVault.Model, 19, 20, 18);
        for (int i = 0; i < probes.Count; i++)
        {
            IReadOnlyList<Match> all = await gallery.IdentifyAsync(probes[i].Embedding, 100, Threshold.RankOnly);
            foreach (Match own in all.Where(match => match.Subject.Equals(probes[i].Subject)))
                expected.AddMated(i, own.Score);
            expected.AddNonMated(i, -1, all.First(match => !match.Subject.Equals(probes[i].Subject)).Score);
        }

        Assert.Equal(expected.Det(1000), scores.Det(1000));
    }

    [Fact]
    public async Task A_gallery_of_more_persons_or_templates_than_were_measured_is_refused()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(10);
        LabelledScores scores = await test.Vault.ScoreLabelledAsync(Door, Probes(0, 60));
        await test.Vault.SetCalibrationAsync(Door, scores.Calibrate(0.2, test.Clock.GetUtcNow()));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        await FindAsync();

        await test.Vault.EnrollAsync(new ConsentId("c-1"), null, TestVault.Face(1, capture: 2)); // eleven templates of ten persons
        await Assert.ThrowsAsync<RefusedException>(FindAsync);
        await test.Vault.SetCalibrationAsync(Door, scores.Calibrate(0.2, test.Clock.GetUtcNow(), 11));
        await FindAsync();

        // Twelve templates fit twelve persons, but not when there are fewer persons for more templates, and the other way round.
        LabelledScores two = LabelledScores.ForIdentification(TestVault.Model, 10, 20, 10);
        Fill(two);
        await test.Vault.SetCalibrationAsync(Door, two.Calibrate(0.2, test.Clock.GetUtcNow()));
        await FindAsync(); // eleven templates, ten persons
        await test.EnrollAsync(1, from: 10);
        await Assert.ThrowsAsync<RefusedException>(FindAsync); // twelve templates, eleven persons
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-10"));
        await FindAsync();
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-1")); // who had two
        await test.EnrollAsync(2, from: 20);
        await Assert.ThrowsAsync<RefusedException>(FindAsync); // eleven templates as before, of eleven persons
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-20"));
        await test.Vault.EnrollAsync(new ConsentId("c-2"), null, TestVault.Face(2, capture: 2));
        await FindAsync();

        Gallery second = await test.Vault.GetGalleryAsync(Door, "synthetic8");
        Refused(Assert.Throws<RefusedException>(() => { _ = second.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated); }), "threshold");

        var buffer = new MatchBuffer(1, 1);
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(1));
        await test.EnrollAsync(1, from: 11);
        Refused(Assert.Throws<RefusedException>(() => gallery.Identify(probes, Threshold.Calibrated, buffer)), "gallery");
        Refused(Assert.Throws<RefusedException>(() => gallery.FindAll(probes, Threshold.Calibrated, new HitBuffer(1, 1))), "gallery");

        async Task FindAsync() => await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated);
    }

    [Fact]
    public async Task A_search_that_waited_while_the_gallery_grew_is_refused_and_finds_nobody()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(10);
        LabelledScores scores = await test.Vault.ScoreLabelledAsync(Door, Probes(0, 60));
        await test.Vault.SetCalibrationAsync(Door, scores.Calibrate(0.2, test.Clock.GetUtcNow()));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        using var probes = new ProbeBatch(gallery, 1);
        probes.Add(TestVault.Face(1, capture: 1));
        using var own = new ProbeBatch(gallery, 1);
        own.Add(TestVault.Face(1, capture: 1));
        Task? bulk = null, shared = null, ranked = null;
        var others = new MatchBuffer(1, 1);
        var slow = new SearchOptions
        {
            Progress = new Asker(() =>
        {
            bulk = Task.Run(() => gallery.Identify(own, Threshold.Calibrated, others));
            shared = gallery.IdentifyAsync(TestVault.Face(1, capture: 1), 1, Threshold.Calibrated);
            ranked = gallery.IdentifyAsync(TestVault.Face(1, capture: 1), 1, Threshold.RankOnly);
            Thread.Sleep(200); // until it waits for its turn; sooner, it is refused at once
            test.EnrollAsync(1, from: 10).GetAwaiter().GetResult();
        })
        };
        gallery.Identify(probes, Threshold.RankOnly, new MatchBuffer(1, 1), slow);
        Refused(await Assert.ThrowsAsync<RefusedException>(() => bulk!), "gallery");
        Refused(await Assert.ThrowsAsync<RefusedException>(() => shared!), "gallery");
        Assert.Single(await (Task<IReadOnlyList<Match>>)ranked!);
        Assert.Equal(0, others.Count);
    }

    [Fact]
    public async Task Who_has_ended_does_not_make_a_gallery_too_large()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(10);
        LabelledScores scores = await test.Vault.ScoreLabelledAsync(Door, Probes(0, 60));
        await test.Vault.SetCalibrationAsync(Door, scores.Calibrate(0.2, test.Clock.GetUtcNow()));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        await test.Vault.GrantConsentAsync(test.Grant("short") with { ExpiresAt = test.Clock.GetUtcNow().AddDays(1) });
        await test.Vault.EnrollAsync(new ConsentId("short"), null, TestVault.Face(50));
        Assert.Throws<RefusedException>(() => { _ = gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated); });
        test.Clock.Now += TimeSpan.FromDays(1);
        Assert.Single(await gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated));
    }

    [Fact]
    public async Task A_verification_without_a_threshold_of_its_own_is_answered_with_a_refusal()
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: PurposeKind.Verification);
        await test.EnrollAsync(12);
        FaceVerification before = await test.Vault.VerifyFaceAsync(new ConsentId("c-2"), TestVault.Face(2, capture: 1), Threshold.Calibrated);
        Assert.Equal((VerificationOutcome.Refused, ViolationCode.ThresholdNotCalibrated), (before.Outcome, Assert.Single(before.Violations).Code));

        List<LabelledProbe> probes = Probes(0, 10); // c-10 and c-11 are nobody's here and take no part
        await test.Vault.WithdrawConsentAsync(new ConsentId("c-9"));
        LabelledScores scores = await test.Vault.ScoreLabelledAsync(Door, probes);
        Assert.Equal((9, 81, 0), (scores.Mated, scores.NonMated, scores.GalleryPersons));
        LabelledScores expected = LabelledScores.ForVerification(TestVault.Model);
        for (int person = 0; person < 9; person++)
        {
            for (int i = 0; i < probes.Count; i++)
            {
                float score = (await test.Vault.VerifyFaceAsync(new ConsentId($"c-{person}"), probes[i].Embedding, Threshold.RankOnly)).Score;
                if (i == person)
                    expected.AddMated(i, score);
                else
                    expected.AddNonMated(i, person, score);
            }
        }

        Assert.Equal(expected.Det(1000), scores.Det(1000));
        await test.Vault.SetCalibrationAsync(Door, scores.Calibrate(0.05, test.Clock.GetUtcNow()));
        await test.ReopenAsync();
        Assert.Equal(VerificationOutcome.Match, (await test.Vault.VerifyFaceAsync(new ConsentId("c-2"), TestVault.Face(2, capture: 1), Threshold.Calibrated)).Outcome);
        Assert.Equal(VerificationOutcome.NoMatch, (await test.Vault.VerifyFaceAsync(new ConsentId("c-2"), TestVault.Face(3, capture: 1), Threshold.Calibrated)).Outcome);
        FaceVerification other = await test.Vault.VerifyFaceAsync(new ConsentId("c-2"), TestVault.Face(2), Threshold.Calibrated, "synthetic8");
        Assert.Equal((VerificationOutcome.Refused, ViolationCode.ThresholdNotCalibrated), (other.Outcome, Assert.Single(other.Violations).Code));
    }

    [Theory]
    [InlineData(PurposeKind.Verification)]
    [InlineData(PurposeKind.Identification)]
    public async Task What_was_measured_for_another_kind_or_model_is_refused_with_all_reasons_and_nothing_is_written(PurposeKind kind)
    {
        await using TestVault test = await TestVault.InMemoryAsync(kind: kind);
        bool isSearch = kind == PurposeKind.Identification;
        var other = new TemplateModel("synthetic", 64, TemplateEncoding.Int8);
        await Unchanged.RefusesAsync(test, ViolationCode.ThresholdNotCalibrated, v => v.SetCalibrationAsync(Door, Measured(!isSearch, TestVault.Model)));
        await Unchanged.RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.SetCalibrationAsync(Door, Measured(isSearch, other)));
        await Unchanged.RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.SetCalibrationAsync(Door, Measured(isSearch, new TemplateModel("unheard", 64, TemplateEncoding.Int8))));
        RefusedException both = await Assert.ThrowsAsync<RefusedException>(() => test.Vault.SetCalibrationAsync(Door, Measured(!isSearch, other)));
        Assert.Equal(["calibration.kind", "model"], both.Violations.Select(violation => violation.Field));
        Assert.Empty(Assert.Single(await test.Vault.ListPurposesAsync()).Calibrations);
    }

    [Fact]
    public async Task A_calibration_goes_with_its_model_and_its_version()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(2);
        var second = new TemplateModel("synthetic8", 64, TemplateEncoding.Int8);
        ThresholdCalibration one = Measured(isSearch: true, TestVault.Model), two = Measured(isSearch: true, second);
        await test.Vault.SetCalibrationAsync(Door, one);
        await test.Vault.SetCalibrationAsync(Door, two);
        await test.Vault.AdmitModelAsync(Door, new TemplateModel("newer", 64, TemplateEncoding.Float32)); // changes the list, and no threshold
        Assert.Equal([one, two], (await InfoAsync()).Calibrations);

        await test.Vault.RetireModelAsync(Door, "synthetic8", leaveTemplates: true);
        Assert.Equal([one], (await InfoAsync()).Calibrations);
        await Unchanged.RefusesAsync(test, ViolationCode.ModelNotAdmitted, v => v.SetCalibrationAsync(Door, two));
        await test.Vault.AdmitModelAsync(Door, second, makeCurrent: false); // back without its threshold
        Assert.Equal([one], (await InfoAsync()).Calibrations);

        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the door of the new office" });
        Assert.Empty((await InfoAsync()).Calibrations);
        await test.ReopenAsync();
        Assert.Empty((await InfoAsync()).Calibrations);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Refused(Assert.Throws<RefusedException>(() => { _ = gallery.IdentifyAsync(TestVault.Face(1), 1, Threshold.Calibrated); }), "threshold");

        async Task<PurposeInfo> InfoAsync() => Assert.Single(await test.Vault.ListPurposesAsync());
    }

    [Fact]
    public async Task Setting_the_same_again_is_no_change_and_another_takes_its_place()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.SetCalibrationAsync(Door, Measured(isSearch: true, TestVault.Model));
        string before = Unchanged.Print(test);
        await test.Vault.SetCalibrationAsync(Door, Measured(isSearch: true, TestVault.Model));
        Assert.Equal(before, Unchanged.Print(test));
        ThresholdCalibration stricter = Measured(isSearch: true, TestVault.Model, 0.11);
        await test.Vault.SetCalibrationAsync(Door, stricter);
        Assert.Equal([stricter], Assert.Single(await test.Vault.ListPurposesAsync()).Calibrations);
    }

    [Fact]
    public async Task What_cannot_be_scored_is_said()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(1);
        Refused(await Assert.ThrowsAsync<RefusedException>(() => test.Vault.ScoreLabelledAsync(Door, Probes(0, 3))), "gallery"); // the one who is there is in the probes
        await test.EnrollAsync(1, from: 1);
        Assert.Equal("probes", (await Assert.ThrowsAnyAsync<ArgumentException>(() => test.Vault.ScoreLabelledAsync(Door, []))).ParamName);
        Assert.Equal("probes", (await Assert.ThrowsAnyAsync<ArgumentException>(() => test.Vault.ScoreLabelledAsync(Door, [new(new SubjectId("a"), new float[3])]))).ParamName);
        Assert.Equal("probes", (await Assert.ThrowsAnyAsync<ArgumentException>(() => test.Vault.ScoreLabelledAsync(Door, [new(default, TestVault.Face(1))]))).ParamName);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Vault.ScoreLabelledAsync(Door, Probes(0, 1), "unheard"));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, "study"));
        Assert.Equal(ViolationCode.OperationNotConsented, Assert.Single((await Assert.ThrowsAsync<RefusedException>(() => test.Vault.ScoreLabelledAsync(new PurposeId("study"), Probes(0, 3)))).Violations).Code);
        Assert.Equal("LabelledProbe", Probes(0, 1)[0].ToString());
    }

    private static List<LabelledProbe> Probes(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(person => new LabelledProbe(new SubjectId($"subject of c-{person}"), TestVault.Face(person, capture: 1)))];

    private static ThresholdCalibration Measured(bool isSearch, TemplateModel model, double wanted = 0.1)
    {
        LabelledScores scores = isSearch ? LabelledScores.ForIdentification(model, 100, 100, 100) : LabelledScores.ForVerification(model);
        Fill(scores);
        return scores.Calibrate(wanted, new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    }

    private static void Fill(LabelledScores scores)
    {
        scores.AddMated(1, 0.9f);
        for (int i = 0; i < 60; i++)
            scores.AddNonMated(i, i + 100, i / 100f);
    }

    private static void Refused(RefusedException refusal, string field)
    {
        Violation violation = Assert.Single(refusal.Violations);
        Assert.Equal((ViolationCode.ThresholdNotCalibrated, "S5", field), (violation.Code, violation.Rule, violation.Field));
    }

    /// <summary>Asks once.</summary>
    private sealed class Asker(Action ask) : IProgress<long>
    {
        private bool asked;

        public void Report(long value)
        {
            if (!asked)
                ask();
            asked = true;
        }
    }
}
