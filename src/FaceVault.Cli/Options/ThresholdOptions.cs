using System.CommandLine;

namespace FaceVault.Cli.Options;

/// <summary><c>--threshold</c>, <c>--calibrated</c> and, where ranks are enough, <c>--rank-only</c>: exactly one is given.</summary>
internal sealed class ThresholdOptions(bool allowRankOnly)
{
    public Option<float?> At { get; } = New.Fraction("--threshold", "T", "A score of at least T is a match (cosine, -1 to 1).");

    public Option<bool> Calibrated { get; } = new("--calibrated") { Description = "Use the threshold measured for this model, kind and size of gallery." };

    public Option<bool> RankOnly { get; } = new("--rank-only") { Description = "Rank candidates without saying whether they match." };

    public IEnumerable<Option> All => allowRankOnly ? [At, RankOnly, Calibrated] : [At, Calibrated];

    public Threshold Read(CommandContext context)
    {
        float? at = context.Get(At);
        bool calibrated = context.Get(Calibrated), rankOnly = allowRankOnly && context.Get(RankOnly);
        if ((at is null ? 0 : 1) + (calibrated ? 1 : 0) + (rankOnly ? 1 : 0) != 1)
            throw Messages.ExactlyOneOf(allowRankOnly ? "--threshold T, --rank-only and --calibrated" : "--threshold T and --calibrated");
        return at is { } score ? Threshold.At(score) : calibrated ? Threshold.Calibrated : Threshold.RankOnly;
    }
}
