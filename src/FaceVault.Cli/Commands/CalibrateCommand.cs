using System.CommandLine;
using System.Globalization;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>calibrate</c>: from which score on is a match?</summary>
internal static class CalibrateCommand
{
    public static Command Create(Common common)
    {
        Option<string> labels = New.Needed("--labels", "CSV", "Table row,identity,image: whose embedding each row is, by the subject's id.");
        Option<double?> fmr = New.Rate("--fmr", "X", "1:1: wanted share of comparisons of two persons that match, such as 0.0001.");
        Option<double?> fpir = New.Rate("--fpir", "X", "1:N: wanted share of searches for somebody who is not enrolled that find anybody, such as 0.01.");
        Option<long> gallery = New.Whole("--gallery", "N", "1:N: how many persons may be enrolled at most; 0 takes as many as are enrolled now.", byDefault: 0);
        Option<string> svg = New.Text("--svg", "FILE", "Where the detection error trade-off curve goes, SVG.");
        Option<string> table = New.Text("--table", "FILE", "Where the same curve goes as CSV: threshold,falsePositiveRate,falseNegativeRate.");
        Option<bool> dryRun = new("--dry-run") { Description = "Measure and print, and set nothing." };
        Option<bool> json = new("--json") { Description = "Changes nothing: the result is one JSON object in any case." };
        return new Command("calibrate", "Measure the threshold for a wanted error rate with labelled embeddings, and set it for --calibrated.")
            .OnVault(common).With(common.Purpose, common.Npy, labels, fmr, fpir, common.Model, gallery, svg, table, dryRun, json).Does(common, async context =>
            {
                (PurposeKind kind, double wanted) = Wanted(context.Get(fmr), context.Get(fpir));
                int? largest = Largest(context.Get(gallery), kind);
                using NpyFile npy = NpyFile.Open(context.Required(common.Npy));
                Labels names = Labels.Read(context.Required(labels), npy);
                using ResultFile? drawing = context.Get(svg) is { } svgPath ? ResultFile.Open(svgPath, context.Terminal) : null;
                using ResultFile? points = context.Get(table) is { } tablePath ? ResultFile.Open(tablePath, context.Terminal) : null;
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    Purpose purpose = await PurposeCommand.FindAsync(vault, context.Required(common.Purpose), context.CancellationToken).ConfigureAwait(false);
                    if (purpose.Kind is PurposeKind.Verification or PurposeKind.Identification && purpose.Kind != kind)
                        throw Messages.RateOfAnotherKind();
                    LabelledScores scores = await ScoreAsync(context, vault, purpose, npy, names).ConfigureAwait(false);
                    if (largest < scores.GalleryPersons)
                        throw Messages.GalleryIsLarger(scores.GalleryPersons);
                    ThresholdCalibration found = scores.Calibrate(wanted, context.Terminal.Clock.GetUtcNow(), largest);
                    IReadOnlyList<DetPoint> curve = scores.Det();
                    drawing?.Writer.Write(DetChart.Draw(curve, found));
                    points?.Writer.Write(Table(curve));
                    drawing?.Complete();
                    points?.Complete();
                    bool set = !context.Get(dryRun);
                    if (set)
                        await vault.SetCalibrationAsync(purpose.Id, found, context.CancellationToken).ConfigureAwait(false);
                    using ResultWriter results = context.Results();
                    results.Write(writer =>
                    {
                        CalibrationOutput.Write(writer, found);
                        writer.WriteBoolean("set", set);
                    });
                    context.Say(Sentence(scores, found));
                }
                return ExitCode.Done;
            });
    }

    private static (PurposeKind Kind, double Wanted) Wanted(double? fmr, double? fpir)
    {
        if (fmr is null == fpir is null)
            throw Messages.ExactlyOneOf("--fmr X and --fpir X");
        double wanted = fmr ?? fpir!.Value;
        if (wanted is not (>= 1e-9 and <= 0.5))
            throw Messages.Usage("A wanted rate is a share from 0.000000001 to 0.5.");
        return (fmr is null ? PurposeKind.Identification : PurposeKind.Verification, wanted);
    }

    private static int? Largest(long gallery, PurposeKind kind)
    {
        if (gallery is < 0 or > int.MaxValue / 16)
            throw Messages.Usage("--gallery takes a number of persons, or 0.");
        if (gallery > 0 && kind == PurposeKind.Verification)
            throw Messages.Usage("--gallery belongs to --fpir: a 1:1 comparison has no gallery.");
        return gallery == 0 ? null : (int)gallery;
    }

    private static async Task<LabelledScores> ScoreAsync(CommandContext context, Vault vault, Purpose purpose, NpyFile npy, Labels names)
    {
        string? name = context.Get(context.Common.Model);
        if (purpose.Models.FirstOrDefault(model => name is null || model.Name == name) is { } wanted && wanted.Dimensions != npy.Dimensions)
            throw Messages.DimensionsDiffer(npy.Path, npy.Dimensions, wanted.Dimensions);
        var probes = new List<LabelledProbe>();
        foreach (long row in names.Rows(Selection.All))
        {
            float[] embedding = npy.ReadRow(row);
            double squares = embedding.Sum(value => (double)value * value);
            if (!double.IsFinite(squares) || squares == 0)
                throw Messages.MalformedProbe(npy.Path, row);
            probes.Add(new LabelledProbe(Ids.Subject(names.Identity(row)), embedding));
        }
        int steps = purpose.Kind == PurposeKind.Verification ? probes.Select(probe => probe.Subject).Distinct().Count() : probes.Count;
        LabelledScores scores = await ProgressBar.RunAsync(context.Terminal, "Scoring", steps, progress =>
            vault.ScoreLabelledAsync(purpose.Id, probes, name, progress, context.CancellationToken)).ConfigureAwait(false);
        foreach (LabelledProbe probe in probes)
            Array.Clear(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(probe.Embedding, out ArraySegment<float> copied) ? copied.Array! : []);
        return scores;
    }

    private static string Table(IReadOnlyList<DetPoint> curve) => "threshold,falsePositiveRate,falseNegativeRate\n"
        + string.Concat(curve.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Threshold},{point.FalsePositiveRate},{point.FalseNegativeRate}\n")));

    private static string Sentence(LabelledScores scores, ThresholdCalibration found)
    {
        ErrorRate turnedAway = found.FalseNegatives;
        string limit = found.Kind == PurposeKind.Identification ? FormattableString.Invariant($", up to {found.LargestGallery:N0} persons and {found.LargestGalleryTemplates:N0} templates") : "";
        return FormattableString.Invariant($"{scores.Mated:N0} mated and {scores.NonMated:N0} non-mated scores; found {100 * (1 - turnedAway.Value):N2} % ({100 * (1 - turnedAway.Upper):N2} to {100 * (1 - turnedAway.Lower):N2}){limit}.");
    }
}
