using System.CommandLine;
using FaceVault.Cli.Options;
using FaceVault.Cli.Output;

namespace FaceVault.Cli.Commands;

/// <summary><c>sweep</c>: what has run out is destroyed.</summary>
internal static class SweepCommand
{
    public static Command Create(Common common) =>
        new Command("sweep", "Destroy the keys of consents whose use has ended and the evidence whose time is over, and take up what is owed.")
            .OnVault(common).With(common.Yes, common.DryRun, common.Json).Does(common, async context =>
            {
                bool dryRun = context.Get(common.DryRun);
                Vault vault = await Vaults.OpenAsync(context, dryRun ? VaultAccess.Inspect : VaultAccess.ReadWrite).ConfigureAwait(false);
                await using (vault.ConfigureAwait(false))
                {
                    DestructionCounts due = default;
                    await foreach (ConsentInfo consent in vault.ListConsentsAsync(cancellationToken: context.CancellationToken).ConfigureAwait(false))
                    {
                        if (consent.Status is ConsentStatus.Expired or ConsentStatus.Stopped)
                            due = due.With(consent);
                    }
                    int evidence = (await vault.PreviewSweepAsync(context.CancellationToken).ConfigureAwait(false)).EvidenceDestroyed;
                    if (dryRun)
                        return Destruction.DryRun(context, due, evidence);
                    if (due.Consents > 0 || evidence > 0)
                        context.Confirm($"the keys of {Count.Of(due.Consents, "consent")} whose time is over and so their templates are destroyed, and the evidence of {evidence:N0}");
                    Print(context, await vault.SweepAsync(context.CancellationToken).ConfigureAwait(false));
                }
                return ExitCode.Done;
            });

    private static void Print(CommandContext context, SweepResult result)
    {
        if (context.Get(context.Common.Json))
        {
            using ResultWriter results = context.Results();
            results.Write(json =>
            {
                json.WriteNumber("expired", result.Expired);
                json.WriteNumber("evidenceDestroyed", result.EvidenceDestroyed);
                json.WriteNumber("resumed", result.Resumed);
                json.WriteNumber("restricted", result.Restricted);
            });
            return;
        }
        context.Terminal.Out.WriteLine($"expired and destroyed: {result.Expired}");
        context.Terminal.Out.WriteLine($"evidence destroyed: {result.EvidenceDestroyed}");
        context.Terminal.Out.WriteLine($"taken up again: {result.Resumed}");
        context.Terminal.Out.WriteLine($"stopped and kept by a legal hold: {result.Restricted}");
    }
}
