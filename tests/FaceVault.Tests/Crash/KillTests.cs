using System.Diagnostics;
using System.Globalization;
using FaceVault.Tests.Attack;
using Xunit.Abstractions;

namespace FaceVault.Tests.Crash;

/// <summary>E4: a process that works on a vault in files is killed by SIGKILL, at random moments and before every system call that changes a file.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    private readonly Judgement judgement = new();

    [WatchedFact]
    public async Task A_process_that_is_not_killed_does_what_the_model_says()
    {
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, 1, static _ => Verdict.Continue);
        Assert.Equal("", child.Errors);
        Assert.Equal(CrashScript.Of(1).Count, child.Lines.Count(l => l.StartsWith("done ", StringComparison.Ordinal)));
        await new CrashCheck(folder.Folders, CrashScript.Of(1), child.Lines).AssertAsync();
    }

    [WatchedFact]
    public async Task Killed_before_or_within_any_system_call_that_changes_a_file_the_vault_has_lost_nothing()
    {
        int kills = Sampling.Kills(24), seeds = 1 + (kills / 3000);
        var clock = Stopwatch.StartNew();
        int killed = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            Recording calm = Recording.Of(seed);
            FileCall[] points = [.. calm.Calls.Where(c => c.Kind != FileCallKind.Line && c.IsDurable)];
            foreach (FileCall point in Sampling.Spread(points, kills / seeds, new Random(seed)))
            {
                bool tears = killed % 2 == 1;
                await KillAsync(seed, point, tears, withoutPrimary: killed % 3 == 0);
                killed++;
            }
        }

        output.WriteLine($"{killed} processes killed at system calls of {seeds} scripts in {clock.Elapsed.TotalSeconds:F0} s");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task Killed_between_the_commits_of_two_databases_the_vault_has_lost_nothing()
    {
        Recording calm = Recording.Of(4);
        FileCall[] calls = [.. calm.Calls.Where(c => c.Kind != FileCallKind.Line && c.IsDurable)];
        FileCall[] between = [.. calls.Skip(1).Where((next, i) => calls[i].Kind == FileCallKind.Flush && IsLog(calls[i].Path) && IsLog(next.Path) && next.Path != calls[i].Path)];
        Assert.True(between.Length > 20);
        foreach (FileCall point in Sampling.Spread(between, Sampling.Points(4, between.Length), new Random(4)))
            await KillAsync(4, point, tears: false, withoutPrimary: true);
        foreach (FileCall point in Sampling.Spread(between, Sampling.IsDeep ? 0 : 16, new Random(5)))
        {
            using var folder = new CrashFolder();
            FileCall[] before = [.. calm.Calls.TakeWhile(c => c != point)];
            folder.Folders.Lay(calm.Folder, DiskImage.Of(before).AfterKill());
            await judgement.AddAsync($"killed at {point}", () => new CrashCheck(folder.Folders, calm.Steps, Recording.LinesOf(before)).AssertAsync());
        }

        judgement.AssertNothingWrong();

        static bool IsLog(string path) => path.EndsWith("-wal", StringComparison.Ordinal);
    }

    [WatchedFact]
    public async Task Killed_at_any_write_of_a_creation_or_of_a_re_key_the_vault_has_lost_nothing()
    {
        Recording calm = Recording.Of(5);
        int number = 0;
        foreach (string step in new[] { "init", "replace", "renew", "remove", "restore" })
        {
            FileCall[] writes = [.. calm.CallsOf(step).Where(c => c.Kind is FileCallKind.Write or FileCallKind.Rename or FileCallKind.Open or FileCallKind.Truncate)];
            Assert.True(writes.Length > 10, step);
            foreach (FileCall point in Sampling.Spread(writes, Sampling.Points(3, writes.Length), new Random(5)))
                await KillAsync(5, point, tears: number++ % 2 == 0, withoutPrimary: false);
        }

        judgement.AssertNothingWrong();
    }

    /// <summary>The steps of the protocol: each ends with a flush. The state is the recorded one that a kill leaves there; the attacker has copies of the stores at every flush of a destroying commit so far.</summary>
    [WatchedFact]
    public async Task Killed_between_any_two_flushes_of_a_destroying_commit_no_certificate_is_early_and_nothing_is_lost()
    {
        Recording calm = Recording.Of(13);
        string[] steps = Sampling.IsDeep ? ["withdraw", "withdraw several", "erase", "replace", "remove", "renew", "sweep"] : ["withdraw", "replace"];
        HashSet<FileCall> flushes = [.. steps.SelectMany(calm.CallsOf).Where(c => c.Kind == FileCallKind.Flush)];
        var disk = new DiskImage();
        var loot = new Loot();
        int certified = 0;
        for (int i = 0; i < calm.Calls.Count; i++)
        {
            disk.Apply(calm.Calls[i]);
            if (!flushes.Contains(calm.Calls[i]))
                continue;
            using var folder = new CrashFolder();
            folder.Folders.Lay(calm.Folder, disk.AfterKill());
            StolenFiles.Carve(folder.Folders.Keys, loot);
            StolenFiles.Carve(Path.Combine(folder.Folders.Mirror, "keys.db"), loot);
            Attacker attacker = Attacker.Run(loot, folder.Folders.Roots.Select(File.ReadAllBytes));
            certified = Math.Max(certified, attacker.Certified.Count);
            var check = new CrashCheck(folder.Folders, calm.Steps, Recording.LinesOf(calm.Calls.Take(i + 1)));
            await judgement.AddAsync($"killed after {calm.Calls[i]}", () =>
            {
                Assert.Empty(attacker.Certified.Intersect(attacker.Commitments));
                Assert.NotEmpty(attacker.Commitments);
                return check.AssertAsync();
            });
        }

        Assert.True(certified > 1); // the attacker reads the ledger
        output.WriteLine($"{flushes.Count} points");
        judgement.AssertNothingWrong();
    }

    [Fact]
    public async Task Killed_at_a_random_moment_the_vault_has_lost_nothing()
    {
        int kills = Sampling.Kills(8), killed = 0;
        var random = new Random(5);
        var clock = Stopwatch.StartNew();
        int longest = 0;
        for (int i = 0; i < kills; i++)
        {
            using var folder = new CrashFolder();
            int seed = random.Next(1, 1000), moment = i == 0 ? int.MaxValue : random.Next(longest);
            var life = Stopwatch.StartNew();
            using Process child = Child.Start([], "crash", "-", folder.Folders.Base, seed.ToString(CultureInfo.InvariantCulture), "1000");
            child.StandardInput.Close();
            Task<string> said = child.StandardOutput.ReadToEndAsync();
            if (!child.WaitForExit(moment == int.MaxValue ? -1 : moment))
                child.Kill();
            await child.WaitForExitAsync();
            killed += child.ExitCode == 137 ? 1 : 0;
            longest = Math.Max(longest, (int)life.ElapsedMilliseconds);
            string[] lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await judgement.AddAsync($"seed {seed} killed after {moment} ms", () => new CrashCheck(folder.Folders, CrashScript.Of(seed), lines).AssertAsync());
        }

        output.WriteLine($"{killed} processes killed at random moments of {longest} ms in {clock.Elapsed.TotalSeconds:F0} s");
        judgement.AssertNothingWrong();
    }

    private async Task KillAsync(int seed, FileCall point, bool tears, bool withoutPrimary)
    {
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, seed, call => call.Number < point.Number ? Verdict.Continue : tears ? Verdict.Tear : Verdict.Kill);
        string what = $"seed {seed} {(tears ? "torn" : "killed")} at {point} after {child.Lines.LastOrDefault()}";
        await judgement.AddAsync(what, () => new CrashCheck(folder.Folders, CrashScript.Of(seed), child.Lines).AssertAsync());
        if (!withoutPrimary)
            return;
        using var other = new CrashFolder();
        other.Folders.Lay(folder.Folders.Base, DiskImage.Of(child.Calls).AfterKill());
        var check = new CrashCheck(other.Folders, CrashScript.Of(seed), child.Lines);
        if (check.MirrorIsCurrent)
            await judgement.AddAsync(what + ", and the primary's disk lost", check.AssertWithoutPrimaryAsync);
    }
}
