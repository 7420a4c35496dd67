using FaceVault.Matching;

namespace FaceVault.Tests.Operations;

/// <summary>Callers who are found together are named together, and none of them is the worse for it.</summary>
public sealed class NamingTests
{
    private const int People = 100;
    private static readonly PurposeId Door = new(TestVault.Door);
    private readonly List<ConsentId> consents = [];

    [Fact]
    public async Task A_round_of_callers_reads_each_name_once_in_the_order_of_the_slots()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        pauses.RecordsRead.Clear();
        uint[][] found = [[9, 2, 70], [70], [2, 9], [], [5, 2, 200], [7, 7]];
        NameQuestion[] questions = [.. found.Select(slots => Question(slots))];
        gallery.Namer!(questions, false);
        for (int i = 0; i < found.Length; i++)
            Assert.Equal(found[i].Where(slot => slot <= People).Select(Consent), (await questions[i].Task.WaitAsync(Observation.Patience)).Select(match => match.Consent));
        Assert.Equal([2, 5, 7, 9, 70], pauses.RecordsRead);
        Assert.All(await questions[0].Task, match => Assert.Equal("subject of " + match.Consent.DangerousValue(), match.Subject.DangerousValue()));
        Assert.Equal([0.9f, 0.2f, 0.7f], (await questions[0].Task).Select(match => match.Score));
    }

    [Fact]
    public async Task More_callers_than_one_share_holds_are_all_named()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        NameQuestion[] questions = [.. Enumerable.Range(0, 40).Select(i => Question([.. Enumerable.Range(0, 25).Select(k => (uint)(1 + ((i * 7 + k * 3) % People)))]))];
        gallery.Namer!(questions, false);
        foreach (NameQuestion question in questions)
            Assert.Equal(question.Candidates.Select(candidate => Consent(candidate.Slot)), (await question.Task.WaitAsync(Observation.Patience)).Select(match => match.Consent));
    }

    [Fact]
    public async Task A_paused_slot_holds_up_only_those_who_found_it()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        Assert.True(test.Vault.Engine.Leases.TryPause(4));
        using var left = new CancellationTokenSource();
        NameQuestion without = Question([3, 5]), with = Question([3, 4]), leaving = Question([4], left.Token);
        gallery.Namer!([leaving, with, without], false);
        Assert.Equal([Consent(3), Consent(5)], (await without.Task.WaitAsync(Observation.Patience)).Select(match => match.Consent));
        Assert.False(with.Task.IsCompleted);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Task.WaitAsync(Observation.Patience));
        Assert.False(with.Task.IsCompleted);
        test.Vault.Engine.Leases.Resume(4);
        Assert.Equal([Consent(3), Consent(4)], (await with.Task.WaitAsync(Observation.Patience)).Select(match => match.Consent));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_fails_only_those_who_found_it()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        pauses.LostRecord = 4;
        NameQuestion with = Question([3, 4]), without = Question([3, 5]);
        gallery.Namer!([with, without], false);
        Assert.Equal([Consent(3), Consent(5)], (await without.Task.WaitAsync(Observation.Patience)).Select(match => match.Consent));
        Assert.Equal(VaultErrorCode.StoreDamaged, (await Assert.ThrowsAsync<VaultException>(() => with.Task.WaitAsync(Observation.Patience))).Code);
    }

    [Fact]
    public async Task A_withdrawal_does_not_return_between_the_reading_of_a_name_and_its_answer()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        using var answering = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var question = new NameQuestion(
            _ =>
            {
                answering.Set();
                goOn.Wait();
            },
            CancellationToken.None)
        {
            Candidates = [new Candidate(4, 0, 1f)],
        };
        gallery.Namer!([question], false);
        Assert.True(answering.Wait(Observation.Patience));
        Task<DeletionCertificate> leaving = Task.Run(() => test.Vault.WithdrawConsentAsync(Consent(4)));
        try
        {
            await Task.Delay(100);
            Assert.False(leaving.IsCompleted, "the consent was withdrawn and its name handed over afterwards");
        }
        finally
        {
            goOn.Set();
        }

        Assert.Equal(Consent(4), Assert.Single(await question.Task.WaitAsync(Observation.Patience)).Consent);
        await leaving.WaitAsync(Observation.Patience);
        Assert.Empty(await gallery.ResolveAsync([new Candidate(4, 0, 1f)]));
    }

    [Fact]
    public async Task Nobody_is_named_for_callers_who_have_all_given_up()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses);
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        pauses.RecordsRead.Clear();
        using var left = new CancellationTokenSource();
        NameQuestion gone = Question([1, 2], left.Token);
        await left.CancelAsync();
        gallery.Namer!([gone, Question([3])], false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.Task);
        Assert.Equal(Consent(5), Assert.Single(await gallery.ResolveAsync([new Candidate(5, 0, 1f)])).Consent);
        Assert.Equal([3, 5], pauses.RecordsRead);
    }

    private ConsentId Consent(uint slot) => consents[(int)slot - 1];

    private static NameQuestion Question(uint[] slots, CancellationToken token = default) =>
        new(ending: null, token) { Candidates = [.. slots.Select(slot => new Candidate(slot, 0, slot < 10 ? slot / 10f : slot / 100f))] };

    private async Task<TestVault> OpenAsync(Pauses pauses)
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.GrantConsentsAsync([.. Enumerable.Range(0, People).Select(i => test.Grant($"d-{i}"))]);
        await test.Vault.DisposeAsync();
        test.Wrap = pauses.Around;
        test.Renew();
        await foreach (ConsentInfo consent in test.Vault.ListConsentsAsync(Door))
            consents.Add(consent.Consent); // in the order of their slots
        return test;
    }
}
