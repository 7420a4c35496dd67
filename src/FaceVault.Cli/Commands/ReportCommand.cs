using System.CommandLine;
using FaceVault.Cli.Documents;
using FaceVault.Cli.Input;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Commands;

/// <summary><c>report</c>: what the vault keeps about a person, for that person. Nothing kept is an answer too.</summary>
internal static class ReportCommand
{
    public static Command Create(Common common)
    {
        Option<string> subject = New.Needed("--subject", "ID", "Subject id.");
        Option<bool> json = new("--json") { Description = "Changes nothing: the report is one JSON object where --format does not say otherwise." };
        Option<DocumentFormat> format = FormatOption.Create();
        return new Command("report", "Print what the vault keeps about a person: consents, purposes, dates, recipients and history.").OnVault(common).With(subject, format, json).Does(common, async context =>
        {
            SubjectId person = Ids.Subject(context.Required(subject));
            Vault vault = await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                SubjectReport report = await vault.GetSubjectReportAsync(person, context.CancellationToken).ConfigureAwait(false);
                FormatOption.Print(context, context.Get(format), report.ToJson(), static (record, chosen) => ReportDocument.Make(record, chosen));
                context.Say(report.Consents.Count == 0
                    ? "The vault keeps nothing about this person."
                    : $"The vault keeps evidence of {Output.Count.Of(report.Consents.Count, "consent")} of this person, {report.Consents.Count(c => c.Status == ConsentStatus.Active)} in force. Hand the report to that person.");
            }
            return ExitCode.Done;
        });
    }
}
