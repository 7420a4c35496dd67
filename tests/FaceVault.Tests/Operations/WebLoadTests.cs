namespace FaceVault.Tests.Operations;

/// <summary>Many callers at once, as a web application has them: searches are shared, what waits is bounded, and nobody's thread is held.</summary>
public sealed class WebLoadTests
{
    private const string Gate = "gate";
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task Callers_at_once_get_what_they_get_one_after_another_also_when_some_give_up()
    {
        const int people = 60, callers = 200;
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, people);
        using Pauses.Release release = pauses.LetGoAtEnd();
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        var serial = new IReadOnlyList<Match>[people];
        for (int i = 0; i < people; i++)
            serial[i] = await gallery.IdentifyAsync(TestVault.Face(i, capture: 1), 1 + (i % 7), Threshold.At(0.1f));
        FaceVerification alone = await VerifyAsync(test);

        using var left = new CancellationTokenSource();
        Task<IReadOnlyList<Match>>[] identified = [.. Enumerable.Range(0, callers).Select(i => Task.Run(() =>
            gallery.IdentifyAsync(TestVault.Face(i % people, capture: 1), 1 + (i % people % 7), Threshold.At(0.1f), i % 5 == 4 ? left.Token : default)))];
        Task<FaceVerification>[] verified = [.. Enumerable.Range(0, callers).Select(i => Task.Run(() => VerifyAsync(test, i % 5 == 4 ? left.Token : default)))];
        await left.CancelAsync();

        for (int i = 0; i < callers; i++)
        {
            if (await AnswerAsync(identified[i], mayBeCancelled: i % 5 == 4) is { } matches)
                Assert.Equal(serial[i % people], matches);
            if (await AnswerAsync(verified[i], mayBeCancelled: i % 5 == 4) is { } verification)
                Assert.Equal((alone.Outcome, alone.Score), (verification.Outcome, verification.Score));
        }
    }

    [Fact]
    public async Task A_verification_beyond_the_bound_is_told_busy_and_there_is_room_when_the_others_are_answered()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 1, maxWaiting: 3);
        using Pauses.Release release = pauses.LetGoAtEnd();
        pauses.TemplateRead.Arm();
        Task<FaceVerification> running = VerifyAsync(test);
        await pauses.TemplateRead.Reached.Task.WaitAsync(Observation.Patience);
        Assert.False(pauses.TemplateRead.ReachedOnPoolThread, "a thread of the pool was held");
        using var left = new CancellationTokenSource();
        Task<FaceVerification> waiting = VerifyAsync(test), leaving = VerifyAsync(test, left.Token);
        VaultException busy = await Assert.ThrowsAsync<VaultException>(() => VerifyAsync(test).WaitAsync(Observation.Patience));
        Assert.Equal(VaultErrorCode.Busy, busy.Code);
        Assert.True(busy.IsTransient);

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Observation.Patience));
        Assert.False(running.IsCompleted);
        pauses.TemplateRead.LetGo();
        Assert.True((await running.WaitAsync(Observation.Patience)).IsMatch);
        Assert.True((await waiting.WaitAsync(Observation.Patience)).IsMatch);
        Assert.True((await WhenThereIsRoomAsync(() => VerifyAsync(test))).IsMatch);
    }

    [Fact]
    public async Task A_caller_keeps_its_place_until_it_has_names()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 4, maxWaiting: 2);
        using Pauses.Release release = pauses.LetGoAtEnd();
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        pauses.RecordRead.Arm();
        Task<IReadOnlyList<Match>> naming = IdentifyAsync(gallery, 0);
        await pauses.RecordRead.Reached.Task.WaitAsync(Observation.Patience);
        Assert.False(pauses.RecordRead.ReachedOnPoolThread, "a thread of the pool was held");
        Task<IReadOnlyList<Match>> second = IdentifyAsync(gallery, 1);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(VaultErrorCode.Busy, Assert.Throws<VaultException>(() => { _ = IdentifyAsync(gallery, 2); }).Code);
            await Task.Yield();
        }

        pauses.RecordRead.LetGo();
        Assert.Equal(Scenario.Id("d-0"), Assert.Single(await naming.WaitAsync(Observation.Patience)).Consent);
        Assert.Equal(Scenario.Id("d-1"), Assert.Single(await second.WaitAsync(Observation.Patience)).Consent);
        Assert.Equal(Scenario.Id("d-2"), Assert.Single(await WhenThereIsRoomAsync(() => IdentifyAsync(gallery, 2))).Consent);
    }

    [Fact]
    public async Task What_follows_an_answer_runs_on_no_thread_of_the_vaults()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 4);
        using Pauses.Release release = pauses.LetGoAtEnd();
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        using var left = new CancellationTokenSource();
        Task<bool>[] found = [.. Enumerable.Range(0, 40).Select(i => FollowAsync(gallery.IdentifyAsync(TestVault.Face(i % 8), 1, Threshold.At(0.9f), i % 4 == 3 ? left.Token : default)))];
        await left.CancelAsync();
        Assert.DoesNotContain(true, await Task.WhenAll(found).WaitAsync(Observation.Patience));
        pauses.RecordRead.Arm();
        Task<bool> naming = FollowAsync(IdentifyAsync(gallery, 0));
        await pauses.RecordRead.Reached.Task.WaitAsync(Observation.Patience);
        Task<bool>[] closed = [.. Enumerable.Range(0, 10).Select(i => FollowAsync(IdentifyAsync(gallery, i % 4)))];
        Task closing = Task.Run(test.Vault.Dispose);
        pauses.RecordRead.LetGo();
        await closing.WaitAsync(Observation.Patience);
        Assert.DoesNotContain(true, await Task.WhenAll([naming, .. closed]).WaitAsync(Observation.Patience));

        static Task<bool> FollowAsync(Task answer) => answer.ContinueWith(
            static _ => Thread.CurrentThread.Name?.StartsWith("FaceVault", StringComparison.Ordinal) == true, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [Fact]
    public async Task Nobodys_thread_waits_for_a_commit_to_be_written()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 3);
        using Pauses.Release release = pauses.LetGoAtEnd();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(id: "lift"));
        pauses.Commit.Arm();
        Task written = test.Vault.GrantConsentAsync(test.Grant("g-1", purpose: Gate));
        await pauses.Commit.Reached.Task.WaitAsync(Observation.Patience);
        ConsentId known = Scenario.Id("d-0");
        var subject = new SubjectId("subject of d-0");
        IAsyncEnumerator<ConsentInfo> list = test.Vault.ListConsentsAsync(Door).GetAsyncEnumerator();
        IAsyncEnumerator<LedgerLine> ledger = test.Vault.ReadLedgerAsync().GetAsyncEnumerator();
        IAsyncEnumerator<ConsentInfo> without = test.Vault.ListConsentsAsync(Door, withoutModel: "synthetic8").GetAsyncEnumerator();
        Task[] asked = await Task.Run(() => (Task[])
        [
            test.Vault.GetConsentAsync(known), test.Vault.GetReceiptAsync(known), test.Vault.FindConsentsAsync(subject), test.Vault.GetSubjectReportAsync(subject),
            test.Vault.GetStatusAsync(), test.Vault.ListPurposesAsync(), test.Vault.PreviewSweepAsync(), list.MoveNextAsync().AsTask(), ledger.MoveNextAsync().AsTask(),
            test.Vault.EnrollAsync(known, null, TestVault.Face(0, capture: 1)), test.Vault.ReplaceTemplatesAsync(Scenario.Id("d-1"), null, [TestVault.Face(1, capture: 1)]),
            test.Vault.WithdrawConsentAsync(Scenario.Id("g-0")), test.Vault.GetDeletionCertificatesAsync(known), test.Vault.ProveConsistencyAsync(1),
            test.Vault.SetHoldAsync(HoldScope.OfSubject(new SubjectId("subject of d-2"))), test.Vault.SetHoldAsync(HoldScope.OfPurpose(new PurposeId("lift"))), test.Vault.LiftHoldAsync(HoldScope.OfConsents([Scenario.Id("d-2")])),
            without.MoveNextAsync().AsTask(),
        ]).WaitAsync(Observation.Patience);
        Assert.DoesNotContain(asked, task => task.IsCompleted);
        pauses.Commit.LetGo();
        await Task.WhenAll([written, .. asked]).WaitAsync(Observation.Patience);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Scenario.Id("g-0")))!.Status);
    }

    [Fact]
    public async Task Who_waits_when_the_vault_is_closed_is_told_so_and_who_is_being_answered_is_answered()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 2);
        using Pauses.Release release = pauses.LetGoAtEnd();
        pauses.TemplateRead.Arm();
        Task<FaceVerification> running = VerifyAsync(test);
        await pauses.TemplateRead.Reached.Task.WaitAsync(Observation.Patience);
        Task<FaceVerification>[] waiting = [.. Enumerable.Range(0, 10).Select(_ => VerifyAsync(test))];
        Task closing = Task.Run(test.Vault.Dispose);
        foreach (Task<FaceVerification> caller in waiting)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.WaitAsync(Observation.Patience));
        Assert.False(running.IsCompleted);
        pauses.TemplateRead.LetGo();
        await closing.WaitAsync(Observation.Patience);
        Assert.True((await running).IsMatch);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => VerifyAsync(test));
    }

    private static async Task<TestVault> OpenAsync(Pauses pauses, int people, int maxWaiting = 1024)
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, Gate));
        for (int i = 0; i < people; i++)
        {
            await test.Vault.GrantConsentAsync(test.Grant($"d-{i}"));
            await test.Vault.EnrollAsync(Scenario.Id($"d-{i}"), null, TestVault.Face(i));
        }

        await test.Vault.GrantConsentAsync(test.Grant("g-0", purpose: Gate));
        await test.Vault.EnrollAsync(Scenario.Id("g-0"), null, TestVault.Face(500));
        await test.Vault.DisposeAsync();
        test.Wrap = pauses.Around;
        test.MaxWaitingCallers = maxWaiting;
        test.Renew();
        await test.Vault.OpenAsync();
        return test;
    }

    private static Task<FaceVerification> VerifyAsync(TestVault test, CancellationToken token = default) =>
        test.Vault.VerifyFaceAsync(Scenario.Id("g-0"), TestVault.Face(500, capture: 1), Threshold.At(0.9f), cancellationToken: token);

    private static Task<IReadOnlyList<Match>> IdentifyAsync(Gallery gallery, int person) => gallery.IdentifyAsync(TestVault.Face(person), 1, Threshold.At(0.9f));

    /// <summary>A place is given back a moment after the answer.</summary>
    private static async Task<T> WhenThereIsRoomAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call().WaitAsync(Observation.Patience);
            }
            catch (VaultException busy) when (busy.Code == VaultErrorCode.Busy)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task<T?> AnswerAsync<T>(Task<T> answer, bool mayBeCancelled)
        where T : class
    {
        try
        {
            return await answer.WaitAsync(Observation.Patience);
        }
        catch (OperationCanceledException) when (mayBeCancelled)
        {
            return null;
        }
    }
}
