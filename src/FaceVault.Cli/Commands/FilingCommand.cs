using System.CommandLine;
using System.Globalization;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>filing show|record</c>: the duty to file with an authority.</summary>
internal static class FilingCommand
{
    public static Command Create(Common common) => new("filing", "The duty to file with an authority: who keeps the faces of so many persons files within so many working days.")
    {
        Show(common),
        Record(common),
    };

    private static Command Show(Common common) => new Command("show", "Tell how many persons the vault keeps and by when filing is due, a threshold a line, NDJSON.")
        .OnVault(common).With(common.JsonLines).Does(common, async context =>
        {
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                using ResultWriter results = context.Results();
                foreach (FilingStatus filing in await vault.GetFilingAsync(context.CancellationToken).ConfigureAwait(false))
                {
                    results.Write(json =>
                    {
                        json.WriteNumber("threshold", filing.Threshold);
                        json.WriteNumber("persons", filing.Persons);
                        json.WriteString("crossed", Day(filing.CrossedOn));
                        json.WriteString("due", Day(filing.DueOn));
                        json.WriteString("filed", filing.FiledAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                        json.WriteString("reference", filing.Reference);
                        json.WriteBoolean("overdue", filing.IsOverdue);
                    });
                }
            }
            return ExitCode.Done;
        });

    private static Command Record(Common common)
    {
        Option<string> reference = New.Needed("--reference", "REF", "The authority's reference of the filing; it is kept sealed.");
        return new Command("record", "Record that everything that was due has been filed.")
            .OnVault(common).With(reference, common.Json).Does(common, async context =>
            {
                Vault vault = await Vaults.OpenAsync(context).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    bool recorded = await vault.RecordFilingAsync(context.Required(reference), context.CancellationToken).ConfigureAwait(false);
                    if (context.Get(common.Json))
                    {
                        using ResultWriter results = context.Results();
                        results.Write(json => json.WriteBoolean("recorded", recorded));
                    }
                    else
                    {
                        context.Terminal.Out.WriteLine(recorded ? "recorded" : "nothing was due that is not filed");
                    }
                }
                return ExitCode.Done;
            });
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
