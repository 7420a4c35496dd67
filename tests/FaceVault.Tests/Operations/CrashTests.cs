using FaceVault.Keys;
using FaceVault.Storage;

namespace FaceVault.Tests.Operations;

/// <summary>E4: killed or failed at any step of any operation, the vault opens again, has lost nothing acknowledged and nobody living, and ends what it began.</summary>
[Trait("Claim", "E4")]
public sealed class CrashTests
{
    public static TheoryData<string, int, int> Operations
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (Scenario scenario in Scenario.All)
            {
                if (scenario.Name != "refill")
                    data.Add(scenario.Name, 1, 0);
                data.Add(scenario.Name, 2, 1);
            }

            return data;
        }
    }

    private static bool IsDeep => Deep.Runs(1) > 1;

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_process_killed_at_any_step_of_a_store_leaves_the_old_state_or_the_new_one(string operation, int roots, int mirrors)
    {
        var run = await Rehearsal.OfAsync(operation, roots, mirrors);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            foreach (StoreFaultMoment moment in Moments(step, StoreFaultMoment.During, StoreFaultMoment.After))
                await run.CrashAsync($"killed at store step {step} {moment}", t => t.Faults.KillAt(StoreStep.Any, step, moment), step % 2 == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_machine_that_dies_at_any_write_of_a_root_location_leaves_the_old_state_or_the_new_one(string operation, int roots, int mirrors)
    {
        var run = await Rehearsal.OfAsync(operation, roots, mirrors);
        for (int medium = 0; medium < run.RootSteps.Count; medium++)
        {
            for (int step = 1; step <= run.RootSteps[medium]; step++)
            {
                foreach (RootFault kind in Moments(step, RootFault.Refused, RootFault.Torn, RootFault.AnswerLost))
                    await run.CrashAsync($"root {medium} dies at write {step} {kind}", t => t.Media[medium].FailAt(step, kind), step % 2 == 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_step_of_a_store_that_fails_once_is_told_truly_and_the_vault_goes_on(string operation, int roots, int mirrors)
    {
        var run = await Rehearsal.OfAsync(operation, roots, mirrors);
        for (int step = 1; step <= run.StoreSteps; step++)
        {
            foreach (StoreFaultMoment moment in Moments(step, StoreFaultMoment.Before, StoreFaultMoment.After, StoreFaultMoment.Zombie))
                await run.FailAsync($"store step {step} fails {moment}", t => t.Faults.FailAt(StoreStep.Any, step, moment));
        }
    }

    /// <summary>All moments when digging deep; otherwise they take turns.</summary>
    private static IEnumerable<T> Moments<T>(int step, params T[] all) => IsDeep ? all : [all[step % all.Length]];
}
