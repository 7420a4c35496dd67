using FaceVault.Tests.Cli;

namespace FaceVault.Tests.Operations;

/// <summary>Who waits at the same time shares a commit, and until when a caller may change its mind.</summary>
public sealed class SharedCommitTests
{
    private static readonly PurposeId Door = new(TestVault.Door);

    [Fact]
    public async Task Callers_who_wait_while_a_commit_is_written_share_the_next_one()
    {
        const int callers = 20;
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 1);
        using Pauses.Release release = pauses.LetGoAtEnd();
        long before = (await test.Vault.GetStatusAsync()).Commit;
        pauses.Commit.Arm();
        Task first = test.Vault.GrantConsentAsync(test.Grant("first"));
        await pauses.Commit.Reached.Task.WaitAsync(Observation.Patience);
        Task<ConsentReceipt>[] others = [.. Enumerable.Range(0, callers).Select(i => test.Vault.GrantConsentAsync(test.Grant($"g-{i}")))];
        pauses.Commit.LetGo();
        await Task.WhenAll([first, .. others]).WaitAsync(Observation.Patience);
        Assert.Equal(callers, others.Select(o => o.Result.LedgerIndex).Distinct().Count());
        Assert.Equal(before + 2, (await test.Vault.GetStatusAsync()).Commit);
    }

    [Fact]
    public async Task Withdrawals_that_wait_together_share_a_destroying_commit()
    {
        const int people = 10;
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, people);
        using Pauses.Release release = pauses.LetGoAtEnd();
        long before = (await test.Vault.GetStatusAsync()).Epoch;
        pauses.Append.Arm();
        await test.Vault.GrantConsentAsync(test.Grant("late"));
        Task enrolled = test.Vault.EnrollAsync(new ConsentId("late"), null, TestVault.Face(90));
        await pauses.Append.Reached.Task.WaitAsync(Observation.Patience);
        Task<DeletionCertificate>[] leaving = [.. Enumerable.Range(0, people).Select(i => test.Vault.WithdrawConsentAsync(Scenario.Id($"c-{i}")))];
        pauses.Append.LetGo();
        await Task.WhenAll([enrolled, .. leaving]).WaitAsync(Observation.Patience);
        Assert.All(leaving, l => Assert.True(l.Result.Check(test.Vault.VerifierKey).IsValid));
        Assert.InRange((await test.Vault.GetStatusAsync()).Epoch - before, 1, 2); // the first may have gone ahead alone
    }

    [Fact]
    public async Task A_withdrawal_may_be_cancelled_before_its_stop_is_written_and_not_afterwards()
    {
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 2);
        using Pauses.Release release = pauses.LetGoAtEnd();
        using var token = new CancellationTokenSource();
        pauses.Commit.Arm();
        Task<DeletionCertificate> leaving = test.Vault.WithdrawConsentAsync(Scenario.Id("c-0"), cancellationToken: token.Token);
        await pauses.Commit.Reached.Task.WaitAsync(Observation.Patience);
        Task<DeletionCertificate> thinking = test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"), cancellationToken: token.Token);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => thinking.WaitAsync(Observation.Patience));
        pauses.Commit.LetGo();
        Assert.True((await leaving.WaitAsync(Observation.Patience)).Check(test.Vault.VerifierKey).IsValid);
        Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Scenario.Id("c-0")))!.Status);
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-1")))!.Status);
    }

    [Fact]
    public async Task An_import_reads_no_further_ahead_than_a_batch_while_one_is_written()
    {
        const int batch = 4096;
        using var pauses = new Pauses();
        await using TestVault test = await OpenAsync(pauses, 0);
        using Pauses.Release release = pauses.LetGoAtEnd();
        int read = 0;
        pauses.Commit.Arm();
        Task<ImportResult> import = Task.Run(() => test.Vault.ImportAsync(Door, null, Many()));
        await pauses.Commit.Reached.Task.WaitAsync(Observation.Patience);
        for (int i = 0; i < 20; i++)
        {
            Assert.InRange(Volatile.Read(ref read), batch, 2 * batch);
            await Task.Delay(5);
        }

        pauses.Commit.LetGo();
        Assert.Equal(4 * batch, (await import.WaitAsync(Observation.Patience)).Granted);

        async IAsyncEnumerable<Enrollment> Many()
        {
            await Task.Yield();
            float[] face = TestVault.Face(1);
            for (int i = 0; i < 4 * batch; i++)
            {
                Interlocked.Increment(ref read);
                yield return new Enrollment(test.Grant($"i-{i}"), face);
            }
        }
    }

    [Fact]
    public async Task Of_candidates_the_restricted_and_the_expired_are_not_named()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(3);
        await test.Vault.GrantConsentAsync(test.Grant("c-3") with { ExpiresAt = test.Start.AddDays(1) });
        await test.Vault.EnrollAsync(Scenario.Id("c-3"), null, TestVault.Face(3));
        Gallery gallery = await test.Vault.GetGalleryAsync(Door);
        IReadOnlyList<Candidate> all = await gallery.FindAsync(TestVault.Face(0), 4, Threshold.RankOnly);
        Assert.Equal(4, (await gallery.ResolveAsync(all)).Count);
        await test.Vault.SetHoldAsync(HoldScope.OfConsents([Scenario.Id("c-1")]));
        await Assert.ThrowsAsync<LegalHoldException>(() => test.Vault.WithdrawConsentAsync(Scenario.Id("c-1")));
        await test.Vault.WithdrawConsentAsync(Scenario.Id("c-2"));
        test.Clock.Now = test.Start.AddDays(2);
        Assert.Equal(Scenario.Id("c-0"), Assert.Single(await gallery.ResolveAsync(all)).Consent);
    }

    [Fact]
    public async Task Making_the_object_touches_nothing_and_the_first_call_opens_what_is_there()
    {
        using var folder = new TemporaryFolder();
        string vault = Path.Combine(folder.Path, "none", "vault");
        var options = new VaultOptions { Directory = vault, RootKey = new FileRootKeyStore(Path.Combine(folder.Path, "none", "root.key")) };
        var absent = new Vault(options);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "none")));
        Assert.Equal(VaultErrorCode.VaultNotFound, (await Assert.ThrowsAsync<VaultException>(() => absent.GetStatusAsync())).Code);
        absent.Dispose();
        await absent.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));

        await using TestVault test = await TestVault.InFilesAsync(folder.Path);
        await test.EnrollAsync(1);
        await test.Vault.DisposeAsync();
        test.Renew();
        Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id("c-0")))!.Status);
    }

    private static async Task<TestVault> OpenAsync(Pauses pauses, int people)
    {
        TestVault test = await TestVault.InMemoryAsync();
        await test.EnrollAsync(people);
        await test.Vault.DisposeAsync();
        test.Wrap = pauses.Around;
        test.Renew();
        await test.Vault.OpenAsync();
        return test;
    }
}
