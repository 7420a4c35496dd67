using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary>Figures of an identification run.</summary>
/// <param name="Probes">Probes searched.</param>
/// <param name="Comparisons">Probes times templates in the gallery.</param>
/// <param name="Seconds">Time spent comparing; reading files, opening the gallery and naming candidates are not in it.</param>
/// <param name="Correct">Probes whose best candidate is the labelled identity; <see langword="null"/> without labels.</param>
internal readonly record struct IdentifySummary(long Probes, long Comparisons, double Seconds, long? Correct)
{
    public double ComparisonsPerSecond => Seconds > 0 ? Comparisons / Seconds : 0;

    public double? Rank1 => Correct is { } correct && Probes > 0 ? (double)correct / Probes : null;

    public string Sentence => FormattableString.Invariant($"{Probes:N0} probes, {Comparisons:N0} comparisons in {Seconds:N3} s ({ComparisonsPerSecond:N0}/s)")
        + (Rank1 is { } rank1 ? FormattableString.Invariant($", rank-1 {100 * rank1:N2} %.") : ".");

    public void Write(TextWriter output)
    {
        IdentifySummary self = this;
        using var results = new ResultWriter(output);
        results.Write(json =>
        {
            json.WriteNumber("probes", self.Probes);
            json.WriteNumber("comparisons", self.Comparisons);
            json.WriteNumber("seconds", Math.Round(self.Seconds, 6));
            json.WriteNumber("comparisonsPerSecond", Math.Round(self.ComparisonsPerSecond));
            if (self.Rank1 is { } rank1)
                json.WriteNumber("rank1", rank1);
        });
    }
}
