using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace FaceVault.Tests.Crash;

/// <summary>E4: a system call of the stores, the root locations or the vault's own files is answered with an error. The vault says so clearly, goes on or refuses, and has lost nothing.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed partial class IoErrorTests(ITestOutputHelper output)
{
    private readonly Judgement judgement = new();

    private static readonly Verdict[] Writes = [Verdict.Fail(Verdict.ENOSPC), Verdict.Fail(Verdict.EIO), Verdict.FailTorn(Verdict.ENOSPC), Verdict.Short, Verdict.FailTorn(Verdict.EIO)];
    private static readonly Verdict[] Others = [Verdict.Fail(Verdict.EIO), Verdict.Fail(Verdict.ENOSPC)];

    [WatchedFact]
    public async Task An_error_at_any_system_call_is_told_clearly_and_loses_nothing()
    {
        var clock = Stopwatch.StartNew();
        int faults = Sampling.Kills(16), tried = 0;
        var told = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Recording calm = Recording.Of(3);
        FileCall[] points = [.. calm.Calls.Where(c => c.Kind != FileCallKind.Line)];
        foreach (FileCall point in Sampling.Spread(points, faults, new Random(3)))
        {
            Verdict[] verdicts = point.Kind == FileCallKind.Write ? Writes : Others;
            foreach (string line in await FailAsync(3, point, verdicts[tried % verdicts.Length], killAfter: tried % 3 == 2 ? tried % 37 : null))
                told[line] = told.GetValueOrDefault(line) + 1;
            tried++;
        }

        output.WriteLine($"{tried} errors in {clock.Elapsed.TotalSeconds:F0} s");
        foreach ((string line, int count) in told)
            output.WriteLine($"{count} × {line}");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task A_read_that_fails_is_told_clearly_and_loses_nothing()
    {
        Recording calm = Recording.Of(8, reads: true);
        FileCall[] reads = [.. calm.Calls.Where(c => c.Kind == FileCallKind.Read)];
        Assert.True(reads.Length > 100);
        foreach (FileCall read in Sampling.Spread(reads, Sampling.Kills(8), new Random(8)))
            await FailAsync(8, read, Verdict.Fail(Verdict.EIO), killAfter: null, reads: true);
        judgement.AssertNothingWrong();
    }

    /// <summary>Answers one call with an error, lets the process go on or kills it a few calls later, and judges what is left; then the same with everything lost that was not flushed.</summary>
    private async Task<IEnumerable<string>> FailAsync(int seed, FileCall point, Verdict verdict, int? killAfter, bool reads = false)
    {
        using var folder = new CrashFolder();
        using WatchedChild child = Recording.Run(folder.Folders, seed, call =>
            call.Number == point.Number ? verdict : call.Number > point.Number + (killAfter ?? int.MaxValue - point.Number) ? Verdict.Kill : Verdict.Continue, reads);
        string what = $"seed {seed} {verdict.Kind} {verdict.Error} at {child.Calls.FirstOrDefault(c => c.Error != 0) ?? point} {(killAfter is null ? "" : $"killed {killAfter} calls later ")}after {child.Lines.LastOrDefault()}";
        string[] refusals = [.. child.Lines.Where(l => l.Contains("failed", StringComparison.Ordinal))];
        await judgement.AddAsync(what, async () =>
        {
            Assert.Equal("", child.Errors);
            Assert.All(refusals, refusal => Assert.True(Clear().IsMatch(refusal), refusal));
            await new CrashCheck(folder.Folders, CrashScript.Of(seed), child.Lines).AssertAsync();
        });
        using var other = new CrashFolder();
        other.Folders.Lay(folder.Folders.Base, DiskImage.Of(child.Calls).AfterPowerLoss());
        await judgement.AddAsync(what + ", and then the power fails", () => new CrashCheck(other.Folders, CrashScript.Of(seed), child.Lines).AssertAsync());
        return refusals.Select(r => Number().Replace(r, "")).Append(refusals.Length == 0 ? "nothing to tell" : "");
    }

    [GeneratedRegex(@"^(later )?failed (\d+ )?(VaultException|ErasureIncompleteException) \w+ \S.*\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clear();

    [GeneratedRegex(@"\d+ |/\S+", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
