using System.CommandLine;
using System.Text.Json;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>audit</c>: every claim that can be checked on the vault itself. Exit 1 only for a broken one.</summary>
internal static class AuditCommand
{
    public static Command Create(Common common)
    {
        Option<bool> inspect = new("--inspect") { Description = "Look beside a running writer: templates are counted, not opened." };
        return new Command("audit", "Check every claim that can be checked: pages, records, templates, ledger, certificates, places.").OnVault(common).With(inspect, common.Json).Does(common, async context =>
        {
            Vault vault = await OpenAsync(context, context.Get(inspect)).ConfigureAwait(false);
            await using (vault.ConfigureAwait(false))
            {
                long slots = (await vault.GetStatusAsync(context.CancellationToken).ConfigureAwait(false)).Slots;
                AuditReport report = await ProgressBar.RunAsync(context.Terminal, "Auditing", slots, progress => vault.AuditAsync(progress, context.CancellationToken)).ConfigureAwait(false);
                if (context.Get(common.Json))
                {
                    using ResultWriter results = context.Results();
                    results.Write(json => Write(json, report));
                }
                else
                {
                    Write(context.Terminal.Out, report);
                }
                return report.IsIntact ? ExitCode.Done : ExitCode.No;
            }
        });
    }

    private static async Task<Vault> OpenAsync(CommandContext context, bool inspect)
    {
        try
        {
            return await Vaults.OpenAsync(context, inspect ? VaultAccess.Inspect : VaultAccess.ReadWrite).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Code == VaultErrorCode.VaultInUse && !inspect)
        {
            context.Say("Another process holds the vault, so templates are not opened. Audit again when it has let go.");
            return await Vaults.OpenAsync(context, VaultAccess.Inspect).ConfigureAwait(false);
        }
    }

    private static void Write(Utf8JsonWriter json, AuditReport report)
    {
        json.WriteBoolean("intact", report.IsIntact);
        json.WriteNumber("slots", report.Slots);
        json.WriteNumber("records", report.Records);
        json.WriteNumber("templates", report.Templates);
        json.WriteNumber("ledgerLines", report.LedgerLines);
        json.WriteNumber("certificates", report.Certificates);
        json.WriteNumber("held", report.Held);
        json.WriteNumber("restricted", report.Restricted);
        json.WriteNumber("mirrorRows", report.MirrorRows);
        json.WriteStartArray("findings");
        foreach (AuditFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Word(finding));
            json.WriteString("code", finding.Code);
            json.WriteNumber("count", finding.Count);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(TextWriter output, AuditReport report)
    {
        output.WriteLine(report.IsIntact ? "intact: no broken claim was found" : "BROKEN: a claim does not hold");
        output.WriteLine($"under a legal hold: {report.Held}");
        output.WriteLine($"restricted, kept and not used: {report.Restricted}");
        output.WriteLine($"checked: {report.Slots} slots, {report.Records} consent records, {report.Templates} templates, {report.LedgerLines} ledger entries, {report.Certificates} certificates, {report.MirrorRows} rows of mirrors");
        foreach (AuditFinding finding in report.Findings)
            output.WriteLine($"{Word(finding)} {finding.Code} ({finding.Count}): {finding.Message}");
    }

    private static string Word(AuditFinding finding) => finding.IsBroken ? "broken" : "owed";
}
