using System.Globalization;
using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>A scenario that has been run once without faults: its steps are counted, its states before and after are known, and it can be run again with faults.</summary>
internal sealed class Rehearsal
{
    private readonly Scenario scenario;
    private readonly VaultImage image;
    private readonly string before;
    private readonly string after;

    private Rehearsal(Scenario scenario, VaultImage image, string before, string after)
    {
        this.scenario = scenario;
        this.image = image;
        this.before = before;
        this.after = after;
    }

    /// <summary>Steps of all stores that the operation takes.</summary>
    public required int StoreSteps { get; init; }

    /// <summary>Writes and flushes of each root medium that it takes.</summary>
    public required IReadOnlyList<int> RootSteps { get; init; }

    public static async Task<Rehearsal> OfAsync(string name, int roots, int mirrors)
    {
        Scenario chosen = Scenario.All.Single(s => s.Name == name);
        VaultImage start;
        await using (TestVault built = await Scenario.BuildAsync(roots, mirrors))
        {
            if (chosen.Prepare is { } prepare)
                await prepare(built);
            await built.Vault.DisposeAsync();
            start = built.Freeze();
        }

        await using TestVault test = TestVault.Thaw(start);
        await test.Vault.OpenAsync();
        string first = await Observation.OfAsync(test);
        int steps = test.Faults.Taken(StoreStep.Any);
        int[] writes = [.. test.Media.Select(m => m.Operations)];
        await chosen.Run(test).WaitAsync(Observation.Patience);
        steps = test.Faults.Taken(StoreStep.Any) - steps;
        writes = [.. test.Media.Select((m, i) => m.Operations - writes[i])];
        string last = await Observation.OfAsync(test);
        Assert.True(first != last || name == "refill", name + " changes nothing that can be seen");
        return new Rehearsal(chosen, start, first, last) { StoreSteps = steps, RootSteps = writes };
    }

    /// <summary>The vault as it was before the operation, open, with a gallery.</summary>
    public async Task<TestVault> OpenAsync()
    {
        TestVault test = TestVault.Thaw(image);
        test.KeepAttempts();
        await test.Vault.OpenAsync();
        await Observation.FacesAsync(test);
        return test;
    }

    /// <summary>Dies under the operation, comes back and is compared with what it was and what it was to be.</summary>
    public async Task CrashAsync(string what, Action<TestVault> plan, bool machineDies)
    {
        try
        {
            await using TestVault test = await OpenAsync();
            plan(test);
            Exception? failure = await RunAsync(test);
            test.Crash(machineDies);
            test.Thief.AssertNothingCertifiedIsReadable();
            await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
            await EndAsync(test, failure);
        }
        catch (Exception e) when (e is not WrongException)
        {
            throw new WrongException($"{scenario.Name}, {what}: {e.Message}", e);
        }
    }

    /// <summary>One step fails, the process lives: the answer is true, the vault works, and after a crash everything is as it was told.</summary>
    public async Task FailAsync(string what, Action<TestVault> plan)
    {
        try
        {
            await using TestVault test = await OpenAsync();
            plan(test);
            Exception? failure = await RunAsync(test);
            test.Faults.Clear();
            test.ReviveZombies();
            await test.Vault.GrantConsentAsync(test.Grant("later")).WaitAsync(Observation.Patience);
            await test.Vault.EnrollAsync(new ConsentId("later"), null, TestVault.Face(300)).WaitAsync(Observation.Patience);
            string seen = Without(await Observation.OfAsync(test));
            if (failure is null)
                Assert.Equal(after, seen);
            else if (failure is ErasureIncompleteException && !scenario.Stops && scenario.Name != "sweep")
                Assert.Equal(Uncertified(after), Uncertified(seen));
            else if (scenario.Stops)
                Assert.True(seen == before || seen == after || scenario.Resumes || seen.Contains(" Stopped ", StringComparison.Ordinal), seen);
            else if (scenario.Name != "sweep")
                Assert.True(seen == before || seen == after, $"{seen}\nafter {failure}");
            test.Crash();
            await test.Vault.OpenAsync().WaitAsync(Observation.Patience);
            Assert.Equal("later", (await test.Vault.GetConsentAsync(new ConsentId("later")))!.Consent.DangerousValue());
            await EndAsync(test, failure);
        }
        catch (Exception e) when (e is not WrongException)
        {
            throw new WrongException($"{scenario.Name}, {what}: {e.Message}", e);
        }
    }

    private async Task EndAsync(TestVault test, Exception? failure)
    {
        await test.Vault.SweepAsync().WaitAsync(Observation.Patience);
        if (scenario.Resumes)
            await scenario.Run(test).WaitAsync(Observation.Patience);
        string seen = Without(await Observation.OfAsync(test));
        bool wasStopped = failure is null || (failure is ErasureIncompleteException && !failure.Message.Contains("could not be recorded", StringComparison.Ordinal));
        if (wasStopped)
            Assert.Equal(after, seen);
        else
            Assert.True(seen == before || seen == after, $"after {failure}\n{seen}");
        if (scenario.Name == "refill" && seen == before && test.MirrorStores[0].Snapshot()?.Numbers.Commit is null or 0)
            await scenario.Run(test).WaitAsync(Observation.Patience);
        if (seen == before && seen != after)
        {
            await scenario.Run(test).WaitAsync(Observation.Patience);
            Assert.Equal(after, Without(await Observation.OfAsync(test)));
        }

        await Observation.AssertWholeAsync(test);
        test.Thief.AssertNothingCertifiedIsReadable();
        foreach (InMemoryRootMedium medium in test.Media)
            Assert.True(medium.Exists);
        await test.ReopenAsync();
        Assert.Equal(after, Without(await Observation.OfAsync(test)));
    }

    /// <summary>What was granted only to see that the vault goes on is left out.</summary>
    private static string Without(string seen)
    {
        string[] lines = seen.Split('\n');
        bool wasThere = Array.Exists(lines, l => l.StartsWith("later ", StringComparison.Ordinal));
        return string.Join('\n', lines.Where(l => !l.StartsWith("later ", StringComparison.Ordinal)).Select(l =>
            wasThere && l.StartsWith("gallery ", StringComparison.Ordinal) && lines.Any(x => x.StartsWith("later Active", StringComparison.Ordinal))
                ? "gallery " + (int.Parse(l["gallery ".Length..], CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture)
                : l));
    }

    /// <summary>Without the counts of certificates, and with what is owed for as good as done.</summary>
    private static string Uncertified(string seen) => string.Join('\n', seen.Split('\n').Select(l =>
        l.StartsWith("c-", StringComparison.Ordinal) ? l[..l.LastIndexOf(' ')].Replace("Stopped", "Destroyed", StringComparison.Ordinal) : l));

    private async Task<Exception?> RunAsync(TestVault test)
    {
        try
        {
            await scenario.Run(test).WaitAsync(Observation.Patience);
            return null;
        }
        catch (Exception failure) when (failure is VaultException or IOException or ObjectDisposedException)
        {
            return failure;
        }
    }
}

/// <summary>Says at which fault the vault went wrong.</summary>
public sealed class WrongException(string message, Exception inner) : Exception(message, inner);
