using System.Diagnostics;
using System.Globalization;
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
        foreach (FileCall point in Sampling.Spread(between, Sampling.IsDeep ? between.Length : 6, new Random(4)))
            await KillAsync(4, point, tears: false, withoutPrimary: true);
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
            foreach (FileCall point in Sampling.Spread(writes, Sampling.IsDeep ? writes.Length : 3, new Random(5)))
                await KillAsync(5, point, tears: number++ % 2 == 0, withoutPrimary: false);
        }

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
