using System.Globalization;
using FsCheck;

namespace FaceVault.Tests;

/// <summary>How deep property tests dig: <c>FACEVAULT_PROPERTY_RUNS</c> raises every count, <c>FACEVAULT_PROPERTY_REPLAY</c> (seed,gamma) repeats one run.</summary>
internal static class Deep
{
    public static int Runs(int ordinary) =>
        int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) ? Math.Max(ordinary, runs) : ordinary;

    public static Config Config(int ordinary)
    {
        Config config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Runs(ordinary)).WithQuietOnSuccess(true);
        string[]? replay = Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_REPLAY")?.Split(',');
        return replay is [var seed, var gamma]
            ? config.WithReplay(Replay(seed, gamma))
            : config;
    }

    private static Replay Replay(string seed, string gamma) =>
        new(new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture)), null);
}
