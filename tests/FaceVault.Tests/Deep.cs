using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using Microsoft.FSharp.Core;

namespace FaceVault.Tests;

/// <summary>How deep property tests dig: <c>FACEVAULT_PROPERTY_RUNS</c> raises every count, <c>FACEVAULT_PROPERTY_REPLAY</c> repeats one run: what FsCheck prints in parentheses.</summary>
internal static partial class Deep
{
    public static int Runs(int ordinary) =>
        int.TryParse(Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) ? Math.Max(ordinary, runs) : ordinary;

    public static Config Config(int ordinary) => Config(ordinary, Environment.GetEnvironmentVariable("FACEVAULT_PROPERTY_REPLAY"));

    public static Config Config(int ordinary, string? replay)
    {
        Config config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Runs(ordinary)).WithQuietOnSuccess(true);
        return string.IsNullOrWhiteSpace(replay) ? config : config.WithReplay(Parse(replay));
    }

    /// <summary>Seed and gamma repeat the whole run; with the size they repeat the failing case at once.</summary>
    private static Replay Parse(string replay)
    {
        System.Text.RegularExpressions.Match parts = Printed().Match(replay);
        if (!parts.Success
            || !ulong.TryParse(parts.Groups["seed"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            || !ulong.TryParse(parts.Groups["gamma"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ulong gamma) || gamma % 2 == 0)
            throw new FormatException($"FACEVAULT_PROPERTY_REPLAY is what FsCheck prints: (seed,gamma) or (seed,gamma,size), gamma being odd. It is: {replay}");
        FSharpOption<int>? size = parts.Groups["size"] is { Success: true } given ? FSharpOption<int>.Some(int.Parse(given.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)) : null;
        return new Replay(new Rnd(seed, gamma), size);
    }

    [GeneratedRegex(@"^\s*\(?\s*(?<seed>\d{1,20})\s*,\s*(?<gamma>\d{1,20})\s*(,\s*(?<size>\d{1,9})\s*)?\)?\s*\.?\s*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Printed();
}
