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
        int points = Sampling.IsDeep ? int.MaxValue : 24, tried = 0;
        var clock = Stopwatch.StartNew();
        Recording calm = Recording.Of(2);
        int stride = Math.Max(1, calm.Calls.Count / points);
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

    private async Task TryAsync(Recording recording, int last, Dictionary<string, byte[]> image, string what)
    {
        using var folder = new CrashFolder();
        folder.Folders.Lay(recording.Folder, image);
        string[] lines = [.. Recording.LinesOf(recording.Calls.Take(last + 1))];
        await judgement.AddAsync($"{what} ({lines.LastOrDefault()})", () => new CrashCheck(folder.Folders, recording.Steps, lines).AssertAsync());
    }
}
