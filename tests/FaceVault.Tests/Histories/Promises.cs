using System.Diagnostics;
using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Histories;

/// <summary>Takes the moves of a history and remembers who was promised what.</summary>
internal sealed partial class Promises(Bed bed)
{
    private readonly SortedDictionary<int, Person> people = [];
    private readonly List<string> told = [];
    private readonly HashSet<int> destroyedFaces = [];
    private Exception? lastFailure;
    private object? templateArchive;
    private object? mirrorCopy;
    private bool mirrorWasCopied;
    private bool rowsMayBeMissing;
    private int nextPerson;
    private int nextFace;

    private TestVault Test => bed.Test;

    private DateTimeOffset Now => Test.Clock.Now;

    /// <summary>Four people are there from the beginning, one of them with two faces.</summary>
    public async Task BeginAsync()
    {
        await bed.BeginAsync();
        for (int i = 0; i < 4; i++)
            await ComeAsync(0);
        for (int i = 0; i < 5; i++)
            await EnrollAsync(new Move(MoveKind.Enroll, i));
        Assert.Null(lastFailure);
    }

    public async Task TakeAsync(Move move)
    {
        string before = string.Join(' ', people.Values);
        try
        {
            await TakeNowAsync(move);
        }
        catch (Exception e) when (e is not WrongException)
        {
            throw await WrongAsync(e, move);
        }

        told.Add($"{move.Kind} {move.Number}: {before} -> {string.Join(' ', people.Values)}{(lastFailure is null ? "" : " after " + lastFailure.GetType().Name + " " + lastFailure.Message)}");
        lastFailure = null;
    }

    private Task TakeNowAsync(Move move) => move.Kind switch
    {
        MoveKind.Come => ComeAsync(move.Number),
        MoveKind.Enroll => EnrollAsync(move),
        MoveKind.Identify => IdentifyAsync(),
        MoveKind.Withdraw => WithdrawAsync(move),
        MoveKind.WithdrawMany => WithdrawManyAsync(move),
        MoveKind.Erase => EraseAsync(move),
        MoveKind.Replace => ReplaceAsync(move),
        MoveKind.RemoveOne => RemoveOneAsync(move),
        MoveKind.Renew => RenewAsync(move),
        MoveKind.RegisterPurpose => RegisterPurposeAsync(move),
        MoveKind.RetirePurpose => RetirePurposeAsync(move),
        MoveKind.ChangeModels => ChangeModelsAsync(),
        MoveKind.Hold => HoldAsync(move),
        MoveKind.LiftHold => LiftHoldAsync(move),
        MoveKind.Sweep => SweepAsync(),
        _ => TakePlaceAsync(move),
    };

    private async Task ComeAsync(int number)
    {
        Person person = Add(null, number % 4 == 3 && nextPurpose > 0 ? $"purpose-{1 + (number % nextPurpose)}" : TestVault.Door);
        person.Standing = await TryAsync(() => bed.Vault.GrantConsentAsync(GrantOf(person))) is null ? Standing.Living : Standing.Unsure;
    }

    private ConsentGrant GrantOf(Person person) => Test.Grant(person.Name, person.Subject, person.Purpose);

    private async Task EnrollAsync(Move move)
    {
        if (PickUsable(move) is not { } person)
            return;
        int face = nextFace++;
        Exception? failure = await TryAsync(() => bed.Vault.EnrollAsync(person.Id, null, TestVault.Face(face)));
        if (failure is null)
            person.Faces.Add(face);
        else
            person.Perhaps.Add(face);
        if (failure is RefusedException refused)
            Assert.DoesNotContain(refused.Violations, v => v.Code == ViolationCode.ConsentWithdrawn); // whom nobody stopped nobody takes for stopped
    }

    private async Task WithdrawAsync(Move move)
    {
        if (Pick(move, Standing.Living, Standing.Stopped, Standing.StoppedHere, Standing.Kept) is not { } person)
            return;
        person.Asked ??= Now;
        Exception? failure = await TryAsync(() => bed.Vault.WithdrawConsentAsync(person.Id));
        if (failure is null)
            End(person);
        else if (failure is LegalHoldException)
            Keep(person);
        else if (person.Standing != Standing.Stopped)
            person.Standing = person.IsHeld || failure is not ErasureIncompleteException ? Standing.Unsure // not even looked up, or destroyed and only the checkpoint not signed
                : failure.Message.Contains("could not be recorded", StringComparison.Ordinal) ? Standing.StoppedHere
                : Standing.Stopped;
    }

    private Task WithdrawManyAsync(Move move)
    {
        Person[] fitting = [.. people.Values.Where(p => p.Standing is Standing.Living or Standing.Stopped or Standing.StoppedHere or Standing.Kept)];
        Person[] several = [.. fitting.Skip(move.Number % Math.Max(1, fitting.Length)).Take(2 + (move.Number / 3 % 6))];
        return several.Length == 0 ? Task.CompletedTask : EndTogetherAsync(several, () => bed.Vault.WithdrawConsentsAsync([.. several.Select(p => p.Id)]));
    }

    private Task EraseAsync(Move move)
    {
        if (Pick(move, Standing.Living, Standing.Stopped, Standing.StoppedHere, Standing.Kept) is not { } person)
            return Task.CompletedTask;
        Person[] same = [.. people.Values.Where(p => p.Subject == person.Subject && p.Standing != Standing.Gone)];
        return EndTogetherAsync(same, () => bed.Vault.EraseSubjectAsync(new SubjectId(person.Subject), $"order {move.Number}"));
    }

    /// <summary>Several at once, which may be several destroying commits: after a failure nobody knows of whom.</summary>
    private async Task EndTogetherAsync(Person[] several, Func<Task> call)
    {
        foreach (Person person in several)
            person.Asked ??= Now;
        bool ended = await TryAsync(call) is null or LegalHoldException;
        foreach (Person person in several)
        {
            if (ended && person.IsHeld && person.Standing is Standing.Living or Standing.Kept)
                Keep(person);
            else if (ended && person.Standing != Standing.Unsure)
                End(person);
            else if (person.Standing != Standing.Stopped)
                person.Standing = Standing.Unsure; // of who was unsure before nobody knows whether there was anything to end
        }
    }

    private async Task ReplaceAsync(Move move)
    {
        if (PickUsable(move) is not { } person)
            return;
        int fresh = nextFace++;
        Exception? failure = await TryAsync(() => bed.Vault.ReplaceTemplatesAsync(person.Id, null, [TestVault.Face(fresh)]));
        if (failure is RefusedException)
            return;
        if (failure is null)
            Destroy([.. person.Faces, .. person.Perhaps]);
        else
            person.Perhaps.UnionWith([.. person.Faces, fresh]); // an owed completion, or unsure: nothing is said of its faces any more
        person.Faces.Clear();
        if (failure is null or ErasureIncompleteException)
        {
            person.Faces.Add(fresh);
            person.Perhaps.Remove(fresh);
        }
    }

    private async Task RemoveOneAsync(Move move)
    {
        if (PickUsable(move) is not { Faces.Count: > 0, Perhaps.Count: 0 } person)
            return;
        ConsentInfo? info = null;
        int at = move.Number / 5 % person.Faces.Count;
        Exception? failure = await TryAsync(async () =>
        {
            info = await bed.Vault.GetConsentAsync(person.Id);
            await bed.Vault.RemoveTemplateAsync(person.Id, Ordinal(person, at));
        });
        if (failure is null)
            Destroy([person.Faces[at]]);
        else
            person.Perhaps.UnionWith(person.Faces);
        if (failure is null or ErasureIncompleteException)
            person.Faces.RemoveAt(at);
        else if (failure is VaultException)
            person.Faces.Clear();
    }

    /// <summary>Where a face lies: the thief knows, since it can read the living. What it copies while an owed destruction is taken up may be of two moments: it copies again.</summary>
    private int Ordinal(Person person, int at)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            bed.Steal();
            int[] found = [.. Test.Thief.Attack().TemplatesOf(person.Name).Where(t => Attack.Faces.Is(t, person.Faces[at])).Select(t => (int)t.Ordinal)];
            if (found.Length > 0 || clock.Elapsed > Observation.Patience)
                return found.Max();
        }
    }

    private async Task RenewAsync(Move move)
    {
        if (Pick(move, Standing.Living) is not { } person)
            return;
        Person renewed = Add(person.Subject, person.Purpose);
        Exception? failure = await TryAsync(() => bed.Vault.RenewConsentAsync(person.Id, GrantOf(renewed)));
        if (failure is RefusedException)
        {
            people.Remove(renewed.Number);
            return;
        }

        renewed.Standing = failure is null or ErasureIncompleteException ? Standing.Living : Standing.Unsure;
        renewed.Perhaps.UnionWith(person.Perhaps);
        if (failure is null)
            renewed.Faces.AddRange(person.Faces);
        else
            renewed.Perhaps.UnionWith(person.Faces);
        person.Asked ??= Now;
        if (failure is null)
            person.Die(Now);
        else
            person.Standing = Standing.Unsure;
        person.Perhaps.Clear();
        person.Faces.Clear(); // they go on under the other name, or may
    }

    private async Task SweepAsync()
    {
        foreach (Person person in people.Values.Where(p => p.Standing == Standing.Living && p.Ends <= Now))
            person.Asked ??= Now;
        bool swept = await TryAsync(() => bed.Vault.SweepAsync()) is null;
        foreach (Person person in people.Values)
        {
            if (person.IsHeld && person.Standing == Standing.Living && person.Ends <= Now)
                person.Standing = Standing.Unsure; // stopped and kept now, or not yet
            else if (swept && (person.Standing == Standing.Stopped || (person.Standing == Standing.Living && person.Ends <= Now)))
                End(person);
            else if (person.Standing == Standing.Living && person.Ends <= Now)
                person.Standing = Standing.Unsure;
            person.IsForgotten |= swept && person.Died is { } died && died.AddYears(3).AddDays(1) <= Now;
        }
    }

    private static void Keep(Person person) => person.Standing = Standing.Kept;

    private void End(Person person)
    {
        person.IsHeld = false;
        person.Die(Now);
        Destroy([.. person.Faces, .. person.Perhaps]);
        person.Faces.Clear();
        person.Perhaps.Clear();
    }

    /// <summary>Faces that nobody may read from now on, unless they may live on under another consent.</summary>
    private void Destroy(IEnumerable<int> faces)
    {
        foreach (int face in faces.ToList())
            destroyedFaces.Add(face);
    }

    private Person Add(string? subject, string purpose)
    {
        int number = ++nextPerson;
        return people[number] = new Person(number, subject ?? $"subject of h-{number}", purpose, Now) { Standing = Standing.Unsure };
    }

    private Person? Pick(Move move, params Standing[] standings)
    {
        Person[] fitting = [.. people.Values.Where(p => standings.Contains(p.Standing))];
        return fitting.Length == 0 ? null : fitting[move.Number % fitting.Length];
    }

    private Person? PickUsable(Move move)
    {
        Person[] fitting = [.. people.Values.Where(p => p.Standing == Standing.Living && p.Ends > Now)];
        return fitting.Length == 0 ? null : fitting[move.Number % fitting.Length];
    }

    private async Task<Exception?> TryAsync(Func<Task> call)
    {
        try
        {
            await call().WaitAsync(Observation.Patience);
            return null;
        }
        catch (Exception failure) when (failure is VaultException or RefusedException)
        {
            return lastFailure = failure;
        }
    }
}
