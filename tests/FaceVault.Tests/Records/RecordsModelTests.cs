using FaceVault.Tests.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Records;

/// <summary>P10: after any mixture of operations, days, restarts and crashes the records say what a plain model counted.</summary>
public sealed class RecordsModelTests
{
    private const int Steps = 40;

    [Fact]
    public void The_records_say_what_was_done_whatever_was_done() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Task.Run(() => RunAsync(seed)).GetAwaiter().GetResult()).Check(Deep.Config(8));

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        await using TestVault test = await TestVault.InMemoryAsync();
        await test.Vault.EnsurePurposeAsync(TestVault.Purpose(PurposeKind.Verification, "lift"));
        var model = new Model();
        var living = new List<(string Id, string Purpose)>();
        for (int step = 0; step < Steps; step++)
        {
            DateOnly today = DateOnly.FromDateTime(test.Clock.Now.UtcDateTime);
            string purpose = random.Next(2) == 0 ? TestVault.Door : "lift";
            (string Id, string Purpose)[] there = [.. living.Where(c => c.Purpose == purpose)];
            string known = there.Length == 0 ? "" : there[random.Next(there.Length)].Id;
            switch (random.Next(11))
            {
                case 0 or 1:
                    string[] ids = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => $"c-{step}-{i}")];
                    await test.Vault.GrantConsentsAsync([.. ids.Select(id => test.Grant(id, purpose: purpose))]);
                    living.AddRange(ids.Select(id => (id, purpose)));
                    model.Commit(today, purpose, m => m.Granted += ids.Length);
                    break;
                case 2 when known != "":
                    await test.Vault.EnrollAsync(new ConsentId(known), null, TestVault.Face(step));
                    model.Commit(today, purpose, m => m.Enrolled++);
                    break;
                case 3 when known != "":
                    await test.Vault.WithdrawConsentAsync(new ConsentId(known));
                    living.Remove((known, purpose));
                    model.Commit(today, purpose, m => (m.Withdrawn, m.Destroyed) = (m.Withdrawn + 1, m.Destroyed + 1));
                    break;
                case 4 when known != "":
                    await test.Vault.ReplaceTemplatesAsync(new ConsentId(known), null, [TestVault.Face(step), TestVault.Face(step + 1)]);
                    model.Commit(today, purpose, m => (m.Enrolled, m.Destroyed) = (m.Enrolled + 2, m.Destroyed + 1));
                    break;
                case 5:
                    Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door));
                    int hits = (await gallery.IdentifyAsync(TestVault.Face(step), 1, Threshold.At(0.2f))).Count;
                    model.Remember(today, TestVault.Door, m => (m.Searched, m.Hits) = (m.Searched + 1, m.Hits + hits));
                    break;
                case 6:
                    VerificationOutcome outcome = (await test.Vault.VerifyFaceAsync(new ConsentId(known == "" ? "nobody" : known), TestVault.Face(step), Threshold.At(0.2f))).Outcome;
                    if (outcome == VerificationOutcome.Refused) // of the door, of nobody, or with nothing enrolled
                        model.Remember(today, known == "" ? "" : purpose, m => m.Refused++);
                    else
                        model.Remember(today, purpose, m => m.Verified++);
                    break;
                case 7:
                    await Assert.ThrowsAsync<RefusedException>(() => test.Vault.GrantConsentAsync(test.Grant($"x-{step}", purpose: purpose) with { ExpiresAt = default }));
                    model.Remember(today, purpose, m => m.Refused++);
                    break;
                case 8:
                    test.Clock.Now += TimeSpan.FromHours(1 + random.Next(9));
                    break;
                case 9:
                    await test.ReopenAsync();
                    model.Settle();
                    break;
                case 10:
                    test.Crash();
                    model.Forget();
                    await test.Vault.OpenAsync();
                    break;
                default:
                    break;
            }

            model.AssertSame(await test.Vault.ListProcessingRecordsAsync(DateOnly.MinValue, DateOnly.MaxValue), $"seed {seed}, step {step}");
        }

        AuditReport audit = await test.Vault.AuditAsync();
        Assert.True(audit.IsIntact, string.Join('\n', audit.Findings));
    }

    private sealed record Numbers
    {
        public long Granted { get; set; }

        public long Enrolled { get; set; }

        public long Withdrawn { get; set; }

        public long Destroyed { get; set; }

        public long Searched { get; set; }

        public long Hits { get; set; }

        public long Verified { get; set; }

        public long Refused { get; set; }
    }

    /// <summary>What stands on the disk and what memory has besides; a commit writes both.</summary>
    private sealed class Model
    {
        private Dictionary<(DateOnly, string), Numbers> stored = [], all = [];

        public void Commit(DateOnly day, string purpose, Action<Numbers> change)
        {
            Remember(day, purpose, change);
            Settle();
        }

        public void Remember(DateOnly day, string purpose, Action<Numbers> change)
        {
            if (!all.TryGetValue((day, purpose), out Numbers? numbers))
                all.Add((day, purpose), numbers = new Numbers());
            change(numbers);
        }

        public void Settle() => stored = Copy(all);

        public void Forget() => all = Copy(stored);

        public void AssertSame(IReadOnlyList<ProcessingRecord> records, string what)
        {
            string[] expected = [.. all.Where(n => n.Value != new Numbers()).Select(n => $"{n.Key} {n.Value}").Order(StringComparer.Ordinal)];
            string[] found = [.. records.Select(r => $"{(r.Day, r.Purpose?.Value ?? "")} {Of(r)}").Order(StringComparer.Ordinal)];
            Assert.True(expected.SequenceEqual(found), $"{what}\nexpected:\n{string.Join('\n', expected)}\nfound:\n{string.Join('\n', found)}");
        }

        private static Numbers Of(ProcessingRecord record) => new()
        {
            Granted = record.ConsentsGranted,
            Enrolled = record.Enrolments,
            Withdrawn = record.Withdrawals,
            Destroyed = record.KeysDestroyed,
            Searched = record.Searches,
            Hits = record.SearchHits,
            Verified = record.Verifications,
            Refused = record.Refusals.Values.Sum(),
        };

        private static Dictionary<(DateOnly, string), Numbers> Copy(Dictionary<(DateOnly, string), Numbers> from) => from.ToDictionary(n => n.Key, n => n.Value with { });
    }
}
