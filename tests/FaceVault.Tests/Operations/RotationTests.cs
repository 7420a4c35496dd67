using FaceVault.Tests.Attack;

namespace FaceVault.Tests.Operations;

/// <summary>Rule S4 in a vault: every way in and out turns templates and probes alike, and nobody who asks notices.</summary>
[Trait("Rule", "S4")]
public sealed class RotationTests
{
    private const string Int8 = "synthetic8", Gate = "gate", Lift = "lift", Mood = "mood";
    private const int People = 40;

    /// <summary>Two vectors of 64 int8 numbers: half a step in each.</summary>
    private const double Int8Rounding = 0.02;
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData(null, 2e-6)]
    [InlineData(Int8, Int8Rounding)]
    public async Task Every_search_and_comparison_gives_the_cosines_of_the_model_up_to_rounding(string? model, double rounding)
    {
        await using TestVault test = await PeopleAsync();
        foreach (GalleryMode mode in (GalleryMode[])[GalleryMode.Open, GalleryMode.Sealed])
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(Door, model, mode);
            Assert.NotNull(gallery.Rotation);
            using var probes = new ProbeBatch(gallery, 5);
            for (int i = 0; i < 5; i++)
                probes.Add(TestVault.Face(i, capture: 1));
            GallerySnapshot snapshot = gallery.TakeSnapshot();
            float[] scores = new float[5 * snapshot.Count];
            gallery.Score(probes, snapshot, scores);
            for (int i = 0; i < scores.Length; i++)
                Assert.Equal(Cosine(TestVault.Face(i / snapshot.Count, capture: 1), TestVault.Face((int)snapshot[i % snapshot.Count].Slot - 1)), scores[i], rounding);

            var best = new MatchBuffer(5, 1);
            gallery.Identify(probes, Threshold.RankOnly, best);
            var hits = new HitBuffer(5, 100);
            gallery.FindAll(probes, Threshold.At(0.9f), hits, new SearchOptions { Rescore = true });
            for (int i = 0; i < 5; i++)
            {
                double own = Cosine(TestVault.Face(i, capture: 1), TestVault.Face(i));
                Match named = Assert.Single(await gallery.IdentifyAsync(TestVault.Face(i, capture: 1), 1, Threshold.At(0.9f)));
                Assert.Equal(Scenario.Id($"c-{i}"), named.Consent);
                Assert.All((float[])[named.Score, best[i][0].Score, hits[i][0].Score], score => Assert.Equal(own, score, rounding));
                FaceVerification verified = await test.Vault.VerifyFaceAsync(Scenario.Id($"g-{i}"), TestVault.Face(i, capture: 1), Threshold.At(0.9f), model);
                Assert.Equal(VerificationOutcome.Match, verified.Outcome);
                Assert.Equal(own, verified.Score, rounding);
            }
        }
    }

    [Fact]
    public async Task An_analysis_sees_the_vector_as_the_model_made_it()
    {
        await using TestVault test = await PeopleAsync();
        float[] face = TestVault.Face(7);
        double length = Math.Sqrt(face.Sum(x => (double)x * x));
        foreach ((string? model, double rounding) in ((string?, double)[])[(null, 1e-6), (Int8, 0.01)])
        {
            float[] seen = Assert.Single(await test.Vault.AnalyzeAsync(Scenario.Id("m-7"), template => template.ToArray(), model));
            Assert.All(face.Zip(seen), pair => Assert.Equal(pair.First / length, pair.Second, rounding));
        }
    }

    [Fact]
    public async Task What_is_stored_of_one_face_for_two_purposes_has_nothing_in_common()
    {
        await using TestVault test = await PeopleAsync();
        Attacker attacker = test.Thief.Attack();
        double squares = 0;
        for (int i = 0; i < People; i++)
        {
            float[] door = Stored(attacker, $"c-{i}"), lift = Stored(attacker, $"l-{i}"), model = TestVault.Face(i);
            squares += Math.Pow(Cosine(door, lift), 2) + Math.Pow(Cosine(door, model), 2);
        }

        Assert.InRange(squares / (2 * People), 0.2 / 64, 5.0 / 64); // of directions that know nothing of each other: 1/d
    }

    [Fact]
    public async Task A_batch_is_refused_by_the_gallery_of_another_purpose_and_taken_by_both_of_its_own()
    {
        await using TestVault test = await PeopleAsync();
        Gallery door = await test.Vault.GetGalleryAsync(Door), lift = await test.Vault.GetGalleryAsync(new PurposeId(Lift));
        using var probes = new ProbeBatch(door, 1);
        probes.Add(TestVault.Face(3));
        var best = new MatchBuffer(1, 1);
        door.Identify(probes, Threshold.RankOnly, best);
        Candidate found = best[0][0];
        (await test.Vault.GetGalleryAsync(Door, null, GalleryMode.Sealed)).Identify(probes, Threshold.RankOnly, best);
        Assert.Equal(found, best[0][0]);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => lift.Identify(probes, Threshold.RankOnly, best)).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => lift.FindAll(probes, Threshold.At(0.5f), new HitBuffer(1, 10))).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => lift.Score(probes, lift.TakeSnapshot(), new float[People])).ParamName);
        using var plain = new ProbeBatch(TestVault.Model, 1);
        plain.Add(TestVault.Face(3));
        Assert.Equal("probes", Assert.Throws<ArgumentException>(() => door.Identify(plain, Threshold.RankOnly, best)).ParamName);
    }

    [Fact]
    public async Task Templates_stay_turned_through_renewals_new_versions_models_replacements_and_closings()
    {
        await using TestVault test = await PeopleAsync();
        byte[] seed = SeedOf(test);
        await test.Vault.RenewConsentAsync(Scenario.Id("c-0"), test.Grant("r-0", "subject of c-0"));
        await test.Vault.ReplaceTemplatesAsync(Scenario.Id("c-1"), null, [TestVault.Face(201), TestVault.Face(202)]); // numbers 2 and 3
        await test.Vault.RemoveTemplateAsync(Scenario.Id("c-1"), 2);
        await AssertFoundAsync(0, 202, 2, 3);
        await test.Vault.AdmitModelAsync(Door, new TemplateModel("newer", 64, TemplateEncoding.Float32), makeCurrent: false);
        await AssertFoundAsync(0, 202, 2, 3);
        await test.Vault.AddPurposeVersionAsync(TestVault.Purpose() with { Description = "Opening the front door of the new house" });
        await test.Vault.RenewConsentAsync(Scenario.Id("c-2"), test.Grant("r-2", "subject of c-2"));
        await AssertFoundAsync(2);
        await test.ReopenAsync();
        await AssertFoundAsync(2);
        await test.Vault.EnrollAsync(Scenario.Id("r-2"), null, TestVault.Face(203));
        await AssertFoundAsync(2, 203);
        Assert.Equal(seed, SeedOf(test));

        async Task AssertFoundAsync(params int[] faces)
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(Door, TestVault.Model.Name);
            foreach (int face in faces)
                Assert.Equal(1, Assert.Single(await gallery.IdentifyAsync(TestVault.Face(face), 1, Threshold.At(0.99f))).Score, 1e-5);
        }
    }

    [Fact]
    public async Task An_import_that_is_run_again_knows_what_is_there()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        foreach (string model in (string[])[TestVault.Model.Name, Int8])
        {
            Assert.Equal(3, (await test.Vault.ImportAsync(Door, model, Items())).Enrolled);
            Assert.Equal((0, 3), ((await test.Vault.ImportAsync(Door, model, Items())) is var again ? (again.Enrolled, again.Skipped) : default));
        }

        async IAsyncEnumerable<Enrollment> Items()
        {
            await Task.CompletedTask;
            for (int i = 0; i < 3; i++)
                yield return new Enrollment(test.Grant($"c-{i}"), TestVault.Face(i));
        }
    }

    [Fact]
    public async Task A_batch_whose_purpose_was_retired_or_whose_vault_was_closed_takes_no_more_probes()
    {
        await using TestVault test = await PeopleAsync();
        using var lift = new ProbeBatch(await test.Vault.GetGalleryAsync(new PurposeId(Lift)), 2);
        using var door = new ProbeBatch(await test.Vault.GetGalleryAsync(Door), 2);
        lift.Add(TestVault.Face(0));
        await test.Vault.RetirePurposeAsync(new PurposeId(Lift));
        Assert.Equal(VaultErrorCode.PurposeRetired, Assert.Throws<VaultException>(() => lift.Add(TestVault.Face(0))).Code);
        Assert.Equal(1, lift.Count);
        door.Add(TestVault.Face(0));
        await test.Vault.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => door.Add(TestVault.Face(0)));
    }

    private static async Task<TestVault> PeopleAsync()
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, Gate));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: Lift));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, Mood));
        Assert.All(await test.Vault.ListPurposesAsync(), purpose => Assert.True(purpose.IsRotated));
        foreach ((string prefix, string purpose) in ((string, string)[])[("c", TestVault.Door), ("g", Gate), ("l", Lift), ("m", Mood)])
        {
            for (int i = 0; i < People; i++)
            {
                await test.Vault.GrantConsentAsync(test.Grant($"{prefix}-{i}", $"subject of {prefix}-{i}", purpose));
                await test.Vault.EnrollAsync(Scenario.Id($"{prefix}-{i}"), null, TestVault.Face(i));
                await test.Vault.EnrollAsync(Scenario.Id($"{prefix}-{i}"), Int8, TestVault.Face(i));
            }
        }

        return test;
    }

    private static byte[] SeedOf(TestVault test)
    {
        using FaceVault.Commits.ReadScope view = test.Vault.Engine.Read();
        return view.Crown.Purposes[0].DangerousSeed.ToArray();
    }

    private static float[] Stored(Attacker attacker, string consent) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(attacker.TemplatesOf(consent).First(t => t.Encoded.Length == 64 * sizeof(float)).Encoded).ToArray();

    private static double Cosine(float[] a, float[] b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
            (ab, aa, bb) = (ab + ((double)a[i] * b[i]), aa + ((double)a[i] * a[i]), bb + ((double)b[i] * b[i]));
        return ab / Math.Sqrt(aa * bb);
    }
}
