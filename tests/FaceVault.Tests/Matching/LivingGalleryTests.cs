using System.Diagnostics;
using System.Globalization;
using FaceVault.Templates;
using FaceVault.Tests.Cli;
using FaceVault.Tests.Operations;
using Xunit.Abstractions;

namespace FaceVault.Tests.Matching;

/// <summary>
/// E5, and what docs/matching.md promises: searches of all kinds while people come, change, expire and leave, every answer held to an oracle. A few seconds each by default; FACEVAULT_MATCHING_SECONDS is how long,
/// FACEVAULT_MATCHING_SEED repeats a run as far as threads allow.
/// </summary>
[Trait("Claim", "E5")]
public sealed class LivingGalleryTests(ITestOutputHelper output)
{
    private const int Crowds = 3, Resident = 1;
    private static readonly PurposeId Door = new(TestVault.Door);

    [Theory]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Open, false)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Open, true)]
    [InlineData(TemplateEncoding.Float32, GalleryMode.Sealed, true)]
    [InlineData(TemplateEncoding.Int8, GalleryMode.Sealed, false)]
    public async Task No_answer_names_the_gone_or_misses_the_present_or_states_a_wrong_score(TemplateEncoding encoding, GalleryMode mode, bool isInFiles)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_MATCHING_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        double seconds = double.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_MATCHING_SECONDS"), NumberStyles.Float, CultureInfo.InvariantCulture, out double s) ? s : 2.5;
        output.WriteLine($"seed {seed} (FACEVAULT_MATCHING_SEED={seed})");
        using TemporaryFolder? folder = isInFiles ? new TemporaryFolder() : null;
        await using TestVault test = folder is null ? await TestVault.InMemoryAsync() : await TestVault.InFilesAsync(folder.Path);
        test.MatchingThreads = 2;
        await test.ReopenAsync();
        TemplateModel model = TestVault.Purpose().Models.Single(m => m.Encoding == encoding);
        KnownConsent[] residents = await SettleAsync(test, model, encoding == TemplateEncoding.Int8 ? 18_000 : 6_000);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door, model.Name, mode);
        var oracle = new MatchingOracle(model, test.Clock, residents);
        foreach (KnownConsent resident in residents)
        {
            oracle.Expect(resident);
            oracle.Place(resident, resident.Slot);
        }

        MatchingCrowd[] crowds = [.. Enumerable.Range(0, Crowds).Select(i => new MatchingCrowd(test, gallery, oracle, new Random(seed + i), $"crowd {i}"))];
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        bool GoesOn() => !end.IsCancellationRequested && !oracle.IsBroken;
        Task Run(Func<Task> step) => RunAsync(oracle, GoesOn, step);
        Task[] workers =
        [
            .. crowds.Select(crowd => Run(crowd.StepAsync)),
            .. Enumerable.Range(10, 2).Select(i => Run(Searcher(gallery, oracle, crowds, new Random(seed + i), mostProbes: i == 10 ? 4000 : 300))),
            .. Enumerable.Range(20, 2).Select(i => Run(Asker(gallery, oracle, crowds, new Random(seed + i), mostCallers: i == 20 ? 64 : 3))),
            Run(() => PassTimeAsync(test, new Random(seed + 30))),
        ];
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(seconds) + Observation.Patience);

        oracle.CheckUnknown();
        CheckWhoIsThere(gallery, oracle);
        output.WriteLine($"{oracle.Summary}; {string.Join(", ", crowds.SelectMany(c => c.Done).GroupBy(d => d.Key).Select(g => $"{g.Sum(d => d.Value)} {g.Key}"))}");
        Assert.True(!oracle.IsBroken, $"seed {seed}, {oracle.Violations.Count} violations:\n{string.Join('\n', oracle.Violations.Take(10))}");
    }

    /// <summary>Repeats a step on a thread of its own. A call that fails is a violation too.</summary>
    private static Task RunAsync(MatchingOracle oracle, Func<bool> goesOn, Func<Task> step) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                while (goesOn())
                    step().GetAwaiter().GetResult();
            }
            catch (Exception failure)
            {
                oracle.Violate($"a call failed: {failure}");
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>People who stay, so that the gallery has several blocks and there is always somebody who must be found.</summary>
    private static async Task<KnownConsent[]> SettleAsync(TestVault test, TemplateModel model, int count)
    {
        float[][] vectors = MatchingData.Vectors(count, model.Dimensions, Resident);
        Rotation rotation = test.RotationOf(model);
        uint ends = MatchingOracle.Minutes(test.Clock.GetUtcNow().AddMonths(6));
        KnownConsent[] residents = [.. Enumerable.Range(0, count).Select(i => new KnownConsent(new ConsentId($"r-{i}"), new SubjectId($"subject of r-{i}"), ends))];
        await test.Vault.ImportAsync(Door, model.Name, Items());
        Dictionary<ConsentId, uint> slots = [];
        uint slot = 0;
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(Door))
            slots[consent.Consent] = ++slot; // listed in the order of their slots, and all are there
        for (int i = 0; i < count; i++)
        {
            residents[i].Slot = slots[residents[i].Id];
            residents[i].Expect(model, rotation, vectors[i]).Added = 0;
        }

        return residents;

        async IAsyncEnumerable<Enrollment> Items()
        {
            await Task.CompletedTask;
            for (int i = 0; i < count; i++)
                yield return new Enrollment(test.Grant($"r-{i}"), vectors[i]);
        }
    }

    private static (KnownConsent Consent, KnownFace Face) Choose(MatchingOracle oracle, MatchingCrowd[] crowds, Random random)
    {
        KnownConsent chosen = oracle.Residents[random.Next(oracle.Residents.Length)];
        if (random.Next(3) > 0 && crowds[random.Next(crowds.Length)].Anybody(random) is { Faces.Length: > 0 } moving)
            chosen = moving;
        return (chosen, chosen.Faces[^(1 + random.Next(Math.Min(3, chosen.Faces.Length)))]);
    }

    private static Func<Task> Searcher(Gallery gallery, MatchingOracle oracle, MatchingCrowd[] crowds, Random random, int mostProbes)
    {
        var probes = new ProbeBatch(gallery, mostProbes);
        var few = new MatchBuffer(mostProbes, 3);
        var many = new MatchBuffer(mostProbes, 10);
        return () =>
        {
            (KnownConsent Consent, KnownFace Face)[] asked = [.. Enumerable.Range(0, random.Next(4) == 0 ? 1 : random.Next(1, mostProbes + 1)).Select(_ => Choose(oracle, crowds, random))];
            probes.Clear();
            foreach ((_, KnownFace face) in asked)
                probes.Add(face.Embedding);
            MatchBuffer found = random.Next(2) == 0 ? few : many;
            uint minute = oracle.Minute;
            long begun = oracle.Now();
            gallery.Identify(probes, random.Next(2) == 0 ? Threshold.RankOnly : Threshold.At(0.4f), found);
            long ended = oracle.Now();
            uint after = oracle.Minute;
            int whole = random.Next(asked.Length);
            for (int i = 0; i < asked.Length; i++)
                oracle.Check(asked[i].Consent, asked[i].Face, found[i], (begun, ended), (minute, after), found.DeliveredAt, whole: i == whole);
            return Task.CompletedTask;
        };
    }

    private static Func<Task> Asker(Gallery gallery, MatchingOracle oracle, MatchingCrowd[] crowds, Random random, int mostCallers) => async () =>
    {
        (KnownConsent Consent, KnownFace Face)[] asked = [.. Enumerable.Range(0, random.Next(1, mostCallers + 1)).Select(_ => Choose(oracle, crowds, random))];
        await Task.WhenAll(asked.Select(async one =>
        {
            uint minute = oracle.Minute;
            long begun = oracle.Now();
            MatchingOracle.Flight flight = oracle.Depart(gallery.IdentifyAsync(one.Face.Embedding, random.Next(1, 8), random.Next(2) == 0 ? Threshold.RankOnly : Threshold.At(0.4f)));
            IReadOnlyList<Match> found = await flight.Answer;
            long ended = oracle.Now();
            oracle.Land(flight);
            oracle.Check(one.Consent, one.Face, flight, found, (begun, ended), (minute, oracle.Minute));
        }));
    };

    private static async Task PassTimeAsync(TestVault test, Random random)
    {
        await Task.Delay(random.Next(1, 60));
        test.Clock.Now += TimeSpan.FromMinutes(1);
        if (random.Next(20) == 0)
            await test.Vault.SweepAsync();
    }

    /// <summary>When nothing runs any more: exactly the living are there.</summary>
    private static void CheckWhoIsThere(Gallery gallery, MatchingOracle oracle)
    {
        using var probe = new ProbeBatch(gallery, 1);
        var found = new MatchBuffer(1, 1);
        int living = 0;
        foreach (KnownConsent consent in oracle.All)
        {
            bool mayBeFound = consent.UseEnds > oracle.Minute;
            living += mayBeFound ? consent.Living.Length : 0;
            if (consent.Faces.Length == 1 && mayBeFound && consent.Id.DangerousValue()[0] == 'r')
                continue; // asked for often enough
            foreach (KnownFace face in consent.Faces)
            {
                probe.Clear();
                probe.Add(face.Embedding);
                long begun = oracle.Now();
                gallery.Identify(probe, Threshold.At(0.99f), found);
                oracle.Check(consent, face, found[0], (begun, oracle.Now()), (oracle.Minute, oracle.Minute), found.DeliveredAt, whole: false);
            }
        }

        if (gallery.Count != living)
            oracle.Violate("the gallery counts others than those who live");
    }
}
