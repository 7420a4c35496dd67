using FaceVault.Keys;
using FaceVault.Storage;
using FaceVault.Tests.Cli;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Operations;

/// <summary>E3 and E4 over random histories: calls, single faults, deaths of the process and of the machine, against a model of who was promised what.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class HistoryTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Whatever_happens_in_any_order_promises_are_kept(int roots, int mirrors) =>
        Prop.ForAll(Moves(30).ToArbitrary(), moves => RunAsync(TestVault.InMemoryAsync(roots, mirrors), moves).GetAwaiter().GetResult()).Check(Deep.Config(12));

    [Fact]
    public void The_same_holds_over_files_without_faults() =>
        Prop.ForAll(Moves(12).ToArbitrary(), moves =>
        {
            using var folder = new TemporaryFolder();
            Move[] calm = [.. moves.Select(m => m.Kind is MoveKind.Fault or MoveKind.Crash ? m with { Kind = MoveKind.Reopen } : m)];
            RunAsync(TestVault.InFilesAsync(folder.Path, 2, 1), calm).GetAwaiter().GetResult();
        }).Check(Deep.Config(2));

    private enum MoveKind
    {
        None = 0,
        Come,
        Enroll,
        Withdraw,
        Replace,
        Renew,
        Sweep,
        Reopen,
        Crash,
        Fault,
    }

    private static Gen<Move[]> Moves(int most) =>
        (from kind in Gen.Choose((int)MoveKind.Come, (int)MoveKind.Fault)
         from number in Gen.Choose(0, 1_000_000)
         select new Move((MoveKind)kind, number)).ListOf(most).Select(l => l.ToArray());

    private static async Task RunAsync(Task<TestVault> making, Move[] moves)
    {
        await using TestVault test = await making;
        test.KeepAttempts();
        var promised = new Promises(test);
        foreach (Move move in moves)
            await promised.TakeAsync(move);
        await promised.EndAsync();
    }

    /// <summary>What is done, and a number that says to whom or when.</summary>
    private sealed record Move(MoveKind Kind, int Number);

    private enum Standing
    {
        None = 0,

        /// <summary>Acknowledged and never asked to go.</summary>
        Living,

        /// <summary>A call that failed may have granted it.</summary>
        Unsure,

        /// <summary>Stopped; the stop is durable.</summary>
        Stopped,

        /// <summary>Stopped in the process alone.</summary>
        StoppedHere,

        /// <summary>Certified.</summary>
        Gone,
    }

    private sealed class Promises(TestVault test)
    {
        private readonly SortedDictionary<int, Standing> people = [];
        private readonly Dictionary<int, HashSet<int>> faces = [];
        private readonly Dictionary<int, string> subjects = [];
        private Exception? lastFailure;
        private int next;

        private readonly List<string> told = [];

        public async Task TakeAsync(Move move)
        {
            string before = Describe();
            await TakeNowAsync(move);
            told.Add($"{move.Kind} {move.Number}: {before} -> {Describe()}{(lastFailure is null ? "" : " after " + lastFailure.GetType().Name + " " + lastFailure.Message)}");
            lastFailure = null;
        }

        private string Describe() => string.Join(' ', people.Select(p => $"{p.Key}{p.Value.ToString()[0]}[{string.Join(',', faces[p.Key])}]"));

        private async Task TakeNowAsync(Move move)
        {
            switch (move.Kind)
            {
                case MoveKind.Come:
                    int person = ++next;
                    people[person] = await TryAsync(() => test.Vault.GrantConsentAsync(test.Grant(Name(person)))) is null ? Standing.Living : Standing.Unsure;
                    faces[person] = [];
                    subjects[person] = "subject of " + Name(person);
                    break;
                case MoveKind.Enroll when Pick(move, Standing.Living) is { } who:
                    int face = (who * 100) + faces[who].Count;
                    if (await TryAsync(() => test.Vault.EnrollAsync(Id(who), null, TestVault.Face(face))) is null)
                        faces[who].Add(face);
                    break;
                case MoveKind.Withdraw when Pick(move, Standing.Living, Standing.Stopped, Standing.StoppedHere) is { } who:
                    Exception? failure = await TryAsync(() => test.Vault.WithdrawConsentAsync(Id(who)));
                    people[who] = failure switch
                    {
                        null => Standing.Gone,
                        _ when people[who] == Standing.Stopped => Standing.Stopped,
                        ErasureIncompleteException when failure.Message.Contains("could not be recorded", StringComparison.Ordinal) => Standing.StoppedHere,
                        ErasureIncompleteException => Standing.Stopped,
                        _ => Standing.Unsure, // not even looked up, or destroyed and only the checkpoint not signed
                    };
                    break;
                case MoveKind.Replace when Pick(move, Standing.Living) is { } who:
                    int fresh = (who * 100) + 50 + (move.Number % 40);
                    if (await TryAsync(() => test.Vault.ReplaceTemplatesAsync(Id(who), null, [TestVault.Face(fresh)])) is null or ErasureIncompleteException)
                        faces[who] = [fresh];
                    else
                        faces[who].Clear(); // unsure: nothing is asserted of its faces any more
                    break;
                case MoveKind.Renew when Pick(move, Standing.Living) is { } who:
                    int renewed = ++next;
                    Exception? refused = await TryAsync(() => test.Vault.RenewConsentAsync(Id(who), test.Grant(Name(renewed), subjects[who])));
                    subjects[renewed] = subjects[who];
                    people[renewed] = refused is null or ErasureIncompleteException ? Standing.Living : Standing.Unsure;
                    people[who] = refused is null ? Standing.Gone : Standing.Unsure;
                    faces[renewed] = refused is null ? [.. faces[who]] : [];
                    break;
                case MoveKind.Sweep:
                    await TryAsync(() => test.Vault.SweepAsync());
                    break;
                case MoveKind.Reopen:
                    test.Faults.Clear();
                    await test.ReopenAsync();
                    ForgetStops();
                    break;
                case MoveKind.Crash:
                    test.Crash(machineDies: move.Number % 2 == 0);
                    AssertNothingCertifiedIsReadable();
                    await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
                    ForgetStops();
                    break;
                case MoveKind.Fault when move.Number % 4 == 0:
                    test.Media[move.Number % test.Media.Length].FailAt((move.Number / 7 % 20) + 1, (RootFault)((move.Number % 3) + 1), lasts: false);
                    break;
                case MoveKind.Fault when move.Number % 5 == 0:
                    test.Faults.KillAt(StoreStep.Any, (move.Number / 11 % 30) + 1, (StoreFaultMoment)((move.Number % 4) + 1));
                    break;
                case MoveKind.Fault:
                    test.Faults.FailAt(StoreStep.Any, (move.Number / 11 % 30) + 1, (StoreFaultMoment)((move.Number % 4) + 1));
                    break;
            }
        }

        public async Task EndAsync()
        {
            try
            {
                await AssertAsync();
            }
            catch (Exception e)
            {
                AuditReport audit = await test.Vault.AuditAsync();
                throw new WrongException($"{e.Message}\n{string.Join('\n', told)}\n{string.Join('\n', audit.Findings)}", e);
            }
        }

        private async Task AssertAsync()
        {
            if (test.Store.Snapshot() is not null)
            {
                test.Crash();
                await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
                ForgetStops();
            }

            await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
            Gallery gallery = await test.Vault.GetGalleryAsync(new PurposeId(TestVault.Door)).WaitAsync(Observation.Patience);
            foreach ((int person, Standing standing) in people)
            {
                ConsentInfo? info = await test.Vault.GetConsentAsync(Id(person));
                if (standing == Standing.Living)
                    Assert.Equal(ConsentStatus.Active, info!.Status);
                else if (standing is Standing.Gone or Standing.Stopped)
                    Assert.Equal(ConsentStatus.Destroyed, info!.Status);
                foreach (DeletionCertificate certificate in info is null ? [] : await test.Vault.GetDeletionCertificatesAsync(Id(person)))
                    Assert.True(certificate.Check(test.Vault.VerifierKey).IsValid, $"{person}: {certificate.Check(test.Vault.VerifierKey)} {certificate.ToJson()}");
                foreach (int face in faces[person])
                    await AssertFaceAsync(gallery, person, face, standing);
            }

            await Observation.AssertWholeAsync(test);
            AssertNothingCertifiedIsReadable();
        }

        private static async Task AssertFaceAsync(Gallery gallery, int person, int face, Standing standing)
        {
            IReadOnlyList<Match> matches = await gallery.IdentifyAsync(TestVault.Face(face), 3, Threshold.At(0.99f));
            if (standing == Standing.Living)
                Assert.Contains(matches, m => m.Consent == Id(person));
            else if (standing is Standing.Gone or Standing.Stopped)
                Assert.DoesNotContain(matches, m => m.Consent == Id(person));
        }

        private void AssertNothingCertifiedIsReadable()
        {
            if (test.Store.Snapshot() is not null)
                test.Thief.AssertNothingCertifiedIsReadable();
        }

        /// <summary>A stop that could not be recorded ended with the process: the subject may live again.</summary>
        private void ForgetStops()
        {
            foreach (int person in people.Keys.ToList())
                if (people[person] == Standing.StoppedHere)
                    people[person] = Standing.Unsure;
        }

        private int? Pick(Move move, params Standing[] standings)
        {
            int[] fitting = [.. people.Where(p => standings.Contains(p.Value)).Select(p => p.Key)];
            return fitting.Length == 0 ? null : fitting[move.Number % fitting.Length];
        }

        private async Task<Exception?> TryAsync(Func<Task> call)
        {
            try
            {
                await call().WaitAsync(Observation.Patience);
                return null;
            }
            catch (VaultException failure)
            {
                return lastFailure = failure;
            }
        }

        private static string Name(int person) => $"h-{person}";

        private static ConsentId Id(int person) => Scenario.Id(Name(person));
    }
}
