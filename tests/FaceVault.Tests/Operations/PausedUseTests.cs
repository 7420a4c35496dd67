namespace FaceVault.Tests.Operations;

/// <summary>E5: each use of a person's keys is stopped while it holds its lease, and the person leaves meanwhile. The withdrawal waits for that use alone, and what begins later finds nobody.</summary>
[Trait("Claim", "E5")]
public sealed class PausedUseTests
{
    private const string Gate = "gate", Mood = "mood";
    private static readonly PurposeId Door = new(TestVault.Door);

    /// <summary>What is used, where it is stopped, and whose consent is used.</summary>
    public static TheoryData<string> Uses => ["enroll", "verify", "gallery load", "identify", "resolve", "replace", "remove one", "renew", "analyze"];

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task A_withdrawal_waits_for_a_use_that_began_before_and_nothing_later_names_the_subject(string name)
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        (string id, Pause pause, Func<Task> use) = Use(test, pauses, name);
        if (name is "identify" or "resolve")
            await test.Vault.GetGalleryAsync(Door);

        pause.Arm();
        Task using1 = Task.Run(use);
        await pause.Reached.Task.WaitAsync(Observation.Patience);
        Task<DeletionCertificate> leaving = Task.Run(() => test.Vault.WithdrawConsentAsync(Scenario.Id(id)));
        await Task.Delay(100);
        Assert.False(leaving.IsCompleted, "the key was destroyed under a use of it");
        pause.LetGo();
        await using1.WaitAsync(Observation.Patience);
        Assert.True((await leaving.WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);

        await AssertUnknownToAllAsync(test, id);
    }

    [Fact]
    public async Task Candidates_found_before_a_withdrawal_name_nobody_after_it()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        var found = new MatchBuffer(1, 5);
        using var probe = new ProbeBatch(gallery, 1);
        probe.Add(TestVault.Face(0));
        gallery.Identify(probe, Threshold.RankOnly, found, default);
        Candidate[] candidates = [.. found[0]];
        Assert.Contains(await gallery.ResolveAsync(candidates), m => m.Consent == Scenario.Id("d-0"));
        await test.Vault.WithdrawConsentAsync(Scenario.Id("d-0"));
        Assert.DoesNotContain(await gallery.ResolveAsync(candidates), m => m.Consent == Scenario.Id("d-0"));
    }

    [Fact]
    public async Task A_destruction_asked_for_from_inside_an_analysis_is_refused_and_nothing_is_stopped()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        ConsentId own = Scenario.Id("m-0");
        Func<Task>[] calls =
        [
            () => test.Vault.WithdrawConsentAsync(own), () => test.Vault.EraseSubjectAsync(new SubjectId("subject of m-1")), () => test.Vault.RemoveTemplateAsync(own, 0),
            () => test.Vault.ReplaceTemplatesAsync(own, null, [TestVault.Face(1)]), () => test.Vault.RenewConsentAsync(own, test.Grant("m-7", "subject of m-0")), () => test.Vault.SweepAsync(),
        ];
        foreach (Func<Task> call in calls)
            await Assert.ThrowsAsync<InvalidOperationException>(() => test.Vault.AnalyzeAsync(own, _ =>
            {
                call().GetAwaiter().GetResult();
                return 0;
            }).WaitAsync(Observation.Patience));
        Assert.Equal([64, 64], await test.Vault.AnalyzeAsync(own, static template => template.Length));

        // Another vault waits for nobody here, and what the function leaves behind is not inside any more when it runs.
        await using TestVault other = await TestVault.InMemoryAsync();
        await other.EnrollAsync(1);
        var over = new TaskCompletionSource();
        Task<DeletionCertificate>? left = null;
        await test.Vault.AnalyzeAsync(own, _ =>
        {
            left ??= Task.Run(async () =>
            {
                await over.Task;
                return await test.Vault.WithdrawConsentAsync(own);
            });
            return other.Vault.WithdrawConsentAsync(Scenario.Id("c-0")).GetAwaiter().GetResult();
        }).WaitAsync(Observation.Patience);
        over.SetResult();
        Assert.True((await left!.WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
    }

    [Fact]
    public async Task A_callback_that_hangs_holds_up_nobody_else()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        using var hung = new ManualResetEventSlim();
        var inside = new TaskCompletionSource();
        Task<IReadOnlyList<int>> analyzing = Task.Run(() => test.Vault.AnalyzeAsync(Scenario.Id("m-0"), template =>
        {
            inside.TrySetResult();
            hung.Wait();
            return template.Length;
        }));
        await inside.Task.WaitAsync(Observation.Patience);
        Task<DeletionCertificate> own = test.Vault.WithdrawConsentAsync(Scenario.Id("m-0"));
        Assert.True((await test.Vault.WithdrawConsentAsync(Scenario.Id("m-1")).WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        await test.Vault.GrantConsentAsync(test.Grant("d-9"));
        Assert.False(own.IsCompleted);
        hung.Set();
        Assert.Equal([64, 64], await analyzing.WaitAsync(Observation.Patience));
        Assert.True((await own.WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
    }

    private static async Task<TestVault> OpenAsync(Pauses pauses)
    {
        TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, Gate));
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Analysis, Mood));
        int person = 0;
        foreach (string id in (string[])["d-0", "d-1", "g-0", "g-1", "m-0", "m-1"])
        {
            await test.Vault.GrantConsentAsync(test.Grant(id, purpose: id[0] switch { 'd' => TestVault.Door, 'g' => Gate, _ => Mood }));
            await test.Vault.EnrollAsync(Scenario.Id(id), null, TestVault.Face(person));
            await test.Vault.EnrollAsync(Scenario.Id(id), null, TestVault.Face(person++, capture: 1));
        }

        await test.Vault.DisposeAsync();
        test.Wrap = pauses.Around;
        test.Renew();
        await test.Vault.OpenAsync();
        return test;
    }

    private static (string Id, Pause Pause, Func<Task> Use) Use(TestVault test, Pauses pauses, string name) => name switch
    {
        "enroll" => ("d-0", pauses.Append, () => test.Vault.EnrollAsync(Scenario.Id("d-0"), null, TestVault.Face(30))),
        "verify" => ("g-0", pauses.TemplateRead, () => test.Vault.VerifyFaceAsync(Scenario.Id("g-0"), TestVault.Face(2), Threshold.At(0.9f))),
        "gallery load" => ("d-0", pauses.TemplateRead, () => test.Vault.GetGalleryAsync(Door)),
        "identify" => ("d-0", pauses.RecordRead, async () => await (await test.Vault.GetGalleryAsync(Door)).IdentifyAsync(TestVault.Face(0), 1, Threshold.RankOnly)),
        "resolve" => ("d-0", pauses.RecordRead, async () => await (await test.Vault.GetGalleryAsync(Door)).ResolveAsync([new Candidate(1, 0, 1)])),
        "replace" => ("d-0", pauses.Append, () => AfterwardsGoneAsync(() => test.Vault.ReplaceTemplatesAsync(Scenario.Id("d-0"), null, [TestVault.Face(30)]))),
        "remove one" => ("d-0", pauses.Append, () => AfterwardsGoneAsync(() => test.Vault.RemoveTemplateAsync(Scenario.Id("d-0"), 0))),
        "renew" => ("d-0", pauses.Append, () => AfterwardsGoneAsync(() => test.Vault.RenewConsentAsync(Scenario.Id("d-0"), test.Grant("d-7", "subject of d-0")))),
        "analyze" => ("m-0", pauses.TemplateRead, () => test.Vault.AnalyzeAsync(Scenario.Id("m-0"), static template => template.Length)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>A change that a withdrawal overtakes may be refused.</summary>
    private static async Task AfterwardsGoneAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (Exception refused) when (refused is RefusedException or ErasureIncompleteException)
        {
            // decided for the withdrawal
        }
    }

    private static async Task AssertUnknownToAllAsync(TestVault test, string id)
    {
        ConsentId gone = Scenario.Id(id);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.DoesNotContain(await gallery.IdentifyAsync(TestVault.Face(0), 10, Threshold.RankOnly), m => m.Consent == gone);
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.EnrollAsync(gone, null, TestVault.Face(1)));
        await Assert.ThrowsAsync<RefusedException>(() => test.Vault.AnalyzeAsync(gone, static template => template.Length));
        Assert.Equal(VerificationOutcome.Refused, (await test.Vault.VerifyFaceAsync(gone, TestVault.Face(2), Threshold.At(0.1f))).Outcome);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(gone))!.Status);
    }
}
