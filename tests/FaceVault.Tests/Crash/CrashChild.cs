namespace FaceVault.Tests.Crash;

/// <summary>The process that is killed: runs a script on a vault in files and says on its standard output what it begins and what was answered.</summary>
internal static class CrashChild
{
    /// <summary>Arguments: socket or "-", folder, seed, how many steps, "reads" when reads are to be watched too.</summary>
    public static int Run(string[] arguments)
    {
        var folders = new CrashFolders(arguments[1]);
        folders.Make();
        CrashStep[] steps = [.. CrashScript.Of(Number(arguments[2])).Take(Number(arguments[3]))];
        if (arguments[0] != "-")
            Seccomp.Surrender(arguments[0], reads: arguments.Contains("reads"));
        RunAsync(folders, steps).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>Nothing but a line: for the probe whether a process can be watched here.</summary>
    public static int Idle(string[] arguments)
    {
        Seccomp.Surrender(arguments[0], reads: false);
        Console.WriteLine("idle");
        return 0;
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Makes the calls of a script one after the other, up to the first that fails.</summary>
    internal static async Task RunAsync(CrashFolders folders, IReadOnlyList<CrashStep> steps)
    {
        await using var run = new CrashRun(folders);
        for (int i = 0; i < steps.Count; i++)
        {
            run.Clock.Now = steps[i].Now;
            Console.WriteLine($"begin {i} {steps[i].Name}");
            try
            {
                await steps[i].Run(run);
            }
            catch (Exception failure)
            {
                Console.WriteLine($"failed {i} {failure.GetType().Name} {(failure as VaultException)?.Code} {failure.Message}");
                await AfterFailureAsync(run);
                return;
            }

            Console.WriteLine($"done {i}");
        }
    }

    /// <summary>The vault goes on, or says clearly that it does not.</summary>
    private static async Task AfterFailureAsync(CrashRun run)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                await run.Vault.GrantConsentAsync(run.Grant("later"));
                Console.WriteLine("later done");
                return;
            }
            catch (Exception refusal)
            {
                Console.WriteLine($"later failed {refusal.GetType().Name} {(refusal as VaultException)?.Code} {refusal.Message}");
            }
        }
    }
}
