using System.Collections.Concurrent;

namespace FaceVault.Tests.Operations;

/// <summary>Everything at once: no call hangs, nothing that began after a withdrawal returned names its subject, and nobody living is refused.</summary>
[Trait("Claim", "E5")]
public sealed class RaceTests
{
    private static readonly TimeSpan Patience = Observation.Patience;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task Grants_searches_withdrawals_and_replacements_do_not_get_into_each_others_way(int roots, int mirrors)
    {
        await using TestVault test = await TestVault.InMemoryAsync(roots, mirrors);
        var people = new People(test);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => people.ComeAsync()));
        int turns = Deep.Runs(25);
        Task[] workers =
        [
            .. Enumerable.Range(0, 3).Select(w => RunAsync(turns, w, people.ComeAsync)),
            .. Enumerable.Range(3, 2).Select(w => RunAsync(turns, w, people.GoAsync)),
            .. Enumerable.Range(5, 2).Select(w => RunAsync(4 * turns, w, people.LookAsync)),
            .. Enumerable.Range(7, 1).Select(w => RunAsync(turns, w, people.ChangeAsync)),
            RunAsync(4, 9, async () =>
            {
                await test.Vault.GetStatusAsync();
                await test.Vault.SweepAsync();
                Assert.DoesNotContain((await test.Vault.AuditAsync()).Findings, f => f.IsBroken);
            }),
        ];
        await Task.WhenAll(workers).WaitAsync(Patience);
        await people.AssertAllAsync();
        await test.ReopenAsync();
        await people.AssertAllAsync();
        await Observation.AssertWholeAsync(test);
    }

    [Fact]
    public async Task The_same_purpose_registered_by_many_at_once_is_registered_once()
    {
        await using TestVault test = await TestVault.InMemoryAsync();
        Purpose lift = TestVault.Purpose(id: "lift");
        bool[] added = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => test.Vault.EnsurePurposeAsync(lift)))).WaitAsync(Patience);
        Assert.Single(added, a => a);
        Purpose later = lift with { Description = "Calling the lift" };
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => test.Vault.AddPurposeVersionAsync(later)))).WaitAsync(Patience);
        await test.ReopenAsync();
        PurposeInfo info = Assert.Single(await test.Vault.ListPurposesAsync(), p => p.Definition.Id == lift.Id);
        Assert.Equal(2, info.Version);
    }

    [Fact]
    public async Task One_consent_withdrawn_by_many_at_once_has_one_certificate()
    {
        await using TestVault test = await TestVault.InMemoryAsync(2, 1);
        await test.EnrollAsync(4);
        DeletionCertificate[] all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => test.Vault.WithdrawConsentAsync(Scenario.Id("c-1"))))).WaitAsync(Patience);
        Assert.Single(all.Select(c => c.CompletedIndex).Distinct());
        Assert.Single(await test.Vault.GetDeletionCertificatesAsync(Scenario.Id("c-1")));
    }

    [Fact]
    public async Task A_vault_closed_under_its_callers_tells_each_of_them()
    {
        for (int round = 0; round < Deep.Runs(3); round++)
        {
            await using TestVault test = await TestVault.InMemoryAsync(2, 1);
            await test.EnrollAsync(6);
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
            var granted = new ConcurrentBag<string>();
            Task[] callers =
            [
                .. Enumerable.Range(0, 4).Select(w => UntilClosedAsync(async i =>
                {
                    await test.Vault.GrantConsentAsync(test.Grant($"g-{w}-{i}"));
                    granted.Add($"g-{w}-{i}");
                })),
                .. Enumerable.Range(0, 4).Select(w => UntilClosedAsync(i => test.Vault.GetConsentAsync(Scenario.Id($"c-{i % 6}")))),
                UntilClosedAsync(i => gallery.IdentifyAsync(TestVault.Face(i % 6), 1, Threshold.RankOnly)),
                UntilClosedAsync(i => i < 6 ? test.Vault.WithdrawConsentAsync(Scenario.Id($"c-{i}")) : test.Vault.GetStatusAsync()),
            ];
            await Task.Delay(20 * round);
            await test.Vault.DisposeAsync();
            await Task.WhenAll(callers).WaitAsync(Patience);
            test.Renew();
            await test.Vault.OpenAsync();
            foreach (string id in granted)
                Assert.Equal(ConsentStatus.Active, (await test.Vault.GetConsentAsync(Scenario.Id(id)))!.Status);
            await test.Vault.SweepAsync();
            await Observation.AssertWholeAsync(test);
        }
    }

    private static async Task UntilClosedAsync(Func<int, Task> call)
    {
        await Task.Yield();
        for (int i = 0; ; i++)
        {
            try
            {
                await call(i).WaitAsync(Patience);
            }
            catch (Exception closed) when (closed is ObjectDisposedException or ErasureIncompleteException)
            {
                if (closed is ObjectDisposedException)
                    return;
            }
        }
    }

    private static Task RunAsync(int turns, int worker, Func<Task> turn) => Task.Run(async () =>
    {
        _ = worker;
        for (int i = 0; i < turns; i++)
            await turn().WaitAsync(Patience);
    });

    /// <summary>Who is in the vault, as the callers know it.</summary>
    private sealed class People(TestVault test)
    {
        private readonly ConcurrentDictionary<int, string> present = new();
        private readonly ConcurrentDictionary<int, byte> gone = new();
        private readonly ConcurrentDictionary<int, int> captures = new();
        private int next;

        public async Task ComeAsync()
        {
            int person = Interlocked.Increment(ref next);
            await test.Vault.GrantConsentAsync(test.Grant($"p-{person}"));
            await test.Vault.EnrollAsync(Scenario.Id($"p-{person}"), null, TestVault.Face(person));
            present[person] = $"p-{person}";
        }

        public async Task GoAsync()
        {
            if (!TryTake(out int person))
                return;
            DeletionCertificate certificate = await test.Vault.WithdrawConsentAsync(Scenario.Id($"p-{person}"));
            Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
            gone[person] = 0;
        }

        public async Task ChangeAsync()
        {
            if (!TryTake(out int person))
                return;
            int capture = captures.AddOrUpdate(person, 1, (_, c) => c + 1);
            DeletionCertificate certificate = await test.Vault.ReplaceTemplatesAsync(Scenario.Id($"p-{person}"), null, [TestVault.Face(person, capture: capture)]);
            Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid);
            Assert.Equal(DeletionTrigger.Replaced, certificate.Trigger);
            present[person] = $"p-{person}";
        }

        public async Task LookAsync()
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
            int[] gonebefore = [.. gone.Keys];
            if (gonebefore.Length > 0)
            {
                // Whoever is gone is looked for by their own face, before names are asked for.
                int left = gonebefore[Random.Shared.Next(gonebefore.Length)];
                Assert.Empty(await gallery.FindAsync(TestVault.Face(left, capture: captures.GetValueOrDefault(left)), 5, Threshold.At(0.99f)));
            }

            int[] all = [.. present.Keys];
            if (all.Length == 0)
                return;
            int person = all[Random.Shared.Next(all.Length)];
            IReadOnlyList<Match> matches = await gallery.IdentifyAsync(TestVault.Face(person), 5, Threshold.RankOnly);
            foreach (int left in gonebefore)
                Assert.DoesNotContain(matches, m => m.Consent == Scenario.Id($"p-{left}"));
            if (present.ContainsKey(person) && captures.GetValueOrDefault(person) == 0 && matches.Count > 0 && matches[0].Consent != Scenario.Id($"p-{person}"))
            {
                // It may have been taken between the two looks: then it is not present for good.
                await Task.Delay(1);
                Assert.False(present.ContainsKey(person) && captures.GetValueOrDefault(person) == 0, $"{person} lives and was not found");
            }
        }

        public async Task AssertAllAsync()
        {
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
            Assert.Equal(present.Count, gallery.Count);
            foreach (int person in present.Keys)
            {
                IReadOnlyList<Match> matches = await gallery.IdentifyAsync(TestVault.Face(person, capture: captures.GetValueOrDefault(person)), 1, Threshold.At(0.99f));
                Assert.Equal(Scenario.Id($"p-{person}"), Assert.Single(matches).Consent);
            }

            Assert.NotEmpty(gone);
            foreach (int person in gone.Keys)
                Assert.Equal(ConsentStatus.Destroyed, (await test.Vault.GetConsentAsync(Scenario.Id($"p-{person}")))!.Status);
        }

        private bool TryTake(out int person)
        {
            foreach (int candidate in present.Keys)
            {
                if (!present.TryRemove(candidate, out _))
                    continue;
                person = candidate;
                return true;
            }

            person = 0;
            return false;
        }
    }
}
