using System.Diagnostics;
using Xunit.Abstractions;

namespace FaceVault.Tests.Crash;

/// <summary>E4: the power fails. Only what was flushed survives, and of the rest sectors here and there.</summary>
[Trait("Claim", "E4")]
[Collection(Alone.Name)]
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private readonly Judgement judgement = new();

    [WatchedFact]
    public async Task What_was_answered_survives_the_loss_of_everything_that_was_not_flushed()
    {
        int tried = 0;
        var clock = Stopwatch.StartNew();
        Recording calm = Recording.Of(2);
        int stride = calm.Calls.Count / Sampling.Points(24, calm.Calls.Count);
        var disk = new DiskImage();
        var random = new Random(2);
        for (int i = 0; i < calm.Calls.Count; i++)
        {
            disk.Apply(calm.Calls[i]);
            if (i % stride != 0 || !disk.OwesFlushes)
                continue;
            string what = $"the power fails after {calm.Calls[i]}";
            await TryAsync(calm, i, disk.AfterPowerLoss(), what);
            await TryAsync(calm, i, disk.AfterPowerLoss(random, i % 2 == 0 ? 512 : 4096), what + ", torn");
            tried += 2;
        }

        output.WriteLine($"{tried} power losses in {clock.Elapsed.TotalSeconds:F0} s");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task What_was_answered_after_a_flush_that_failed_survives_the_loss_of_what_that_flush_did_not_write()
    {
        int tried = 0;
        var random = new Random(6);
        Recording calm = Recording.Of(6);
        FileCall[] flushes = [.. calm.Calls.Where(c => c is { Kind: FileCallKind.Flush or FileCallKind.FlushFolder })];
        foreach (FileCall flush in Sampling.Spread(flushes, Sampling.Points(8, flushes.Length), random))
        {
            using var folder = new CrashFolder();
            using WatchedChild child = Recording.Run(folder.Folders, 6, call => call.Number == flush.Number ? Verdict.Fail(Verdict.EIO) : Verdict.Continue);
            var broken = new Recording(6, folder.Folders.Base, calm.Steps, child.Calls);
            var disk = new DiskImage();
            FileCall? failed = child.Calls.FirstOrDefault(c => c.Error != 0);
            for (int i = 0; i < child.Calls.Count; i++)
            {
                disk.Apply(child.Calls[i]);
                int since = child.Calls[i].Number - flush.Number;
                if (since < 0 || child.Calls[i].Kind == FileCallKind.Line || (i < child.Calls.Count - 1 && (since > 150 || random.Next(20) > 0)))
                    continue;
                await TryAsync(broken, i, disk.AfterPowerLoss(random.Next(2) == 0 ? null : random), $"{failed} failed, the power fails after {child.Calls[i]}");
                tried++;
            }
        }

        output.WriteLine($"{tried} power losses after a failed flush");
        judgement.AssertNothingWrong();
    }

    [WatchedFact]
    public async Task A_root_file_of_which_only_the_header_or_all_but_the_header_was_written_loses_nobody()
    {
        Recording calm = Recording.Of(7);
        int[] writes = [.. Enumerable.Range(0, calm.Calls.Count).Where(i => calm.Calls[i] is { Kind: FileCallKind.Write } call && call.Path.EndsWith("root.key", StringComparison.Ordinal))];
        var disk = new DiskImage();
        int stride = Sampling.IsDeep ? 1 : writes.Length / 8;
        for (int i = 0; i < calm.Calls.Count; i++)
        {
            disk.Apply(calm.Calls[i]);
            int number = Array.IndexOf(writes, i);
            if (number < 0 || number % stride != 0)
                continue;
            await TryAsync(calm, i, disk.AfterPowerLoss(sector => sector == 0), $"only the header survives of {calm.Calls[i]}");
            await TryAsync(calm, i, disk.AfterPowerLoss(sector => sector != 0), $"all but the header survives of {calm.Calls[i]}");
        }

        judgement.AssertNothingWrong();
    }

    private async Task TryAsync(Recording recording, int last, Dictionary<string, byte[]> image, string what)
    {
        using var folder = new CrashFolder();
        folder.Folders.Lay(recording.Folder, image);
        string[] lines = [.. Recording.LinesOf(recording.Calls.Take(last + 1))];
        await judgement.AddAsync($"{what} ({lines.LastOrDefault()})", () => new CrashCheck(folder.Folders, recording.Steps, lines).AssertAsync());
    }
}
